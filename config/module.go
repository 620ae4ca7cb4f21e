package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"setpoint/config/diag"
	"setpoint/config/language"
)

// module is what the files of one folder declare, before anything is evaluated.
// All calls of one folder share it.
type module struct {
	dir         string // relative to the configuration's folder, with slashes; "." is the root
	variables   map[string]*variableBlock
	locals      map[string]*hcl.Attribute
	plants      map[string]*plantBlock
	thermostats map[string]*thermostatBlock
	outputs     map[string]*outputBlock
	calls       map[string]*callBlock
	checks      map[string]*checkBlock
	moves       []*moveBlock
	removals    []*removalBlock
	imports     []*importBlock
	provider    *providerBlock
	settings    *hcl.Block

	functions *hcl.EvalContext // what its expressions can call
	hasPlants bool             // a plant is declared in it or in a module that it calls
}

type plantBlock struct {
	name     string
	declared hcl.Range
	body     *hcl.BodyContent
}

type providerBlock struct {
	declared hcl.Range
	body     *hcl.BodyContent
	retry    *hcl.BodyContent
}

// decodeModule sorts the blocks of all files and reports what is declared twice
// or under an impossible name.
func (e *evaluation) decodeModule(dir string, files []declarations) *module {
	m := &module{
		dir:         dir,
		variables:   map[string]*variableBlock{},
		locals:      map[string]*hcl.Attribute{},
		plants:      map[string]*plantBlock{},
		thermostats: map[string]*thermostatBlock{},
		outputs:     map[string]*outputBlock{},
		calls:       map[string]*callBlock{},
		checks:      map[string]*checkBlock{},
	}
	for _, file := range files {
		e.diags = append(e.diags, file.found...)
		for _, d := range file.all {
			block := d.block
			switch {
			case d.thermostat != nil:
				declareAs(e, m.thermostats, "thermostat", d.thermostat.name, d.thermostat)
			case (len(block.Labels) == 0 || block.Type == "provider" || e.validName(block)) && e.allowedIn(m, block):
				e.decodeBlock(m, block)
			}
		}
	}
	return m
}

func (e *evaluation) decodeBlock(m *module, block *hcl.Block) {
	switch block.Type {
	case "locals":
		e.decodeLocals(m, block)
	case "plant":
		body := e.content(block.Body, "plant")
		declare(e, m.plants, block, &plantBlock{name: block.Labels[0], declared: block.DefRange, body: body})
	case "variable":
		e.decodeVariable(m, block)
	case "output":
		e.decodeOutput(m, block)
	case "module":
		e.decodeCall(m, block)
	case "check":
		e.decodeCheck(m, block)
	case "moved":
		e.decodeMove(m, block)
	case "removed":
		e.decodeRemoval(m, block)
	case "import":
		e.decodeImport(m, block)
	case "provider":
		e.decodeProvider(m, block)
	case "setpoint":
		if m.settings != nil {
			e.duplicate(block, m.settings.DefRange)
			return
		}
		m.settings = block
	}
}

// allowedIn refuses in a called module what holds for a whole run.
func (e *evaluation) allowedIn(m *module, block *hcl.Block) bool {
	if m.dir == "." || block.Type != "provider" && block.Type != "setpoint" && block.Type != "import" {
		return true
	}
	e.reportf(block.DefRange, "Block out of place", "A block of type %q holds for the whole configuration. Move it from this module "+
		"to the folder that the configuration starts in.", block.Type)
	return false
}

func (p *plantBlock) place() hcl.Range      { return p.declared }
func (t *thermostatBlock) place() hcl.Range { return t.declared }
func (v *variableBlock) place() hcl.Range   { return v.declared }
func (o *outputBlock) place() hcl.Range     { return o.declared }
func (c *callBlock) place() hcl.Range       { return c.declared }
func (c *checkBlock) place() hcl.Range      { return c.declared }

// declare adds a named block to those of its kind unless the name is taken.
func declare[B interface{ place() hcl.Range }](e *evaluation, all map[string]B, block *hcl.Block, decoded B) {
	declareAs(e, all, block.Type, block.Labels[0], decoded)
}

func declareAs[B interface{ place() hcl.Range }](e *evaluation, all map[string]B, kind, name string, decoded B) {
	if before, taken := all[name]; taken {
		e.report(duplicateError(fmt.Sprintf("%s %q", diag.Capital(kind), name), decoded.place(), before.place()))
		return
	}
	all[name] = decoded
}

// schema is what a block may hold, named by the types of the blocks it lies in.
func (e *evaluation) schema(path ...string) *hcl.BodySchema {
	name := strings.Join(path, " ")
	if e.schemas[name] == nil {
		e.schemas[name] = language.Body(path...)
	}
	return e.schemas[name]
}

// content reads a body by the schema of its block. What does not belong there
// is reported.
func (e *evaluation) content(body hcl.Body, path ...string) *hcl.BodyContent {
	content, diags := body.Content(e.schema(path...))
	e.diags = append(e.diags, diags...)
	e.boundJSON(content.Attributes)
	return content
}

// single gives the one block of a type that may stand in a body once; nil for none.
func (e *evaluation) single(body *hcl.BodyContent, blockType string) *hcl.Block {
	var found *hcl.Block
	for _, inner := range body.Blocks {
		switch {
		case inner.Type != blockType:
		case found != nil:
			e.duplicate(inner, found.DefRange)
			return found
		default:
			found = inner
		}
	}
	return found
}

func (e *evaluation) decodeLocals(m *module, block *hcl.Block) {
	attrs, diags := block.Body.JustAttributes()
	e.diags = append(e.diags, diags...)
	e.boundJSON(attrs)
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		attr := attrs[name]
		if before, ok := m.locals[name]; ok {
			e.report(duplicateError(fmt.Sprintf("Local value %q", name), attr.NameRange, before.NameRange))
			continue
		}
		m.locals[name] = settled(attr)
	}
}

// settled is an attribute with its value in place of an expression that refers to
// nothing and calls nothing: the tree of a table of many rooms takes ten times the
// memory of the rooms.
func settled(attr *hcl.Attribute) *hcl.Attribute {
	expr, native := attr.Expr.(hclsyntax.Expression)
	if !native || len(expr.Variables()) > 0 {
		return attr
	}
	value, diags := expr.Value(nil)
	if len(diags) > 0 { // for whoever evaluates it to report
		return attr
	}
	constant := *attr
	constant.Expr = &hclsyntax.LiteralValueExpr{Val: value, SrcRange: expr.Range()}
	return &constant
}

// validName refuses labels that no reference could name.
func (e *evaluation) validName(block *hcl.Block) bool {
	name := block.Labels[0]
	if hclsyntax.ValidIdentifier(name) {
		return true
	}
	e.report(&hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "Invalid name",
		Detail: fmt.Sprintf("%q cannot name a %s: a name begins with a letter or underscore, followed by letters, digits, "+
			"underscores and dashes.", name, block.Type),
		Subject: &block.LabelRanges[0],
	})
	return false
}

func (e *evaluation) duplicate(block *hcl.Block, before hcl.Range) {
	what := "One " + block.Type + " block"
	if len(block.Labels) > 0 {
		what = fmt.Sprintf("%s %q", diag.Capital(block.Type), block.Labels[0])
	}
	e.report(duplicateError(what, block.DefRange, before))
}

func duplicateError(what string, again, before hcl.Range) *hcl.Diagnostic {
	// Whichever place the map or the file order gave first, the later one in
	// the source is called the repetition.
	if again.Filename < before.Filename || again.Filename == before.Filename && again.Start.Byte < before.Start.Byte {
		again, before = before, again
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "Declared twice",
		Detail:   fmt.Sprintf("%s is already declared at %s:%d. Rename or remove one of the two.", what, before.Filename, before.Start.Line),
		Subject:  &again,
	}
}
