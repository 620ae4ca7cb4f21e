package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"setpoint/config/conversion"
	"setpoint/config/diag"
	"setpoint/config/functions"
)

// EnvironPrefix begins the names of environment variables that set variables.
const EnvironPrefix = "SETPOINT_VAR_"

type variableBlock struct {
	name      string
	declared  hcl.Range
	typ       cty.Type
	defaults  *typeexpr.Defaults
	fallback  *hcl.Attribute // default
	sensitive bool
	notNull   bool
	broken    bool // its type is wrong, which has been reported
	rules     []rule

	// The value of default, once it has been evaluated.
	fallbackKnown bool
	fallbackValue cty.Value
}

// given is a value for a variable and where it comes from. An expression is
// not evaluated before it is known that it counts.
type given struct {
	source   string // for messages: "setpoint.vars.hcl", "--var", "SETPOINT_VAR_x"
	explicit bool   // said on the command line
	expr     hcl.Expression
	text     *string
	planned  json.RawMessage
	subject  *hcl.Range
}

func (e *evaluation) decodeVariable(m *module, block *hcl.Block) {
	body := e.content(block.Body, "variable")
	v := &variableBlock{name: block.Labels[0], declared: block.DefRange, typ: cty.DynamicPseudoType, fallback: body.Attributes["default"]}
	if attr, ok := body.Attributes["type"]; ok {
		typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(attr.Expr)
		e.diags = append(e.diags, diags...)
		if v.broken = diags.HasErrors(); !v.broken {
			v.typ, v.defaults = typ, defaults
		}
	}
	if attr, ok := body.Attributes["sensitive"]; ok {
		v.sensitive = e.staticBool(attr)
	}
	if attr, ok := body.Attributes["description"]; ok {
		e.staticString(attr)
	}
	if attr, ok := body.Attributes["nullable"]; ok {
		value, good := e.static(attr, cty.Bool)
		v.notNull = good && value.False()
	}
	v.rules = e.decodeRules(body, "variable", "validation")
	if slices.ContainsFunc(e.schema("module").Attributes, func(a hcl.AttributeSchema) bool { return a.Name == v.name }) {
		e.reportf(block.LabelRanges[0], "Reserved name", "No variable can be called %q: in a module block the word has a meaning of its own. Rename it.", v.name)
	}
	declare(e, m.variables, block, v)
}

// variableValues decides the value of every variable from all sources, later
// ones winning.
func (s *scope) variableValues(o Options) map[string]cty.Value {
	sources := s.variableSources(s.module, o)
	values := make(map[string]cty.Value, len(s.module.variables))
	for _, name := range slices.Sorted(maps.Keys(s.module.variables)) {
		v := s.module.variables[name]
		value, ok := s.variableValue(v, sources[name])
		if !ok {
			value = cty.DynamicVal
		}
		if v.sensitive {
			s.keepSecrets(value)
			value = value.Mark(diag.Sensitive)
		} else if ok && o.RecordVariables {
			s.recordVariable(v, value)
		}
		values[name] = s.accept(v, value)
	}
	return values
}

func (e *evaluation) recordVariable(v *variableBlock, value cty.Value) {
	encoded, err := encodeValue(value)
	if errors.Is(err, errNotKnown) {
		return // allowed to be missing
	}
	if err != nil { // no value that a source can give fails to encode
		e.reportf(v.declared, "Variable cannot be recorded", "The value of variable %q cannot be written as JSON: %s.", v.name, err)
		return
	}
	e.variables[v.name] = encoded
}

func (e *evaluation) variableValue(v *variableBlock, g *given) (cty.Value, bool) {
	switch {
	case v.broken:
		return cty.NilVal, false
	case g == nil && v.fallback != nil:
		return e.defaultOf(v)
	case g == nil && e.options.AllowMissing:
		e.assumed = true
		return cty.UnknownVal(v.typ.WithoutOptionalAttributesDeep()), true
	case g == nil && (e.valuesLost || e.partial()): // it may be in what could not be read
		return cty.NilVal, false
	case g == nil:
		e.reportf(v.declared, "No value for variable", "Variable %q has no default and no value is given. Give one with --var '%s=…', "+
			"in setpoint.vars.hcl, or as %s%s in the environment.", v.name, v.name, EnvironPrefix, v.name)
		return cty.NilVal, false
	}
	value, ok := e.givenValue(v, g)
	if !ok {
		return cty.NilVal, false
	}
	subject := v.declared
	if g.subject != nil {
		subject = *g.subject
	}
	return e.fit(v, value, subject, g.source)
}

// defaultOf gives a variable its default.
func (e *evaluation) defaultOf(v *variableBlock) (cty.Value, bool) {
	if v.fallbackKnown {
		return v.fallbackValue, v.fallbackValue != cty.NilVal
	}
	v.fallbackKnown, v.fallbackValue = true, cty.NilVal
	value, diags := v.fallback.Expr.Value(nil)
	if diags.HasErrors() {
		e.addConstant(diags, v.sensitive)
		return cty.NilVal, false
	}
	if v.notNull && value.IsNull() {
		e.reportf(v.fallback.Expr.Range(), "Null for a variable", "Variable %q has nullable = false, but its default is null. Give another default, or none.", v.name)
		return cty.NilVal, false
	}
	fitting, ok := e.fit(v, value, v.fallback.Expr.Range(), "its default")
	if ok {
		v.fallbackValue = fitting
	}
	return fitting, ok
}

// fit converts a value to what its variable is declared to be. From says where
// the value comes from.
func (e *evaluation) fit(v *variableBlock, value cty.Value, subject hcl.Range, from string) (cty.Value, bool) {
	if v.sensitive {
		e.keepSecrets(value)
	}
	if v.notNull && value.IsNull() {
		if v.fallback != nil {
			return e.defaultOf(v)
		}
		e.reportf(subject, "Null for a variable", "Variable %q has nullable = false and no default, but %s gives null. Give a value.", v.name, from)
		return cty.NilVal, false
	}
	converted, err := conversion.To(value, v.typ, v.defaults)
	if err != nil {
		why := valuePath(v.name, err) + err.Error() + textAt(value, err)
		if v.sensitive || diag.IsSensitive(value) { // the keys may be secret
			why = maskQuoted(err.Error())
		}
		d := errorAt(subject, "Wrong type of variable", fmt.Sprintf("The value of variable %q from %s does not fit its type %s: %s.",
			v.name, from, typeexpr.TypeString(v.typ), why))
		d.Extra = diag.Extra{HideSource: v.sensitive}
		e.report(d)
		return cty.NilVal, false
	}
	if !functions.Ordinary(converted) {
		d := errorAt(subject, "Number beyond all bounds", fmt.Sprintf("The value of variable %q from %s holds a number that is too large "+
			"or too small for any temperature, time or count. Write one of ordinary size.", v.name, from))
		d.Extra = diag.Extra{HideSource: v.sensitive}
		e.report(d)
		return cty.NilVal, false
	}
	return converted, true
}

// valuePath tells where in the value of a variable something is wrong.
func valuePath(name string, err error) string {
	var pathErr cty.PathError
	if !errors.As(err, &pathErr) {
		return ""
	}
	place := ""
	for _, step := range pathErr.Path {
		switch step := step.(type) {
		case cty.GetAttrStep:
			place += "." + step.Name
		case cty.IndexStep:
			if step.Key.Type() == cty.String {
				place += fmt.Sprintf("[%q]", step.Key.AsString())
			} else {
				place += "[" + number(step.Key) + "]"
			}
		}
	}
	if place == "" {
		return ""
	}
	return "in " + name + place + ", "
}

// textAt tells the text that stands where something is wrong; "" where there is
// none. The value must not be secret.
func textAt(value cty.Value, err error) string {
	var pathErr cty.PathError
	if !errors.As(err, &pathErr) {
		return ""
	}
	value, _ = value.UnmarkDeep()
	at, err := pathErr.Path.Apply(value)
	if err != nil || at.Type() != cty.String || at.IsNull() || !at.IsKnown() {
		return ""
	}
	is, _ := textual(at.AsString(), cty.Number)
	return ", not " + is
}

func (e *evaluation) givenValue(v *variableBlock, g *given) (cty.Value, bool) {
	switch {
	case g.planned != nil:
		value, err := plannedValue(g.planned, v.typ)
		if err != nil {
			e.reportf(v.declared, "Plan does not fit the configuration", "The plan's value of variable %q cannot be read: %s. Make a new plan.", v.name, err)
		}
		return value, err == nil
	case g.expr != nil:
		value, diags := g.expr.Value(nil)
		if diags.HasErrors() {
			e.addConstant(diags, v.sensitive || e.partial())
			return cty.NilVal, false
		}
		return value, true
	}
	// As in Terraform: text for what is text anyway, else an expression.
	if v.typ == cty.String || v.typ == cty.Number || v.typ == cty.Bool || v.typ == cty.DynamicPseudoType {
		return cty.StringVal(*g.text), true
	}
	diags := checkNesting([]byte(*g.text), g.source)
	var expr hclsyntax.Expression
	if !diags.HasErrors() {
		expr, diags = hclsyntax.ParseExpression([]byte(*g.text), g.source, hcl.InitialPos)
	}
	if !diags.HasErrors() {
		functions.Bound(expr)
		var value cty.Value
		if value, diags = expr.Value(nil); !diags.HasErrors() {
			return value, true
		}
	}
	why := " " + diags[0].Detail
	if v.sensitive {
		e.keepSecret(*g.text)
		why = ""
	}
	e.reportf(v.declared, "Invalid value for variable", "The value of variable %q from %s is no constant of type %s.%s",
		v.name, g.source, typeexpr.TypeString(v.typ), why)
	return cty.NilVal, false
}

// plannedValue reads a value as recordVariable wrote it. Where the declared type
// leaves the type open, the JSON implies it.
func plannedValue(raw json.RawMessage, typ cty.Type) (cty.Value, error) {
	if typ.HasDynamicTypes() {
		implied, err := ctyjson.ImpliedType(raw)
		if err != nil {
			return cty.NilVal, err
		}
		typ = implied
	}
	return ctyjson.Unmarshal(raw, typ)
}
