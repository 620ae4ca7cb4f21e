package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/provider"
)

// moveBlock is a moved block; its ends are relative to its module.
type moveBlock struct {
	declared hcl.Range
	from, to string
}

// removalBlock is a removed block.
type removalBlock struct {
	declared hcl.Range
	from     string
	destroy  *bool
	onRemove *hcl.BodyContent
	left     hcl.Range // of the on_remove block
}

func (e *evaluation) decodeMove(m *module, block *hcl.Block) {
	body := e.content(block.Body, "moved")
	from, okFrom := e.endpoint(block, body, "from")
	to, okTo := e.endpoint(block, body, "to")
	switch {
	case !okFrom || !okTo:
	case from == to:
		e.reportf(block.DefRange, "Move to where it is", "from and to are both %s. Remove the block.", from)
	case lastKind(from) != lastKind(to):
		e.reportf(block.DefRange, "Move to another kind", "%s cannot become %s: a thermostat moves to a thermostat, a module to a module.", from, to)
	default:
		m.moves = append(m.moves, &moveBlock{declared: block.DefRange, from: from, to: to})
	}
}

func (e *evaluation) decodeRemoval(m *module, block *hcl.Block) {
	body := e.content(block.Body, "removed")
	decoded := &removalBlock{declared: block.DefRange}
	var ok bool
	decoded.from, ok = e.endpoint(block, body, "from")
	if inner := e.single(body, "lifecycle"); inner != nil {
		content := e.content(inner.Body, "removed", "lifecycle")
		if attr, given := content.Attributes["destroy"]; given {
			if value, good := e.static(attr, cty.Bool); good {
				destroy := value.True()
				decoded.destroy = &destroy
			}
		}
	}
	if inner := e.single(body, "on_remove"); inner != nil {
		decoded.left, decoded.onRemove = inner.DefRange, e.content(inner.Body, "removed", "on_remove")
		if decoded.destroy != nil && !*decoded.destroy {
			e.reportf(inner.DefRange, "Contradiction", "destroy = false forgets without a call, but on_remove says what to send. Remove one of the two.")
		}
	}
	if ok {
		m.removals = append(m.removals, decoded)
	}
}

// endpoint reads the address of a thermostat block, a module or an instance of
// one, relative to the module that it is written in.
func (e *evaluation) endpoint(block *hcl.Block, body *hcl.BodyContent, name string) (string, bool) {
	attr, given := body.Attributes[name]
	if !given {
		e.reportf(block.DefRange, "Missing "+name, "Name what is meant, as in %s = thermostat.hall.", name)
		return "", false
	}
	traversal, diags := hcl.AbsTraversalForExpr(attr.Expr)
	if !diags.HasErrors() {
		if text, ok := addressText(traversal); ok {
			if group, err := address.ParseGroup(text); err == nil {
				return group.String(), true
			}
		}
	}
	e.reportf(attr.Expr.Range(), "Invalid address", "%s names a thermostat or a module, without quotes: thermostat.NAME, thermostat.NAME[\"KEY\"], "+
		"module.NAME or module.NAME.thermostat.NAME.", name)
	return "", false
}

// addressText writes a reference as an address.
func addressText(t hcl.Traversal) (string, bool) {
	var b strings.Builder
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(step.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + step.Name)
		case hcl.TraverseIndex:
			key, ok := instanceKey(step.Key)
			if !ok {
				return "", false
			}
			b.WriteString(key.String())
		default:
			return "", false
		}
	}
	return b.String(), true
}

// instanceKey is the key of an instance that a value stands for.
func instanceKey(v cty.Value) (address.Key, bool) {
	v, _ = v.Unmark()
	switch {
	case !v.IsKnown() || v.IsNull():
	case v.Type() == cty.String:
		return address.String(v.AsString()), true
	case v.Type() == cty.Number:
		n, accuracy := v.AsBigFloat().Int64()
		if accuracy == 0 && n >= 0 && n <= mostInstances {
			return address.Int(int(n)), true
		}
	}
	return address.Key{}, false
}

func lastKind(text string) string {
	group, err := address.ParseGroup(text)
	if err == nil && group.IsModule() {
		return "module"
	}
	return "thermostat"
}

// group is what an address stands for within the module instance.
func (s *scope) group(relative string) address.Group {
	group, err := address.ParseGroup(s.within(relative))
	if err != nil { // both parts have been parsed before
		s.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Invalid address", Detail: diag.Capital(err.Error()) + "."})
	}
	return group
}

func (s *scope) moves() []Move {
	var all []Move
	for _, block := range s.module.moves {
		all = append(all, Move{From: s.group(block.from), To: s.group(block.to), Range: block.declared})
	}
	return all
}

func (s *scope) removals() []Removal {
	var all []Removal
	for _, block := range s.module.removals {
		removal := Removal{From: s.group(block.from), Destroy: block.destroy, Range: block.declared}
		if block.onRemove != nil {
			refs := references{scope: s}
			r := &reader{
				evaluation: s.evaluation, body: block.onRemove, bad: refs.addAll(block.onRemove),
				address: s.within(block.from), subject: block.left,
			}
			r.ctx = refs.context()
			if removal.OnRemove = readOnRemove(r, provider.Function(""), nil); r.broken {
				continue
			}
		}
		all = append(all, removal)
	}
	return all
}
