package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"setpoint/config/diag"
	"setpoint/config/programs"
	"setpoint/provider"
)

// readProgram reads the number of a weekly program, or its name, which stands
// for the number that the thermostat has it under. A text that is a number is
// one. Where it is not known which thermostat is meant, device is nil.
func readProgram(r *reader, device *provider.Device) (int, presence) {
	if r.options.AnyProgram && r.unknown("program") {
		return provider.MinProgram, present
	}
	value, found := r.read("program", cty.DynamicPseudoType)
	if found != present {
		return 0, found
	}
	if _, err := convert.Convert(value, cty.Number); err == nil || value.Type() != cty.String {
		return readChecked(r, "program", "Program out of range", provider.CheckProgram)
	}
	if r.options.AnyProgram {
		return provider.MinProgram, present
	}
	return r.programNamed(value.AsString(), device)
}

// unknown tells whether an attribute is made of something that is not known yet.
func (r *reader) unknown(name string) bool {
	attr, given := r.body.Attributes[name]
	if !given || r.bad[name] {
		return false
	}
	value, diags := attr.Expr.Value(r.ctx)
	return !diags.HasErrors() && !value.IsWhollyKnown()
}

// programNamed finds the number of the one program of that name.
func (r *reader) programNamed(name string, device *provider.Device) (int, presence) {
	if device == nil {
		r.wrong("program", "Program by name out of place", fmt.Sprintf("Which number %q stands for depends on the thermostat, and several can be meant here. Write the number, %d to %d.",
			name, provider.MinProgram, provider.MaxProgram))
		return 0, wrong
	}
	known := r.knownPrograms()
	if known == nil || !provider.IsID(device.PlantID) || !provider.IsID(device.ModuleID) { // which has been reported
		if known == nil && !r.programsLost {
			r.wrong("program", "Programs not known by name", fmt.Sprintf("There is no %s, which says which number %q stands for. Write it with: setpoint programs update", programs.FileName, name))
		}
		r.broken = true
		return 0, wrong
	}
	list, ok := known.Of(*device)
	if !ok {
		r.wrong("program", "Programs not known by name", fmt.Sprintf("%s does not hold the programs of this thermostat, so nobody knows which number %q stands for. "+
			"Have it asked with: setpoint programs update", programs.FileName, name))
		return 0, wrong
	}
	switch numbers := programs.Named(list, name); len(numbers) {
	case 1:
		return numbers[0], present
	case 0:
		r.wrong("program", "Unknown program", fmt.Sprintf("This thermostat has no program %q.%s If its programs were changed in the official app: setpoint programs update",
			name, programChoices(name, list)))
	default:
		r.wrong("program", "Ambiguous program", fmt.Sprintf("This thermostat has %d programs %q: %s. Write the number of the one that is meant.", len(numbers), name, numberList(numbers)))
	}
	return 0, wrong
}

// programChoices says what a thermostat has, and what was probably meant.
func programChoices(name string, list []provider.Program) string {
	if len(list) == 0 {
		return " It has none."
	}
	var choices, names []string
	for _, program := range list {
		choices = append(choices, fmt.Sprintf("%q (%d)", program.Name, program.Number))
		names = append(names, program.Name)
	}
	near := suggest(name, names)
	if !strings.HasPrefix(near, " Did you mean") {
		near = ""
	}
	return fmt.Sprintf("%s It has: %s.", near, strings.Join(choices, ", "))
}

func numberList(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = fmt.Sprint(n)
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " and " + texts[len(texts)-1]
}

// knownPrograms reads the file of programs when it is first needed, so that it
// is a part of the configuration where names are used. It is nil where there is
// no file, or where it cannot be used, which is reported.
func (e *evaluation) knownPrograms() *programs.Programs {
	if e.programsRead {
		return e.programs
	}
	e.programsRead = true
	path := filepath.Join(e.options.Dir, programs.FileName)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	content, detail := readSource(path)
	if detail == "" {
		e.digest.add(programs.FileName, content)
		known, err := programs.Decode(content)
		if err == nil {
			e.programs = known
			return known
		}
		detail = ProgramsRemedy(err)
	}
	e.programsLost = true
	e.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Programs not usable", Detail: programs.FileName + ": " + detail})
	return nil
}

// ProgramsRemedy says what is wrong with a file of programs and what to do.
func ProgramsRemedy(err error) string {
	if errors.Is(err, programs.ErrNewer) {
		return diag.Capital(err.Error()) + ". Install that version."
	}
	return diag.Capital(err.Error()) + ". Take the file from git as it was, or remove it, and then: setpoint programs update"
}
