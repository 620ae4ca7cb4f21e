package config

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// module is what the files of one folder declare, before anything is evaluated.
type module struct {
	dir         string
	variables   map[string]*variableBlock
	locals      map[string]*hcl.Attribute
	plants      map[string]*plantBlock
	thermostats map[string]*thermostatBlock
	outputs     map[string]*outputBlock
	provider    *providerBlock
	settings    *hcl.Block
}

type plantBlock struct {
	name     string
	declared hcl.Range
	body     *hcl.BodyContent
}

type thermostatBlock struct {
	name     string
	declared hcl.Range
	body     *hcl.BodyContent
	onRemove *hcl.BodyContent
	removed  hcl.Range // of the on_remove block
}

type outputBlock struct {
	name     string
	declared hcl.Range
	body     *hcl.BodyContent
}

type providerBlock struct {
	declared hcl.Range
	body     *hcl.BodyContent
	retry    *hcl.BodyContent
}

func attributes(names ...string) []hcl.AttributeSchema {
	schema := make([]hcl.AttributeSchema, len(names))
	for i, name := range names {
		schema[i].Name = name
	}
	return schema
}

func rootSchema() *hcl.BodySchema {
	return &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		{Type: "setpoint"},
		{Type: "provider", LabelNames: []string{"name"}},
		{Type: "plant", LabelNames: []string{"name"}},
		{Type: "thermostat", LabelNames: []string{"name"}},
		{Type: "variable", LabelNames: []string{"name"}},
		{Type: "locals"},
		{Type: "output", LabelNames: []string{"name"}},
	}}
}

func thermostatSchema() *hcl.BodySchema {
	return &hcl.BodySchema{
		Attributes: attributes("plant_id", "module_id", "function", "mode", "setpoint", "program",
			"boost_minutes", "until", "depends_on", "for_each", "count"),
		Blocks: []hcl.BlockHeaderSchema{{Type: "on_remove"}},
	}
}

// decodeModule sorts the blocks of all files and reports what is declared twice
// or under an impossible name.
func (e *evaluation) decodeModule(dir string, files []*hcl.File) *module {
	m := &module{
		dir:         dir,
		variables:   map[string]*variableBlock{},
		locals:      map[string]*hcl.Attribute{},
		plants:      map[string]*plantBlock{},
		thermostats: map[string]*thermostatBlock{},
		outputs:     map[string]*outputBlock{},
	}
	root, thermostat := rootSchema(), thermostatSchema()
	for _, file := range files {
		content, diags := file.Body.Content(root)
		e.diags = append(e.diags, diags...)
		for _, block := range content.Blocks {
			if len(block.Labels) > 0 && block.Type != "provider" && !e.validName(block) {
				continue
			}
			switch block.Type {
			case "thermostat":
				e.decodeThermostat(m, block, thermostat)
			case "locals":
				e.decodeLocals(m, block)
			case "plant":
				body := e.content(block.Body, &hcl.BodySchema{Attributes: attributes("id", "time_zone", "function")})
				decoded := &plantBlock{name: block.Labels[0], declared: block.DefRange, body: body}
				if before, ok := m.plants[decoded.name]; ok {
					e.duplicate(block, before.declared)
					continue
				}
				m.plants[decoded.name] = decoded
			case "variable":
				e.decodeVariable(m, block)
			case "output":
				body := e.content(block.Body, &hcl.BodySchema{Attributes: attributes("value", "description", "sensitive")})
				decoded := &outputBlock{name: block.Labels[0], declared: block.DefRange, body: body}
				if before, ok := m.outputs[decoded.name]; ok {
					e.duplicate(block, before.declared)
					continue
				}
				m.outputs[decoded.name] = decoded
			case "provider":
				e.decodeProvider(m, block)
			case "setpoint":
				if m.settings != nil {
					e.duplicate(block, m.settings.DefRange)
					continue
				}
				m.settings = block
			}
		}
	}
	return m
}

func (e *evaluation) content(body hcl.Body, schema *hcl.BodySchema) *hcl.BodyContent {
	content, diags := body.Content(schema)
	e.diags = append(e.diags, diags...)
	return content
}

func (e *evaluation) decodeThermostat(m *module, block *hcl.Block, schema *hcl.BodySchema) {
	decoded := &thermostatBlock{name: block.Labels[0], declared: block.DefRange, body: e.content(block.Body, schema)}
	if before, ok := m.thermostats[decoded.name]; ok {
		e.duplicate(block, before.declared)
		return
	}
	for i, inner := range decoded.body.Blocks {
		if i > 0 {
			e.duplicate(inner, decoded.removed)
			break
		}
		decoded.removed = inner.DefRange
		decoded.onRemove = e.content(inner.Body, &hcl.BodySchema{Attributes: attributes("function", "mode", "setpoint", "program")})
	}
	m.thermostats[decoded.name] = decoded
}

func (e *evaluation) decodeLocals(m *module, block *hcl.Block) {
	attrs, diags := block.Body.JustAttributes()
	e.diags = append(e.diags, diags...)
	for name, attr := range attrs {
		if before, ok := m.locals[name]; ok {
			e.report(duplicateError(fmt.Sprintf("Local value %q", name), attr.NameRange, before.NameRange))
			continue
		}
		m.locals[name] = attr
	}
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
		what = fmt.Sprintf("%s %q", capital(block.Type), block.Labels[0])
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

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
