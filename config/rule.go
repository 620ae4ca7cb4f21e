package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"setpoint/config/diag"
)

// rule is a condition that is to hold and what to say if it does not: the
// content of a validation, a precondition or an assert block.
type rule struct {
	declared           hcl.Range
	condition, message hcl.Expression
}

// decodeRules reads the blocks of one type, which is the last of the path. What
// they lack is reported.
func (e *evaluation) decodeRules(body *hcl.BodyContent, path ...string) []rule {
	var rules []rule
	for _, block := range body.Blocks {
		if block.Type != path[len(path)-1] {
			continue
		}
		content := e.content(block.Body, path...)
		condition, message := content.Attributes["condition"], content.Attributes["error_message"]
		if condition == nil {
			e.reportf(block.DefRange, "Missing condition", "Say what must hold, as in condition = var.setpoint <= 22.")
		}
		if message == nil {
			e.reportf(block.DefRange, "Missing error_message", "Say what is wrong, and what to do, when the condition does not hold.")
		}
		if condition != nil && message != nil {
			rules = append(rules, rule{declared: block.DefRange, condition: condition.Expr, message: message.Expr})
		}
	}
	return rules
}

// addRules resolves the references of rules and gives those that are sound.
func (r *references) addRules(rules []rule) []rule {
	var sound []rule
	for _, rule := range rules {
		ok := r.add(rule.condition)
		if r.add(rule.message) && ok {
			sound = append(sound, rule)
		}
	}
	return sound
}

// judge tells whether a rule is certain not to hold, and what to say then. A
// condition that cannot be evaluated is reported; one that depends on something
// that was reported holds.
func (s *scope) judge(r rule, ctx *hcl.EvalContext, address string) (fails bool, message string) {
	value, ok := s.ruleValue(r.condition, ctx, cty.Bool, address)
	if !ok || value.True() || s.absent {
		return false, ""
	}
	text, diags := r.message.Value(ctx)
	if !diags.HasErrors() && diag.IsSensitive(text) {
		return true, "The message of the rule holds a sensitive value, so it is not shown."
	}
	value, ok = s.ruleValue(r.message, ctx, cty.String, address)
	if !ok {
		return false, ""
	}
	return true, value.AsString()
}

func (s *scope) ruleValue(expr hcl.Expression, ctx *hcl.EvalContext, want cty.Type, address string) (cty.Value, bool) {
	value, diags := expr.Value(ctx)
	for _, d := range diags {
		d = s.explain(d, expr, ctx)
		d.Extra = diag.Extra{Address: address}
		s.report(d)
	}
	value, _ = value.UnmarkDeep()
	if diags.HasErrors() || !value.IsWhollyKnown() {
		return cty.NilVal, false
	}
	converted, err := convert.Convert(value, want)
	if err != nil || converted.IsNull() {
		what := "true or false"
		if want == cty.String {
			what = "a text"
		}
		is := article(value.Type())
		if value.IsNull() {
			is = "null"
		}
		s.report(&hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "Wrong type", Detail: fmt.Sprintf("This must be %s, not %s.", what, is),
			Subject: expr.Range().Ptr(), Expression: expr, EvalContext: ctx, Extra: diag.Extra{Address: address},
		})
		return cty.NilVal, false
	}
	return converted, true
}

// preconditions judges the preconditions of a thermostat or an output and tells
// whether all hold.
func (s *scope) preconditions(rules []rule, ctx *hcl.EvalContext, address string) bool {
	hold := true
	for _, r := range rules {
		if fails, message := s.judge(r, ctx, address); fails {
			hold = false
			s.report(&hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Precondition not met", Detail: message,
				Subject: r.condition.Range().Ptr(), Expression: r.condition, EvalContext: ctx, Extra: diag.Extra{Address: address},
			})
		}
	}
	return hold
}

// checkBlock is a check: what it asserts is warned of where it does not hold.
type checkBlock struct {
	name     string
	declared hcl.Range
	asserts  []rule
}

func (e *evaluation) decodeCheck(m *module, block *hcl.Block) {
	body := e.content(block.Body, "check")
	decoded := &checkBlock{name: block.Labels[0], declared: block.DefRange, asserts: e.decodeRules(body, "check", "assert")}
	if len(body.Blocks) == 0 {
		e.reportf(block.DefRange, "Check of nothing", "A check has at least one assert block, with a condition and an error_message.")
	}
	declare(e, m.checks, block, decoded)
}

// check warns of what does not hold. What cannot be evaluated is a warning too,
// but a name that does not exist is an error like any other.
func (s *scope) check(block *checkBlock) Check {
	refs := references{scope: s}
	asserts := refs.addRules(block.asserts)
	ctx := refs.context()
	result := Check{Module: s.path, Name: block.name, Status: CheckPassed}
	for _, r := range asserts {
		before := len(s.diags)
		fails, message := s.judge(r, ctx, s.path)
		switch {
		case fails:
			result.Problems = append(result.Problems, message)
			if result.Status == CheckPassed {
				result.Status = CheckFailed
			}
		case len(s.diags) > before:
			result.Status = CheckUnclear
		}
		if fails {
			s.report(&hcl.Diagnostic{
				Severity: hcl.DiagWarning, Summary: "Check not met", Detail: fmt.Sprintf("Check %q: %s", block.name, message),
				Subject: r.condition.Range().Ptr(), Expression: r.condition, EvalContext: ctx, Extra: diag.Extra{Address: s.path},
			})
		}
		for _, d := range s.diags[before:] {
			if d.Summary != "Call to unknown function" {
				d.Severity = hcl.DiagWarning
			}
		}
	}
	return result
}
