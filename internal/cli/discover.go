package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/internal/durable"
	"setpoint/plan/discovery"
	"setpoint/provider"
	"setpoint/provider/survey"
)

// discoverFlags say what becomes of what is found.
type discoverFlags struct {
	out       string
	asJSON    bool
	timeZones []string
}

func (a *app) discoverCommand() *cobra.Command {
	var f discoverFlags
	cmd := &cobra.Command{
		Use:   "discover",
		Short: "Print the configuration of what the account holds",
		Long: `Reads the plants and thermostats of the account, and what each thermostat is set to, and prints a configuration of it,
with import blocks: applied, it takes everything over as it is and sends nothing. Each plant and each thermostat that is
read takes one call.

Where the folder has a configuration, only what it does not declare is read and printed. Where none names an endpoint,
the cloud is that of SMARTHER_ENDPOINT, else the vendor's.

Nothing is guessed. Where the time zone of a plant is not known (see --time-zone), its line is left to be filled in.
The block of a thermostat that could not be read, that is in a boost, or whose temporary status ends at a time that
cannot be written down, is a comment that says why.

The exit code is 0 when everything was read; 4 where some things were not, for themselves: run it again for them; 5 and
6 where a person must act or the quota is used up. What was found is printed in any case, and with --out written.`,
		Example: `  setpoint discover
  setpoint discover --time-zone Europe/Rome --out home.hcl && setpoint apply
  setpoint discover --time-zone Europe/Rome --time-zone 1f3c6b1e-0000-4000-8000-000000000001=Europe/Lisbon
  setpoint discover --json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.discover(f) },
	}
	flags := cmd.Flags()
	a.variableFlags(flags)
	flags.StringVar(&f.out, "out", "", "write it to `FILE`, which must not exist")
	flags.BoolVar(&f.asJSON, "json", false, "what was found as JSON, in place of a configuration")
	flags.StringArrayVar(&f.timeZones, "time-zone", nil, "the time zone of the plants, as in `ZONE` or, for one of them, PLANT_ID=ZONE (repeatable)")
	return cmd
}

func (a *app) discover(f discoverFlags) error {
	given, wrong := discovery.ParseZones(f.timeZones)
	if wrong.HasErrors() {
		return &exitError{code: codeError, diags: wrong}
	}
	if err := f.checkOut(); err != nil {
		return err
	}
	c, err := a.loadIfThere()
	if err != nil {
		return err
	}
	reached, err := a.connect(c, 0, 0)
	if err != nil {
		return err
	}
	defer a.leave(reached)
	signals := watchInterrupts(a.Stderr, 0)
	defer signals.stop()
	found := a.surveyAccount(reached, signals, calledBy(c.Thermostats))
	d := discovery.Compare(found, c, given, a.now)
	return a.present(d, &f)
}

// checkOut refuses what must not be overwritten, before any call is made.
func (f *discoverFlags) checkOut() error {
	if f.out == "" {
		return nil
	}
	name := filepath.Base(f.out)
	switch isJSON := strings.HasSuffix(name, ".json"); {
	case exists(f.out):
		return fail("File exists", "%s is there already and is left alone. Name another file with --out.", f.out)
	case config.IsConfigFile(name) && isJSON:
		return fail("File name does not fit", "%s would be read as a configuration in JSON, which is not what is written. Name a *.hcl file, or with --json a *.json file.", f.out)
	case config.IsConfigFile(name) && f.asJSON:
		return fail("File name does not fit", "%s would be read as a configuration, but --json writes data. Name a *.json file.", f.out)
	}
	return nil
}

// loadIfThere reads the configuration of the present folder, names of programs
// aside. There may be none, or one without anything in it: a shell makes the file
// that standard output goes to before the program starts.
func (a *app) loadIfThere() (*config.Config, error) {
	there, err := config.Exists(".")
	if err != nil {
		return nil, fail("Folder not readable", "%s.", cause(err))
	}
	c, list := config.Load(a.options(config.Options{AnyProgram: true}))
	switch {
	case there && list.HasErrors():
		return nil, &exitError{code: codeError, diags: list}
	case there: // else they say that there is none
		a.diagnose(list)
	}
	return c, a.applyEndpoint(c)
}

// surveyAccount reads the plants, their thermostats, and the status of those
// that are not declared. All calls share one pace.
func (a *app) surveyAccount(reached *cloud, signals *interrupts, declared map[provider.Device]string) *survey.Inventory {
	called := map[provider.Device]string{}
	progress := newReadProgress(signals.notes, reached.policy.RateLimit, nil)
	progress.name = func(call survey.Call) string {
		if name := called[call.Device]; name != "" {
			return name
		}
		return "The " + call.Question.String()
	}
	observe, end := a.followReadings(reached.policy, progress)
	in := survey.Input{Reader: reached.client, Policy: reached.policy, Observe: observe}
	found := survey.Account(signals.drain, signals.calls, in)
	var devices []provider.Device
	for i := range found.Plants {
		p := &found.Plants[i]
		called[provider.Device{PlantID: p.ID}] = survey.Official(p.Name)
		for j := range p.Thermostats {
			if t := &p.Thermostats[j]; declared[t.Device] == "" {
				called[t.Device] = survey.Official(t.Name)
				devices = append(devices, t.Device)
			}
		}
	}
	if found.Stop == nil && len(devices) > 0 {
		report := survey.Thermostats(signals.drain, signals.calls, in, devices, survey.AskStatus)
		found.Calls += report.Calls
		found.Stop, found.Returns = report.Stop, report.Returns
		for i := range found.Plants {
			for j := range found.Plants[i].Thermostats {
				if t := &found.Plants[i].Thermostats[j]; report.Of(t.Device) != nil {
					t.Reading = *report.Of(t.Device)
				}
			}
		}
	}
	end()
	return found
}

// present prints or writes what was found and says what else there is to be
// said.
func (a *app) present(d *discovery.Account, f *discoverFlags) error {
	now := time.Now()
	list, code := findings(d, now)
	text := d.HCL()
	if f.asJSON {
		var err error
		if text, err = d.JSON(list, retryOf(&d.Ending, now)); err != nil {
			return err
		}
	}
	switch {
	case text == "":
	case f.out == "":
		if err := a.answer(text); err != nil {
			return err
		}
	default:
		if err := f.checkOut(); err != nil { // it may have come meanwhile
			return err
		}
		if err := durable.ReplaceBytes(a.Files, f.out, 0o644, []byte(text)); err != nil {
			return fail("Not written", "%s.", diag.Capital(err.Error()))
		}
	}
	a.summarize(d, f, text != "")
	if f.asJSON {
		list = nil // told already
	}
	if code != 0 {
		return &exitError{code: code, diags: list}
	}
	a.diagnose(list)
	return nil
}

// summarize says on standard error what was found and how to go on.
func (a *app) summarize(d *discovery.Account, f *discoverFlags, printed bool) {
	n := d.Tally()
	if n.Total() == 0 && !d.Listed.OK() {
		return
	}
	text := fmt.Sprintf("Found %s with %s", diag.Plural(len(d.Plants), "plant"), diag.Plural(n.Total(), "thermostat"))
	if n.Declared > 0 {
		text += fmt.Sprintf(", %d of them declared already", n.Declared)
	}
	text += fmt.Sprintf(". API calls: %d.\n", d.Calls)
	if n.Commented > 0 && !f.asJSON {
		text += fmt.Sprintf("%s left to you: see the comments.\n", diag.Plural(n.Commented, "block"))
	}
	switch {
	case f.asJSON && f.out != "":
		text += fmt.Sprintf("Written to %s.\n", f.out)
	case f.asJSON:
	case len(d.Plants) == 0:
		text += "An account that shows no plant is often not the one that the official app is used with: setpoint doctor\n"
	case !printed:
		text += "Nothing is missing in the configuration.\n"
	case f.out != "" && n.Ready == 0:
		text += fmt.Sprintf("Written to %s. Nothing in it is ready to be applied.\n", f.out)
	case f.out != "":
		text += fmt.Sprintf("Written to %s. To take it over as it is, without sending anything: setpoint apply%s\n", f.out, a.again(""))
	default:
		text += "To keep it, name a new file: setpoint discover --out FILE.hcl\n"
	}
	fmt.Fprintf(a.Stderr, "\n%s\n", text)
}

// findings are the diagnostics of what was not read or does not fit, and the
// exit code that follows.
func findings(d *discovery.Account, now time.Time) (diag.List, int) {
	list, code := d.Warnings(), codeDone
	if unread := unreadOf(d); len(unread) > 0 && d.Stop == nil {
		code = codeIncomplete
		list = append(list, diag.Diagnostic{Severity: diag.Error, Summary: "Not everything was read",
			Detail: strings.Join(unread, "\n") + "\nRun it again when that has changed; what is declared by then is not read again."})
	}
	if short, ended := cutShort(&d.Ending, now, discovered(d), "Run it again"); ended != 0 {
		if d.Listed.OK() {
			short.Detail += " What is declared by then is not read again."
		}
		return append(list, short), ended
	}
	return list, code
}

// discovered is how much of the account was read, and with how many calls.
func discovered(d *discovery.Account) string {
	if !d.Listed.OK() {
		return fmt.Sprintf("Nothing was found, with %s", diag.Plural(d.Calls, "call"))
	}
	n := d.Tally()
	return fmt.Sprintf("Found %s in %s and read %d of them, with %s", diag.Plural(n.Total(), "thermostat"), diag.Plural(len(d.Plants), "plant"),
		n.Read(), diag.Plural(d.Calls, "call"))
}

// unreadOf names what failed for itself, a line each.
func unreadOf(d *discovery.Account) []string {
	lines := d.Unread()
	if err := d.Listed.Err; err != nil {
		lines = append(lines, "The plants of the account: "+survey.Reason(err)+"."+remedyOf(err))
	}
	return lines
}
