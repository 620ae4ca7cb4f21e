package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"setpoint/config/address"
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
	plantID, moduleID, _ := strings.Cut(strings.ToLower(text), "/")
	if !isID(plantID) || !isID(moduleID) {
		r.wrong("id", "Invalid id", "An id has the form PLANT_ID/MODULE_ID, two UUIDs with a slash between them.")
		return Import{}, false
	}
	return Import{To: to, Device: provider.Device{PlantID: plantID, ModuleID: moduleID}, Range: block.declared}, true
}

// importTarget reads an address whose keys may be expressions, as in
// thermostat.room[each.key].
func (s *scope) importTarget(expr hcl.Expression, refs *references, each repetition) (address.Address, bool) {
	text, ok := s.targetText(expr, refs, each)
	if ok {
		if at, err := address.Parse(text); err == nil {
			return at, true
		}
	}
	if ok || !each.none {
		s.reportf(expr.Range(), "Invalid address", "to names one thermostat, as in thermostat.NAME or thermostat.NAME[each.key].")
	}
	return address.Address{}, false
}

func (s *scope) targetText(expr hcl.Expression, refs *references, each repetition) (string, bool) {
	if traversal, diags := hcl.AbsTraversalForExpr(expr); !diags.HasErrors() {
		return addressText(traversal)
	}
	switch expr := expr.(type) {
	case *hclsyntax.IndexExpr:
		prefix, ok := s.targetText(expr.Collection, refs, each)
		if !ok || !refs.add(expr.Key) {
			return "", false
		}
		value, diags := expr.Key.Value(each.context(refs.context()))
		if diags.HasErrors() {
			return "", false
		}
		key, ok := instanceKey(value)
		return prefix + key.String(), ok
	case *hclsyntax.RelativeTraversalExpr:
		prefix, ok := s.targetText(expr.Source, refs, each)
		if !ok {
			return "", false
		}
		rest, ok := addressText(expr.Traversal)
		return prefix + rest, ok
	}
	return "", false
}
