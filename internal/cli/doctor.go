package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan/render"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/smarther/login"
	"setpoint/provider/survey"
)

func (a *app) doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check login, account, clock and time zones",
		Long: `Checks, in this order: configuration, cloud, subscription key, login, third-party access, terms, password, quota, clock;
and, where there is a configuration, its plants and thermostats against the account's and its time zones against the
thermostats' own clocks. Each check that finds something says what to do. It changes nothing.

It reads the list of plants, the topology of each, and the status of one thermostat of each plant that has a time zone in
the configuration; it says how many of the day's calls that took.

The exit code is 0 if nothing is wrong, 5 if a person must act on the account, 6 if the quota is used up, else 1.`,
		Example: "  setpoint doctor\n  setpoint doctor --json",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return a.doctor(asJSON) },
	}
	a.variableFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// checkStatus is how a check ended.
type checkStatus string

const (
	checkOK      checkStatus = "ok"
	checkWarning checkStatus = "warning" // it works, but a person should know
	checkFailed  checkStatus = "failed"
	checkSkipped checkStatus = "skipped" // it makes no sense here, or something else is in the way
)

// check is one line of the examination.
type check struct {
	Name    string      `json:"name"`
	Status  checkStatus `json:"status"`
	Summary string      `json:"summary"`
	Remedy  string      `json:"remedy,omitempty"`
	code    int         // of a failed one
}

// examination is all that a doctor knows.
type examination struct {
	FormatVersion string    `json:"format_version"`
	OK            bool      `json:"ok"`
	Checks        []check   `json:"checks"`
	Calls         int       `json:"calls"`
	render.Retry            // of a quota that is used up
	Diagnostics   diag.List `json:"diagnostics,omitempty"`

	config     *config.Config
	configured bool // there is a configuration, and it is valid
	found      *login.Found
	login      *loginStatus // before anything was asked
	withheld   bool         // the credentials do not belong to the endpoint
	cloud      *cloud       // nil where there is nothing to ask with
	account    dispatch.Account
	inventory  *survey.Inventory
	clocks     map[string]*survey.Reading // of a thermostat of each plant, by the plant's id
	ended      *survey.Ending             // of the survey that was stopped before its end; nil if none was
}

func (a *app) doctor(asJSON bool) error {
	x := &examination{FormatVersion: "1.0", Checks: []check{}}
	if err := a.examineConfiguration(x); err != nil {
		return err
	}
	ready, err := a.examineCredentials(x)
	if err != nil {
		return err
	}
	signals := watchInterrupts(a.Stderr, x.config.Provider.Timeout)
	defer signals.stop()
	if ready {
		if !asJSON && isTerminal(a.Stderr) {
			fmt.Fprintf(a.Stderr, "Asking %s…\n\n", x.config.Provider.Endpoint)
		}
		if err := a.consult(x, signals); err != nil {
			return err
		}
		if signals.drain.Err() != nil {
			return failWith(codeInterrupted, "Interrupted", "The examination is not complete.")
		}
	}
	a.judge(x)
	if err := a.tellExamination(x, asJSON); err != nil {
		return err
	}
	return x.conclusion()
}

// examineConfiguration reads the configuration, if there is one. An endpoint that
// was not understood counts as none.
func (a *app) examineConfiguration(x *examination) error {
	exists, err := config.Exists(".")
	if err != nil {
		return fail("Folder not readable", "%s.", cause(err))
	}
	c, list := config.Load(a.options(config.Options{}))
	x.config = c
	errorCount, warnings := list.Count()
	switch {
	case !exists && a.simulate:
		return fail("Nothing to simulate", "There is no configuration in this folder. Name another one with --chdir DIR.")
	case !exists:
		x.skip("configuration", "there is none in this folder; only the account is looked at")
	case errorCount > 0:
		x.fail("configuration", codeError, diag.Plural(errorCount, "error"), "To see what is wrong: setpoint validate.")
	default:
		x.configured = true
		summary := fmt.Sprintf("%s in %s", diag.Plural(len(c.Thermostats), "thermostat"), diag.Plural(len(plantsOf(c)), "plant"))
		if warnings > 0 {
			x.warn("configuration", summary+"; "+diag.Plural(warnings, "warning"), "To see what about: setpoint validate.")
		} else {
			x.pass("configuration", summary)
		}
	}
	return a.applyEndpoint(c)
}

// examineCredentials looks for credentials, and tells whether there is all that
// a call needs.
func (a *app) examineCredentials(x *examination) (bool, error) {
	if a.simulate {
		return true, nil
	}
	var err error
	path, _ := login.Path(a.getenv) // without a place there is no file
	x.found, err = a.search(x.config.Provider, func(w login.Warning) {
		x.Diagnostics = append(x.Diagnostics, diag.Diagnostic{Severity: diag.Warning, Summary: w.Summary, Detail: w.Detail})
	})
	if failed, ok := errors.AsType[*exitError](err); ok && failed.code == codePerson && len(failed.diags) > 0 {
		x.login = statusOf(nil, path, a.now)
		x.login.add(login.SeverityNow, failed.diags[0].Summary, failed.diags[0].Detail, time.Time{})
		return false, nil
	}
	if err != nil {
		return false, err
	}
	x.login = statusOf(x.found, path, a.now)
	endpoint, err := provider.ParseEndpoint(x.config.Provider.Endpoint)
	if err != nil { // a wrong one is among the errors of the configuration
		return false, nil
	}
	held := &credentials{found: x.found}
	if withheld := held.withheld(a.mayCarry(endpoint)); len(withheld) > 0 {
		x.withheld = true
		x.fail("cloud", codeError, fmt.Sprintf("nothing is sent to %s, which is neither the vendor's host nor this machine: %s stays here", endpoint.Host, strings.Join(withheld, " and ")),
			fmt.Sprintf("If that is where they belong, set SMARTHER_ENDPOINT=%s in the environment.", x.config.Provider.Endpoint))
		return false, nil
	}
	return len(held.missing()) == 0, nil
}

// consult makes the calls: the account's plants and what is in them, then the
// status of one thermostat of each plant whose time zone is declared.
func (a *app) consult(x *examination, signals *interrupts) error {
	var err error
	if x.cloud, err = a.connect(x.config, 0, 0); err != nil {
		return err
	}
	policy := x.cloud.policy
	policy.Attempts, policy.Account = min(policy.Attempts, 2), &x.account
	in := survey.Input{Reader: x.cloud.client, Policy: policy}
	x.inventory = survey.Account(signals.drain, signals.calls, in)
	x.keep(&x.inventory.Ending)
	x.clocks = map[string]*survey.Reading{}
	for round := range clockRounds {
		devices := x.unread(round)
		if len(devices) == 0 || x.stopped() {
			break
		}
		report := survey.Thermostats(signals.drain, signals.calls, in, devices, survey.AskStatus)
		x.keep(&report.Ending)
		for i := range report.Readings {
			x.clocks[report.Readings[i].Device.PlantID] = &report.Readings[i]
		}
	}
	x.Calls = x.account.Calls()
	x.Diagnostics = append(x.Diagnostics, x.cloud.finish()...)
	return nil
}

// clockRounds is how many thermostats of a plant are asked for the time, one
// after the other, until one answers.
const clockRounds = 3

// unread are the thermostats to be asked in a round: the next of each plant that
// has a declared time zone and no time yet.
func (x *examination) unread(round int) []provider.Device {
	zoned := map[string]bool{}
	if x.configured {
		for _, p := range x.config.Plants {
			zoned[p.ID] = zoned[p.ID] || p.Zone != nil
		}
	}
	var devices []provider.Device
	for i := range x.inventory.Plants {
		p := &x.inventory.Plants[i]
		if read := x.clocks[p.ID]; !zoned[p.ID] || round >= len(p.Thermostats) || read != nil && read.Status.OK() && !read.Status.Value.Time.IsZero() {
			continue
		}
		devices = append(devices, p.Thermostats[round].Device)
	}
	return devices
}

// keep keeps the end of the first survey that was stopped.
func (x *examination) keep(e *survey.Ending) {
	if e.Stop != nil && x.ended == nil {
		x.ended = e
	}
}

func (x *examination) stopped() bool { return x.ended != nil }

// conclusion is the exit code: what a person must do first stands first.
func (x *examination) conclusion() error {
	code := codeDone
	for _, weight := range []int{codePerson, codeQuota, codeError} {
		if slices.ContainsFunc(x.Checks, func(c check) bool { return c.Status == checkFailed && c.code == weight }) {
			code = weight
			break
		}
	}
	if code == codeDone {
		return nil
	}
	return exit(code)
}

func (a *app) tellExamination(x *examination, asJSON bool) error {
	x.OK = x.conclusion() == nil
	if asJSON {
		document, err := json.MarshalIndent(x, "", "  ")
		if err != nil {
			return err
		}
		return a.answer(string(document) + "\n")
	}
	var b strings.Builder
	failed, warned := 0, 0
	for _, c := range x.Checks {
		mark := map[checkStatus]string{checkOK: "✓", checkWarning: "!", checkFailed: "✗", checkSkipped: "-"}[c.Status]
		switch c.Status {
		case checkFailed:
			failed++
		case checkWarning:
			warned++
		case checkOK, checkSkipped:
		}
		b.WriteString(a.marked(mark, diag.Capital(strings.NewReplacer("third_party", "third-party", "_", " ").Replace(c.Name))+": "+c.Summary, c.Remedy))
	}
	made := diag.Plural(x.Calls, "call")
	switch {
	case failed > 0:
		fmt.Fprintf(&b, "\n%s; it took %s.\n", diag.Capital(diag.Plural(failed, "check")+" failed"), made)
	case warned > 0:
		fmt.Fprintf(&b, "\nIt works; %s. It took %s.\n", diag.Plural(warned, "thing")+" to know", made)
	default:
		fmt.Fprintf(&b, "\nAll is well; it took %s.\n", made)
	}
	a.diagnose(x.Diagnostics)
	return a.answer(b.String())
}

func (x *examination) add(name string, status checkStatus, code int, summary, remedy string) {
	x.Checks = append(x.Checks, check{name, status, summary, remedy, code})
}

func (x *examination) pass(name, summary string) { x.add(name, checkOK, 0, summary, "") }

func (x *examination) skip(name, summary string) { x.add(name, checkSkipped, 0, summary, "") }

func (x *examination) warn(name, summary, remedy string) {
	x.add(name, checkWarning, 0, summary, remedy)
}

func (x *examination) fail(name string, code int, summary, remedy string) {
	x.add(name, checkFailed, code, summary, remedy)
}
