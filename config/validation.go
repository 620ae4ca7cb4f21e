package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/diag"
)

// accept judges a value by those validations of its variable that refer to
// nothing else. It gives the value, or an unknown one where it does not hold: what
// is made of it would be called wrong too.
func (s *scope) accept(v *variableBlock, value cty.Value) cty.Value {
	if len(v.rules) == 0 {
		return value
	}
	ctx := s.module.functions.NewChild()
	ctx.Variables = map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{v.name: value})}
	for _, r := range v.rules {
		if r.concerns(v.name) && !s.validation(v, r, ctx) {
			value = cty.DynamicVal
		}
	}
	return value
}

// validate judges a variable by the validations that refer to other things, and
// makes it unknown where one does not hold.
func (s *scope) validate(v *variableBlock) {
	var rules []rule
	for _, r := range v.rules {
		if !r.concerns(v.name) {
			rules = append(rules, r)
		}
	}
	if len(rules) == 0 {
		return
	}
	refs := references{scope: s}
	rules = refs.addRules(rules)
	ctx := refs.context()
	for _, r := range rules {
		if s.validation(v, r, ctx) {
			continue
		}
		if s.parent == nil {
			s.values[v.name] = cty.DynamicVal
		} else {
			s.nodes["var."+v.name].value = cty.DynamicVal
		}
	}
}

// concerns tells whether a rule refers to one variable only.
func (r rule) concerns(name string) bool {
	for _, expr := range []hcl.Expression{r.condition, r.message} {
		for _, t := range expr.Variables() {
			if len(t) < 2 || t.RootName() != "var" {
				return false
			}
			if attr, ok := t[1].(hcl.TraverseAttr); !ok || attr.Name != name {
				return false
			}
		}
	}
	return true
}

// validation tells whether a rule of a variable holds.
func (s *scope) validation(v *variableBlock, r rule, ctx *hcl.EvalContext) bool {
	fails, message := s.judge(r, ctx, s.path)
	if !fails {
		return true
	}
	subject := v.declared
	if s.parent != nil {
		if attr := s.block.inputs[v.name]; attr != nil {
			subject = attr.Expr.Range()
		}
	}
	s.report(&hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Invalid value for variable",
		Detail: fmt.Sprintf("%s\nThis is what the validation of variable %q at %s:%d asks for.",
			message, v.name, r.declared.Filename, r.declared.Start.Line),
		Subject: &subject, Expression: r.condition, EvalContext: ctx, Extra: diag.Extra{Address: s.path, HideSource: v.sensitive},
	})
	return false
}
