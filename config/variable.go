package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"setpoint/config/diag"
	"setpoint/provider"
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
	body := e.content(block.Body, &hcl.BodySchema{Attributes: attributes("type", "default", "description", "sensitive")})
	v := &variableBlock{name: block.Labels[0], declared: block.DefRange, typ: cty.DynamicPseudoType, fallback: body.Attributes["default"]}
	if before, ok := m.variables[v.name]; ok {
		e.duplicate(block, before.declared)
		return
	}
	if attr, ok := body.Attributes["type"]; ok {
		typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(attr.Expr)
		e.diags = append(e.diags, diags...)
		if !diags.HasErrors() {
			v.typ, v.defaults = typ, defaults
		}
	}
	if attr, ok := body.Attributes["sensitive"]; ok {
		v.sensitive = e.staticBool(attr)
	}
	if attr, ok := body.Attributes["description"]; ok {
		e.staticString(attr)
	}
	m.variables[v.name] = v
}

// variableValues decides the value of every variable from all sources, later
// ones winning.
func (e *evaluation) variableValues(m *module, o Options) map[string]cty.Value {
	sources := e.variableSources(m, o)
	values := make(map[string]cty.Value, len(m.variables))
	for _, name := range slices.Sorted(maps.Keys(m.variables)) {
		v := m.variables[name]
		value, ok := e.variableValue(v, sources[name])
		if !ok {
			value = cty.DynamicVal
		}
		if v.sensitive {
			e.keepSecrets(value)
			value = value.Mark(diag.Sensitive)
		} else if ok {
			e.recordVariable(v, value)
		}
		values[name] = value
	}
	return values
}

// keepSecrets remembers the texts within a sensitive value. Short ones are no
// secrets worth hiding and would blot out ordinary words.
func (e *evaluation) keepSecrets(v cty.Value) {
	const shortest = 6
	v, _ = v.UnmarkDeep()
	_ = cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) {
		if part.Type() == cty.String && part.IsKnown() && !part.IsNull() && len(part.AsString()) >= shortest {
			e.secrets = append(e.secrets, provider.NewSecret(part.AsString()))
		}
		return true, nil
	})
}

func (e *evaluation) recordVariable(v *variableBlock, value cty.Value) {
	if !value.IsWhollyKnown() {
		return // allowed to be missing
	}
	encoded, err := ctyjson.Marshal(value, value.Type())
	if err != nil { // no value that a source can give fails to encode
		e.reportf(v.declared, "Variable cannot be recorded", "The value of variable %q cannot be written as JSON: %s.", v.name, err)
		return
	}
	e.variables[v.name] = encoded
}

func (e *evaluation) variableValue(v *variableBlock, g *given) (cty.Value, bool) {
	var value cty.Value
	subject := v.declared
	source := "its default"
	switch {
	case g == nil && v.fallback == nil && e.options.AllowMissing:
		return cty.UnknownVal(v.typ), true
	case g == nil && v.fallback == nil:
		e.reportf(v.declared, "No value for variable", "Variable %q has no default and no value is given. Give one with --var '%s=…', "+
			"in setpoint.vars.hcl, or as %s%s in the environment.", v.name, v.name, EnvironPrefix, v.name)
		return cty.NilVal, false
	case g == nil:
		var diags hcl.Diagnostics
		value, diags = v.fallback.Expr.Value(nil)
		if diags.HasErrors() {
			e.addConstant(diags, v.sensitive)
			return cty.NilVal, false
		}
		subject = v.fallback.Expr.Range()
	default:
		source = g.source
		if g.subject != nil {
			subject = *g.subject
		}
		var ok bool
		if value, ok = e.givenValue(v, g); !ok {
			return cty.NilVal, false
		}
	}
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	converted, err := convert.Convert(value, v.typ)
	if err != nil {
		d := errorAt(subject, "Wrong type of variable", fmt.Sprintf("The value of variable %q from %s does not fit its type %s: %s.",
			v.name, source, typeexpr.TypeString(v.typ), err))
		d.Extra = diag.Extra{HideSource: v.sensitive}
		e.report(d)
		return cty.NilVal, false
	}
	return converted, true
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
			e.addConstant(diags, true)
			return cty.NilVal, false
		}
		return value, true
	}
	// As in Terraform: text for what is text anyway, else an expression.
	if v.typ == cty.String || v.typ == cty.Number || v.typ == cty.Bool || v.typ == cty.DynamicPseudoType {
		return cty.StringVal(*g.text), true
	}
	expr, diags := hclsyntax.ParseExpression([]byte(*g.text), g.source, hcl.InitialPos)
	if !diags.HasErrors() {
		var value cty.Value
		if value, diags = expr.Value(nil); !diags.HasErrors() {
			return value, true
		}
	}
	e.reportf(v.declared, "Invalid value for variable", "The value of variable %q from %s is no expression of type %s: %s",
		v.name, g.source, typeexpr.TypeString(v.typ), diags[0].Detail)
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

// variableSources collects what is given for declared variables and complains
// about the rest.
func (e *evaluation) variableSources(m *module, o Options) map[string]*given {
	sources := map[string]*given{}
	for _, entry := range o.Environ {
		name, value, _ := strings.Cut(entry, "=")
		if name, ok := strings.CutPrefix(name, EnvironPrefix); ok && m.variables[name] != nil {
			sources[name] = &given{source: EnvironPrefix + name, text: &value}
		}
	}
	for _, name := range automaticVariableFiles(m.dir) {
		e.variableFile(m, sources, name, false)
	}
	for _, input := range o.Inputs {
		if input.File != "" {
			e.variableFile(m, sources, input.File, true)
			continue
		}
		v := m.variables[input.Name]
		if v == nil {
			e.report(&hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Unknown variable",
				Detail: fmt.Sprintf("--var sets %q, but the configuration declares no such variable.%s",
					input.Name, suggest(input.Name, slices.Collect(maps.Keys(m.variables)))),
			})
			continue
		}
		if v.sensitive {
			e.report(&hcl.Diagnostic{
				Severity: hcl.DiagWarning,
				Summary:  "Secret on the command line",
				Detail: fmt.Sprintf("Variable %q is sensitive, but everyone on this machine can read a --var in the process list. "+
					"Use %s%s in the environment instead.", v.name, EnvironPrefix, v.name),
			})
		}
		value := input.Value
		sources[input.Name] = &given{source: "--var", explicit: true, text: &value}
	}
	e.plannedVariables(m, sources, o)
	return sources
}

// plannedVariables puts the plan's values before all others.
func (e *evaluation) plannedVariables(m *module, sources map[string]*given, o Options) {
	if o.Planned == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(m.variables)) {
		v := m.variables[name]
		if v.sensitive {
			continue
		}
		raw, ok := o.Planned[name]
		if !ok {
			e.reportf(v.declared, "Plan does not fit the configuration", "The plan holds no value of variable %q. Make a new plan.", name)
			continue
		}
		planned := &given{source: "the plan", planned: raw}
		if now := sources[name]; now != nil && now.explicit {
			a, okA := e.variableValue(v, now)
			b, okB := e.variableValue(v, planned)
			if okA && okB && !a.RawEquals(b) {
				e.reportf(v.declared, "Variable differs from the plan", "%s gives variable %q another value than the plan was made with. "+
					"Leave it out, or make a new plan.", now.source, name)
			}
		}
		sources[name] = planned
	}
}

// automaticVariableFiles are setpoint.vars.hcl, then *.auto.vars.hcl in the
// order of their names, each also as .json.
func automaticVariableFiles(dir string) []string {
	var names []string
	for _, name := range []string{"setpoint.vars.hcl", "setpoint.vars.hcl.json"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			names = append(names, name)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return names // reported where the configuration is read
	}
	for _, entry := range entries {
		if strings.HasSuffix(strings.TrimSuffix(entry.Name(), ".json"), ".auto.vars.hcl") && !strings.HasPrefix(entry.Name(), ".") {
			names = append(names, entry.Name())
		}
	}
	return names
}

func (e *evaluation) variableFile(m *module, sources map[string]*given, name string, explicit bool) {
	file, diags := parseFile(m.dir, name)
	for _, d := range diags {
		d.Extra = diag.Extra{HideSource: true}
	}
	e.diags = append(e.diags, diags...)
	if file == nil || diags.HasErrors() {
		return
	}
	e.files[name] = file
	attrs, diags := file.Body.JustAttributes()
	for _, d := range diags {
		d.Extra = diag.Extra{HideSource: true}
	}
	e.diags = append(e.diags, diags...)
	for _, attrName := range slices.Sorted(maps.Keys(attrs)) {
		attr := attrs[attrName]
		if m.variables[attrName] == nil {
			e.report(&hcl.Diagnostic{
				Severity: hcl.DiagWarning,
				Summary:  "Unknown variable",
				Detail: fmt.Sprintf("The file sets %q, but the configuration declares no such variable.%s",
					attrName, suggest(attrName, slices.Collect(maps.Keys(m.variables)))),
				Subject: &attr.NameRange,
				Extra:   diag.Extra{HideSource: true},
			})
			continue
		}
		subject := attr.Expr.Range()
		sources[attrName] = &given{source: name, explicit: explicit, expr: attr.Expr, subject: &subject}
	}
}
