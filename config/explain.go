package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/diag"
	"setpoint/config/functions"
	"setpoint/provider"
)

// diagnostics is everything that was reported, in the form that is shown.
func (e *evaluation) diagnostics() diag.List {
	e.diags = plainWords(e.diags, e.files)
	e.hideSensitiveSource(e.diags)
	return redact(diag.FromHCL(e.diags, e.files), redaction(e.secrets)).Sorted()
}

// explain adds to the library's words about an expression what a reader of this
// language needs, and takes out what may be secret.
func (e *evaluation) explain(d *hcl.Diagnostic, expr hcl.Expression, ctx *hcl.EvalContext) *hcl.Diagnostic {
	if call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d); ok {
		name, namespace := call.CalledFunctionName(), call.CalledFunctionNamespace()
		d.Detail = fmt.Sprintf("There is no function %q.%s", name, suggest(name, functions.Names()))
		if why, absent := functions.Absent(name); absent {
			d.Detail = why
		}
		if namespace != "" && namespace != functions.Core {
			d.Detail = fmt.Sprintf("There is no function %q: providers bring none here. All functions are called by their name alone, as in upper(\"a\"), or with core:: before it.", namespace+name)
		}
	}
	if call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d); ok && strings.Contains(d.Detail, "panic in function") {
		d.Detail = fmt.Sprintf("%s has no result for these arguments.", call.CalledFunctionName())
	}
	switch d.Summary {
	case "Unsupported attribute":
		if !explainRepeated(d) {
			e.explainAttribute(d)
		}
	case "Invalid index":
		explainIndex(d)
	}
	if mentionsSensitive(expr, ctx) || d.Expression != nil && d.EvalContext != nil && mentionsSensitive(d.Expression, d.EvalContext) {
		if call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d); ok {
			d.Detail = fmt.Sprintf("Calling %s failed. Why is not shown, because it was given a sensitive value.", call.CalledFunctionName())
		} else {
			d.Detail = maskQuoted(d.Detail)
		}
	}
	return d
}

// explainAttribute tells which thermostat has no setpoint, or which attributes
// there are.
func (e *evaluation) explainAttribute(d *hcl.Diagnostic) {
	object, name := missedAttribute(d)
	if object == cty.NilVal {
		if strings.Contains(d.Detail, `"setpoint"`) {
			d.Detail += " Only a thermostat in manual mode has a setpoint."
		}
		return
	}
	names := slices.Collect(maps.Keys(object.Type().AttributeTypes()))
	if name != "setpoint" || !slices.Contains(names, "module_id") || !slices.Contains(names, "mode") {
		if !diag.IsSensitive(object) {
			d.Detail += suggest(name, names)
		}
		return
	}
	object, _ = object.UnmarkDeep()
	mode, plant, module := object.GetAttr("mode"), object.GetAttr("plant_id"), object.GetAttr("module_id")
	for _, text := range []cty.Value{mode, plant, module} {
		if !text.IsKnown() || text.IsNull() || text.Type() != cty.String {
			return
		}
	}
	read := e.addressOf(provider.Device{PlantID: plant.AsString(), ModuleID: module.AsString()})
	if read == "" {
		read = "a thermostat"
	}
	d.Summary = "No setpoint to read"
	d.Detail = fmt.Sprintf("This reads the setpoint of %s, which is in mode %q and has none. Only a thermostat in manual mode has a setpoint.",
		read, mode.AsString())
}

// addressOf is the address of a device among the thermostats evaluated so far, ""
// if it is none of them.
func (e *evaluation) addressOf(d provider.Device) string {
	for ; e.addressed < len(e.blocks); e.addressed++ {
		for _, t := range e.blocks[e.addressed].thermostats {
			if !t.broken {
				e.addresses[t.Device] = t.Address.String()
			}
		}
	}
	return e.addresses[d]
}

// explainRepeated tells that a key is missing, where all else is right.
func explainRepeated(d *hcl.Diagnostic) bool {
	expr, ok := d.Expression.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(expr.Traversal) < 3 || d.EvalContext == nil {
		return false
	}
	block, attr := expr.Traversal[:2], hcl.TraverseAttr{}
	if attr, ok = expr.Traversal[2].(hcl.TraverseAttr); !ok || block.RootName() != "module" && block.RootName() != "thermostat" {
		return false
	}
	all, diags := block.TraverseAbs(d.EvalContext)
	if diags.HasErrors() || all.IsMarked() || !all.CanIterateElements() {
		return false
	}
	if all.LengthInt() == 0 {
		return explainNone(d, block, all, attr.Name)
	}
	it := all.ElementIterator()
	it.Next()
	key, one := it.Element()
	instance, ok := instanceKey(key)
	if !ok || !one.Type().IsObjectType() || !one.Type().HasAttribute(attr.Name) {
		return false
	}
	name, _ := addressText(block)
	d.Summary = "Reference without a key"
	d.Detail = fmt.Sprintf("%s is repeated. Name one instance, as in %s%s.%s, or all of them, as in values(%s)[*].%s.",
		name, name, instance, attr.Name, name, attr.Name)
	if key.Type() == cty.Number {
		d.Detail = fmt.Sprintf("%s is repeated. Name one instance, as in %s%s.%s, or all of them, as in %s[*].%s.",
			name, name, instance, attr.Name, name, attr.Name)
	}
	return true
}

// explainNone tells that a thermostat block has no instances.
func explainNone(d *hcl.Diagnostic, block hcl.Traversal, all cty.Value, attr string) bool {
	name, _ := addressText(block)
	if block.RootName() != "thermostat" {
		return false
	}
	every := name
	if all.Type().IsObjectType() {
		every = "values(" + name + ")"
	}
	d.Summary = "Reference without a key"
	d.Detail = fmt.Sprintf("%s is repeated, and there is none of it now. What may be one or none is one(%s[*].%s), which is null for none.", name, every, attr)
	return true
}

// explainIndex tells which keys there are.
func explainIndex(d *hcl.Diagnostic) {
	var object, key cty.Value
	switch expr := d.Expression.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		object, key = missedIndex(expr.Traversal, d.EvalContext)
	case *hclsyntax.IndexExpr:
		object, _ = expr.Collection.Value(d.EvalContext)
		key, _ = expr.Key.Value(d.EvalContext)
	}
	if object == cty.NilVal || key == cty.NilVal || object.IsMarked() || key.IsMarked() || object.IsNull() || !object.IsKnown() || !key.IsKnown() ||
		key.IsNull() || key.Type() != cty.String || !object.Type().IsObjectType() && !object.Type().IsMapType() {
		return
	}
	d.Detail += suggest(key.AsString(), slices.Collect(maps.Keys(object.AsValueMap())))
}

// missedIndex gives what was looked into by which key in vain.
func missedIndex(t hcl.Traversal, ctx *hcl.EvalContext) (object, key cty.Value) {
	for i := range t {
		if _, diags := t[:i+1].TraverseAbs(ctx); i > 0 && diags.HasErrors() {
			index, ok := t[i].(hcl.TraverseIndex)
			if !ok {
				break
			}
			object, _ = t[:i].TraverseAbs(ctx)
			return object, index.Key
		}
	}
	return cty.NilVal, cty.NilVal
}

// missedAttribute gives the object in which an attribute was looked for in vain.
func missedAttribute(d *hcl.Diagnostic) (object cty.Value, name string) {
	var traversal hcl.Traversal
	from := func(hcl.Traversal) (cty.Value, hcl.Diagnostics) { return cty.NilVal, nil }
	switch expr := d.Expression.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		traversal = expr.Traversal
		from = func(t hcl.Traversal) (cty.Value, hcl.Diagnostics) { return t.TraverseAbs(d.EvalContext) }
	case *hclsyntax.RelativeTraversalExpr:
		source, diags := expr.Source.Value(d.EvalContext)
		if diags.HasErrors() || source == cty.DynamicVal {
			return cty.NilVal, ""
		}
		traversal = expr.Traversal
		from = func(t hcl.Traversal) (cty.Value, hcl.Diagnostics) { return t.TraverseRel(source) }
	}
	for i := len(traversal) - 1; i >= 0; i-- {
		attr, ok := traversal[i].(hcl.TraverseAttr)
		if !ok {
			continue
		}
		value, diags := from(traversal[:i])
		if !diags.HasErrors() && value != cty.NilVal && value.Type().IsObjectType() && !value.Type().HasAttribute(attr.Name) {
			return value, attr.Name
		}
	}
	return cty.NilVal, ""
}

// mentionsSensitive tells whether an expression refers to a sensitive value.
func mentionsSensitive(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	return slices.ContainsFunc(expr.Variables(), func(t hcl.Traversal) bool {
		for ; len(t) > 0; t = t[:len(t)-1] {
			if value, diags := t.TraverseAbs(ctx); !diags.HasErrors() {
				return diag.IsSensitive(value)
			}
		}
		return false
	})
}
