package config

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"setpoint/config/diag"
)

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
	for _, name := range automaticVariableFiles(o.Dir) {
		e.variableFile(m, sources, name, false)
	}
	for _, input := range o.Inputs {
		if input.File != "" {
			e.variableFile(m, sources, input.File, true)
			continue
		}
		v := m.variables[input.Name]
		if v == nil && e.partial() { // it may be declared in what could not be read
			continue
		}
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
	e.tellForeign(m, sources, o)
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

// hideSource is for what is found in a file of which it is not known what is
// secret, if anything is.
func (e *evaluation) hideSource(m *module, diags hcl.Diagnostics) {
	if !e.mayHoldSecrets(m) {
		return
	}
	for _, d := range diags {
		d.Extra, d.Detail = diag.Extra{HideSource: true}, maskQuoted(d.Detail)
	}
}

// mayHoldSecrets tells whether a variable is sensitive, or may be declared so in
// what could not be read.
func (e *evaluation) mayHoldSecrets(m *module) bool {
	if e.partial() {
		return true
	}
	for _, v := range m.variables {
		if v.sensitive {
			return true
		}
	}
	return false
}

func (e *evaluation) variableFile(m *module, sources map[string]*given, name string, explicit bool) {
	attrs, diags := e.variableAttributes(name)
	e.hideSource(m, diags)
	e.diags = append(e.diags, diags...)
	for _, attrName := range slices.Sorted(maps.Keys(attrs)) {
		attr := attrs[attrName]
		if m.variables[attrName] == nil && e.partial() {
			continue
		}
		if m.variables[attrName] == nil {
			e.report(&hcl.Diagnostic{
				Severity: hcl.DiagWarning,
				Summary:  "Unknown variable",
				Detail: fmt.Sprintf("The file sets %q, but the configuration declares no such variable.%s",
					attrName, suggest(attrName, slices.Collect(maps.Keys(m.variables)))),
				Subject: &attr.NameRange,
				Extra:   diag.Extra{HideSource: e.mayHoldSecrets(m)},
			})
			continue
		}
		subject := attr.Expr.Range()
		sources[attrName] = &given{source: name, explicit: explicit, expr: attr.Expr, subject: &subject}
	}
}

// variableAttributes reads what a file of variables sets.
func (e *evaluation) variableAttributes(name string) (hcl.Attributes, hcl.Diagnostics) {
	src, diags := readNamed(e.options.Dir, name)
	if diags != nil {
		e.valuesLost = true
		return nil, diags
	}
	if !mayNest(src) {
		if attrs, ok := plainAttributes(src, name); ok {
			e.files[name] = &hcl.File{Bytes: src}
			return attrs, nil
		}
	}
	file, diags := parseChecked(src, name)
	if diags.HasErrors() {
		e.valuesLost = true
		return nil, diags
	}
	e.files[name] = file
	attrs, more := file.Body.JustAttributes()
	return attrs, append(diags, more...)
}
