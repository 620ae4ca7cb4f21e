package config

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

type thermostatBlock struct {
	name     string
	declared hcl.Range
	packed   // its attributes
	rare     *innerBlocks
}

// innerBlocks are the blocks within a thermostat block, which few have.
type innerBlocks struct {
	onRemove *hcl.BodyContent
	removed  hcl.Range // of the on_remove block

	ignored       []string // lifecycle
	protected     bool
	preconditions []rule
}

// ignorable are the attributes whose difference from the record can be ignored.
func ignorable() []string {
	return []string{"boost_minutes", "function", "mode", "program", "setpoint", "until"}
}

func (e *evaluation) thermostatBlock(block *hcl.Block) *thermostatBlock {
	body := e.content(block.Body, "thermostat")
	decoded := &thermostatBlock{name: block.Labels[0], declared: block.DefRange, packed: pack(body)}
	if len(body.Blocks) == 0 {
		return decoded
	}
	decoded.rare = &innerBlocks{}
	if inner := e.single(body, "on_remove"); inner != nil {
		decoded.rare.removed = inner.DefRange
		decoded.rare.onRemove = e.content(inner.Body, "thermostat", "on_remove")
	}
	if inner := e.single(body, "lifecycle"); inner != nil {
		e.decodeLifecycle(decoded.rare, inner)
	}
	return decoded
}

func (t *thermostatBlock) inner() innerBlocks {
	if t.rare == nil {
		return innerBlocks{}
	}
	return *t.rare
}

func (e *evaluation) decodeLifecycle(t *innerBlocks, block *hcl.Block) {
	body := e.content(block.Body, "thermostat", "lifecycle")
	if attr, ok := body.Attributes["prevent_destroy"]; ok {
		t.protected = e.staticBool(attr)
	}
	if attr, ok := body.Attributes["ignore_changes"]; ok {
		t.ignored = e.ignoreChanges(attr)
	}
	t.preconditions = e.decodeRules(body, "thermostat", "lifecycle", "precondition")
}

// ignoreChanges reads a list of attribute names, or the word all.
func (e *evaluation) ignoreChanges(attr *hcl.Attribute) []string {
	if hcl.ExprAsKeyword(attr.Expr) == "all" {
		return ignorable()
	}
	const form = "ignore_changes is a list of attributes, as in [setpoint, until], or the word all."
	exprs, diags := hcl.ExprList(attr.Expr)
	if diags.HasErrors() {
		e.reportf(attr.Expr.Range(), "Invalid ignore_changes", form)
		return nil
	}
	names := map[string]bool{}
	for _, expr := range exprs {
		name := hcl.ExprAsKeyword(expr)
		if literal, ok := expr.(*hclsyntax.TemplateExpr); ok && name == "" && literal.IsStringLiteral() {
			e.reportf(expr.Range(), "Invalid ignore_changes", "The attributes are written without quotes. "+form)
			continue
		}
		if !slices.Contains(ignorable(), name) {
			e.reportf(expr.Range(), "Invalid ignore_changes", "A thermostat has no attribute of this name whose change can be ignored.%s", suggest(name, ignorable()))
			continue
		}
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// protect collects the blocks with prevent_destroy of a module and of all that
// it calls, however often these are repeated.
func (m *module) protect(prefix string, into map[string]bool) {
	for name, block := range m.thermostats {
		if block.inner().protected {
			into[prefix+"thermostat."+name] = true
		}
	}
	for name, call := range m.calls {
		if call.module != nil {
			call.module.protect(prefix+"module."+name+".", into)
		}
	}
}
