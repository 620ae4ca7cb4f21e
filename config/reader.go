package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"setpoint/config/diag"
	"setpoint/config/functions"
)

// reader reads the attributes of one block (of one instance, where a block is
// repeated), converts them and reports what is wrong with them.
type reader struct {
	*evaluation
	body    *hcl.BodyContent
	ctx     *hcl.EvalContext
	bad     map[string]bool // attributes with a wrong reference, reported before
	address string          // of the instance, for diagnostics; "" for other blocks
	subject hcl.Range       // the block

	// allowSensitive is set for blocks whose values go nowhere but to the cloud.
	allowSensitive bool
	broken         bool            // something was reported
	unsure         bool            // what the plant of the thermostat declares is not known
	planned        map[string]bool // attributes made from the planning instant
}

// presence says what became of reading an attribute.
type presence uint8

const (
	absent  presence = iota // not given, or null
	present                 // given and good
	wrong                   // given and wrong, which has been reported
)

// read gives the value of an attribute, of the wanted type, unmarked.
func (r *reader) read(name string, want cty.Type) (value cty.Value, found presence) {
	attr, given := r.body.Attributes[name]
	if !given {
		return cty.NilVal, absent
	}
	if r.bad[name] {
		r.broken = true
		return cty.NilVal, wrong
	}
	value, diags := attr.Expr.Value(r.ctx)
	if diags.HasErrors() {
		for _, d := range diags {
			r.explain(d, attr.Expr, r.ctx)
			d.Extra = diag.Extra{Address: r.address}
			r.report(d)
		}
		r.broken = true
		return cty.NilVal, wrong
	}
	secret := diag.IsSensitive(value)
	if value.IsMarked() || value.ContainsMarked() {
		if !r.unmark(name, &value) {
			return cty.NilVal, wrong
		}
	}
	if !value.IsWhollyKnown() { // made of something that was reported
		r.broken = true
		return cty.NilVal, wrong
	}
	if value.IsNull() {
		return cty.NilVal, absent
	}
	if value.Type() != want {
		converted, err := convert.Convert(value, want)
		if err != nil || converted.IsNull() {
			is, hint := article(value.Type()), ""
			switch {
			case value.Type() == cty.String && !secret:
				is, hint = textual(value.AsString(), want)
			case value.Type().IsObjectType():
				hint = attributeMeant(name, attr.Expr, value.Type())
			}
			r.wrong(name, "Wrong type", fmt.Sprintf("%s must be a %s, not %s.%s", name, want.FriendlyName(), is, hint))
			return cty.NilVal, wrong
		}
		value = converted
	}
	return value, present
}

func (r *reader) unmark(name string, value *cty.Value) bool {
	plain, marks := value.UnmarkDeep()
	*value = plain
	if _, planned := marks[functions.FromPlanningInstant]; planned {
		if r.planned == nil {
			r.planned = map[string]bool{}
		}
		r.planned[name] = true
	}
	if _, secret := marks[diag.Sensitive]; secret && !r.allowSensitive {
		r.wrong(name, "Sensitive value where it would be shown",
			fmt.Sprintf("%s is made from a sensitive value, but it is shown in plans and kept in the state. "+
				"If it is no secret, say so with nonsensitive(…).", name))
		return false
	}
	return true
}

// wrong reports a mistake in the value of an attribute.
func (r *reader) wrong(name, summary, detail string) {
	r.broken = true
	subject := r.subject
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Extra: diag.Extra{Address: r.address}}
	if attr := r.body.Attributes[name]; attr != nil {
		subject = attr.Expr.Range()
		d.Expression, d.EvalContext = attr.Expr, r.ctx
		d.Detail += quotedReference(attr.Expr)
	}
	d.Subject = &subject
	r.report(d)
}

// missing reports an attribute that is not there, at the attribute that makes
// it necessary if there is one.
func (r *reader) missing(name, because, detail string) {
	r.broken = true
	subject := r.subject
	if attr, ok := r.body.Attributes[because]; ok {
		subject = attr.Range
	}
	r.report(&hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Missing " + name, Detail: detail, Subject: &subject, Extra: diag.Extra{Address: r.address},
	})
}

// text reads a text.
func (r *reader) text(name string) (string, presence) {
	value, found := r.read(name, cty.String)
	if found != present {
		return "", found
	}
	return value.AsString(), present
}

// whole reads a whole number that fits an int.
func (r *reader) whole(name string) (int, presence) {
	value, found := r.read(name, cty.Number)
	if found != present {
		return 0, found
	}
	const most = 1 << 30
	n, accuracy := value.AsBigFloat().Int64()
	if accuracy != 0 || n > most || n < -most {
		r.wrong(name, "Not a whole number", fmt.Sprintf("%s must be a whole number, not %s.", name, number(value)))
		return 0, wrong
	}
	return int(n), present
}

// number writes a number for a message: to twelve digits, and never at length.
func number(v cty.Value) string {
	f := v.AsBigFloat()
	if f.IsInf() || f.MantExp(nil) > 1024 || f.MantExp(nil) < -1024 {
		return "a number beyond all bounds"
	}
	return f.Text('g', 12)
}

func article(t cty.Type) string {
	switch {
	case t == cty.Bool:
		return "true or false"
	case t.IsObjectType():
		return "an object"
	case t.IsTupleType():
		return "a list"
	}
	return "a " + t.FriendlyName()
}
