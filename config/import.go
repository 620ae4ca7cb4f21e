package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/provider"
)

// importBlock is an import block.
type importBlock struct {
	declared hcl.Range
	body     *hcl.BodyContent
}

func (e *evaluation) decodeImport(m *module, block *hcl.Block) {
	decoded := &importBlock{declared: block.DefRange, body: e.content(block.Body, "import")}
	for _, name := range []string{"to", "id"} {
		if decoded.body.Attributes[name] == nil {
			e.reportf(block.DefRange, "Missing "+name, "An import says which address takes over which thermostat: to = thermostat.hall and "+
				"id = \"PLANT_ID/MODULE_ID\".")
			return
		}
	}
	m.imports = append(m.imports, decoded)
}

func (s *scope) imports() []Import {
	var all []Import
	for _, block := range s.module.imports {
		repeated, ok := s.repeat(block.body.Attributes["for_each"], nil)
		if !ok {
			continue
		}
		for _, each := range repeated {
			if found, ok := s.readImport(block, each); ok {
				all = append(all, found)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Import) int { return address.Compare(a.To, b.To) })
	return all
}

func (s *scope) readImport(block *importBlock, each repetition) (Import, bool) {
	refs := references{scope: s, scoped: each.names()}
	id := block.body.Attributes["id"]
	r := &reader{evaluation: s.evaluation, body: block.body, subject: block.declared}
	if !refs.add(id.Expr) {
		r.bad = map[string]bool{"id": true}
	}
	to, ok := s.importTarget(block.body.Attributes["to"].Expr, &refs, each)
	r.ctx = each.context(refs.context())
	text, found := r.text("id")
	if found != present || !ok || each.none {
		if found == absent {
			r.missing("id", "", "Write id = \"PLANT_ID/MODULE_ID\".")
		}
		return Import{}, false
	}
	device, err := provider.ParseDevice(text)
	if err != nil {
		r.wrong("id", "Invalid id", "An id has the form PLANT_ID/MODULE_ID, two UUIDs with a slash between them.")
		return Import{}, false
	}
	return Import{To: to, Device: device, Range: block.declared}, true
}

// importTarget reads an address whose keys may be expressions, as in
// thermostat.room[each.key].
func (s *scope) importTarget(expr hcl.Expression, refs *references, each repetition) (address.Address, bool) {
	text, found := s.targetText(inJSON(expr), refs, each)
	if found == present {
		if at, err := address.Parse(text); err == nil {
			return at, true
		}
	}
	if found != wrong {
		s.reportf(expr.Range(), "Invalid address", "to names one thermostat, as in thermostat.NAME or thermostat.NAME[each.key].")
	}
	return address.Address{}, false
}

// inJSON gives the expression that a text of JSON holds.
func inJSON(expr hcl.Expression) hcl.Expression {
	if !json.IsJSONExpression(expr) {
		return expr
	}
	text, diags := expr.Value(nil) // without a context it is the text as it is written
	if diags.HasErrors() || text.IsNull() || text.Type() != cty.String {
		return expr
	}
	start := expr.StartRange().Start
	start.Byte, start.Column = start.Byte+1, start.Column+1
	inner, diags := hclsyntax.ParseExpression([]byte(text.AsString()), expr.Range().Filename, start)
	if diags.HasErrors() {
		return expr
	}
	return inner
}

// targetText writes the target as an address. It is absent where it is none,
// wrong where it is not known or something about it was reported.
func (s *scope) targetText(expr hcl.Expression, refs *references, each repetition) (string, presence) {
	if traversal, diags := hcl.AbsTraversalForExpr(expr); !diags.HasErrors() {
		return asPresence(addressText(traversal))
	}
	var source hcl.Expression
	var rest func() (string, presence)
	switch expr := expr.(type) {
	case *hclsyntax.IndexExpr:
		source, rest = expr.Collection, func() (string, presence) { return s.targetKey(expr.Key, refs, each) }
	case *hclsyntax.RelativeTraversalExpr:
		source, rest = expr.Source, func() (string, presence) { return asPresence(addressText(expr.Traversal)) }
	default:
		return "", absent
	}
	prefix, found := s.targetText(source, refs, each)
	if found != present {
		return "", found
	}
	text, found := rest()
	return prefix + text, found
}

func asPresence(text string, ok bool) (string, presence) {
	if !ok {
		return "", absent
	}
	return text, present
}

// targetKey evaluates a key of the target.
func (s *scope) targetKey(expr hcl.Expression, refs *references, each repetition) (string, presence) {
	if !refs.add(expr) {
		return "", wrong
	}
	ctx := each.context(refs.context())
	value, diags := expr.Value(ctx)
	for _, d := range diags {
		s.report(s.explain(d, expr, ctx))
	}
	switch {
	case diags.HasErrors() || !value.IsKnown():
		return "", wrong
	case diag.IsSensitive(value):
		s.reportf(expr.Range(), "Sensitive key", "A key is part of an address, which is shown. If it is no secret, say so with nonsensitive(…).")
		return "", wrong
	}
	key, ok := instanceKey(value)
	return asPresence(key.String(), ok)
}
