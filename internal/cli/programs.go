package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/config/programs"
	"setpoint/internal/durable"
	"setpoint/provider"
	"setpoint/provider/survey"
)

func (a *app) programsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "programs",
		Short: "Look after the names of programs",
		Long: `The names of weekly programs, which a configuration may use in place of their numbers, stand in ` + programs.FileName + `
beside it. Commit that file.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.programsUpdateCommand())
	return cmd
}

func (a *app) programsUpdateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "update",
		Short: "Ask the thermostats what their programs are called",
		Long: `Asks every thermostat of the configuration for its programs, one call each, and writes their numbers and names to
` + programs.FileName + ` beside the configuration, sorted. The file is written only if something changed.

A thermostat that cannot be asked keeps what the file says of it; the exit code is 4 then. One that is not declared any
more is dropped. With --simulate nothing is written.`,
		Example: "  setpoint programs update\n  git diff " + programs.FileName,
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return a.updatePrograms() },
	}
	a.variableFlags(cmd.Flags())
	return cmd
}

func (a *app) updatePrograms() error {
	c, err := a.load(config.Options{AnyProgram: true})
	if err != nil {
		return err
	}
	before, content, err := a.readPrograms()
	if err != nil {
		return err
	}
	report := &survey.Report{}
	if len(c.Thermostats) > 0 {
		if report, err = a.askPrograms(c); err != nil {
			return err
		}
	}
	after, list := takePrograms(c, before, report)
	written, err := a.writePrograms(after, content)
	if err != nil {
		return err
	}
	if err := a.answer(changedPrograms(c, before, after) + a.afterUpdate(report, written, !list.HasErrors())); err != nil {
		return err
	}
	code := 0
	if list.HasErrors() {
		code = codeIncomplete
	}
	kept := ", and the file is left as it was"
	if written {
		kept = ", and what was read is written"
	}
	if short, ended := cutShort(&report.Ending, time.Now(), howFar(report)+kept, "Run it again"); ended != 0 {
		list, code = append(list, short), ended
	}
	if code != 0 {
		return &exitError{code: code, diags: list}
	}
	a.diagnose(list)
	return nil
}

// writePrograms writes the file if that changes it, and tells whether it did.
func (a *app) writePrograms(after *programs.Programs, content []byte) (bool, error) {
	text, err := after.Encode()
	if err != nil {
		return false, err
	}
	if a.simulate || string(text) == string(content) || content == nil && len(after.Devices()) == 0 {
		return false, nil
	}
	if err := durable.ReplaceBytes(a.Files, programs.FileName, 0o644, text); err != nil {
		return false, fail("Not written", "%s.", diag.Capital(err.Error()))
	}
	return true, nil
}

// afterUpdate says what became of the file. It is up to date only where all that
// were asked have answered.
func (a *app) afterUpdate(report *survey.Report, written, answered bool) string {
	text := programs.FileName + " is left as it was."
	switch {
	case a.simulate:
		text = programs.FileName + " is left as it is, since these are simulated."
	case written:
		text = "Written to " + programs.FileName + ": commit it."
	case len(report.Readings) == 0:
		text = "No thermostat is declared, so there is nobody to ask."
	case answered && report.Stop == nil:
		text = programs.FileName + " is up to date."
	}
	return fmt.Sprintf("%s API calls: %d.\n", text, report.Calls)
}

// readPrograms reads the file, if there is one.
func (a *app) readPrograms() (*programs.Programs, []byte, error) {
	content, err := a.Files.ReadFile(programs.FileName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &programs.Programs{}, nil, nil
	case err != nil:
		return nil, nil, fail("Programs not readable", "%s: %s.", programs.FileName, cause(err))
	}
	known, err := programs.Decode(content)
	if err != nil {
		return nil, nil, fail("Programs not usable", "%s: %s", programs.FileName, config.ProgramsRemedy(err))
	}
	return known, content, nil
}

func (a *app) askPrograms(c *config.Config) (*survey.Report, error) {
	reached, err := a.connect(c, 0, 0)
	if err != nil {
		return nil, err
	}
	defer a.leave(reached)
	signals := watchInterrupts(a.Stderr, 0)
	defer signals.stop()
	devices := make([]provider.Device, len(c.Thermostats))
	for i := range c.Thermostats {
		devices[i] = c.Thermostats[i].Device
	}
	progress := newReadProgress(signals.notes, reached.policy.RateLimit, calledBy(c.Thermostats))
	observe, end := a.followReadings(reached.policy, progress)
	defer end()
	return reached.survey(signals, devices, survey.AskPrograms, observe), nil
}

// takePrograms joins what was known with what was read. Who could not be asked
// keeps what was known; the list says who that is.
func takePrograms(c *config.Config, before *programs.Programs, report *survey.Report) (*programs.Programs, diag.List) {
	after, list := &programs.Programs{}, diag.List{}
	for i := range c.Thermostats {
		t := &c.Thermostats[i]
		old, known := before.Of(t.Device)
		reading := report.Of(t.Device)
		if reading.Programs.OK() {
			after.Put(t.Device, reading.Programs.Value.Programs)
			for _, s := range reading.Programs.Value.Skipped {
				list = append(list, diag.Diagnostic{Severity: diag.Warning, Summary: "Program left out", Address: t.Address.String(),
					Detail: fmt.Sprintf("%s: program %s: %s.", t.Address, survey.Skipped(s), "it cannot be chosen")})
			}
			continue
		}
		kept := "The file does not know it yet."
		if known {
			after.Put(t.Device, old)
			kept = "What the file says of it is kept."
		}
		stopped := report.Stop != nil && report.Stop.Err == reading.Programs.Err // which is told for all
		if err := reading.Programs.Err; err != nil && !stopped {
			list = append(list, diag.Diagnostic{Severity: diag.Error, Summary: "Programs not read", Address: t.Address.String(),
				Detail: fmt.Sprintf("%s: %s.%s %s Run it again when that has changed.", t.Address, survey.Reason(err), remedyOf(err), kept)})
		}
	}
	return after, list
}

// changedPrograms says what is new, a line for each thermostat.
func changedPrograms(c *config.Config, before, after *programs.Programs) string {
	var b strings.Builder
	for i := range c.Thermostats {
		t := &c.Thermostats[i]
		old, known := before.Of(t.Device)
		list, there := after.Of(t.Device)
		if !there || known && slices.Equal(old, list) {
			continue
		}
		sign := "+"
		if known {
			sign = "~"
		}
		fmt.Fprintf(&b, "  %s %s  %s\n", sign, t.Address, programNames(list))
	}
	for _, device := range before.Devices() {
		if _, there := after.Of(device); !there {
			fmt.Fprintf(&b, "  - %s  not declared any more\n", device.ID())
		}
	}
	return b.String()
}

func programNames(list []provider.Program) string {
	if len(list) == 0 {
		return "no programs"
	}
	names := make([]string, len(list))
	for i, program := range list {
		names[i] = fmt.Sprintf("%d %s", program.Number, survey.Official(program.Name))
	}
	return strings.Join(names, ", ")
}
