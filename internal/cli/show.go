package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/plan/state"
	"setpoint/plan/summary"
)

func (a *app) showCommand() *cobra.Command {
	var form showForm
	var f recordFlags
	cmd := &cobra.Command{
		Use:   "show [PLANFILE or STATEFILE]",
		Short: "Show a saved plan or the state",
		Long: `Shows a saved plan or a state, for people, with --json for programs or with --markdown as a comment of a merge
request. Without a file it shows the state of the configuration here, with what its journal adds.

The JSON has the shape of Terraform's plan JSON (format 1.2) and state JSON (1.0), where a thermostat is a resource of
type "thermostat". terraform_version says which Terraform's shape that is, setpoint_version which setpoint wrote it.`,
		Example: `  setpoint show
  setpoint show night.plan
  setpoint show --json night.plan | conftest test -`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if form.json && form.markdown {
				return fail("Flags do not fit each other", "Give --json or --markdown.")
			}
			if len(args) == 1 {
				return a.showFile(args[0], &f, form)
			}
			s, err := a.readState(&f)
			if err != nil {
				return err
			}
			return a.showState(s, &f, form)
		},
	}
	f.addPath(cmd.Flags())
	cmd.Flags().BoolVar(&form.json, "json", false, "as JSON, in the shape of Terraform's")
	cmd.Flags().BoolVar(&form.markdown, "markdown", false, "as Markdown, the comment that --report markdown=FILE of plan writes")
	cmd.Flags().BoolVar(&form.full, "full", false, "a plan: every thermostat with its attributes, file and line")
	return cmd
}

// showForm is how something is shown.
type showForm struct{ json, markdown, full bool }

// showFile shows a plan or a state, whichever the file is.
func (a *app) showFile(path string, f *recordFlags, form showForm) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fail("File not readable", "%s: %s.", path, cause(err))
	}
	if isPlan(content) {
		p, err := decodePlan(path, content)
		if err != nil {
			return err
		}
		switch {
		case form.markdown:
			_, _ = a.configuredState(f) // for where the plan belongs to
			return a.answer(summary.Markdown(a.reportOf("plan", f, &summary.Summary{Plan: render.SummaryOf(p), Diagnostics: unmet(p)})))
		case !form.json:
			a.diagnose(unmet(p))
			return (&textView{app: a, full: form.full}).answerPlan(p)
		}
		text, err := render.JSON(p)
		if err != nil {
			return err
		}
		return a.answer(string(text))
	}
	if noState(content) {
		return fail("Neither a plan nor a state", "%s: name a file that was written by setpoint plan --out, or a state.", path)
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		// It came through a pipe, which can be read once and has no journal.
		s, err := state.Decode(path, content)
		if err != nil {
			return stateError(err)
		}
		return a.showState(s, &recordFlags{path: path}, form)
	}
	snapshot, err := state.NewStore(a.Files, path, Version).Read()
	if err != nil {
		return stateError(err)
	}
	return a.showState(snapshot.State, &recordFlags{path: path}, form)
}

// unmet are the checks that did not hold when a plan was made. The places of their
// assertions are not in it.
func unmet(p *plan.Plan) diag.List {
	var list diag.List
	for _, c := range p.Checks {
		for _, problem := range c.Problems {
			list = append(list, diag.Diagnostic{
				Severity: diag.Warning, Summary: "Check not met", Detail: fmt.Sprintf("Check %q: %s", c.Name, problem), Address: c.Module,
			})
		}
	}
	return list
}

// noState says whether content never was a state, so that the ways out of a damaged
// one do not lead anywhere.
func noState(content []byte) bool {
	start := bytes.TrimSpace(content)
	return !bytes.HasPrefix(start, []byte("{")) && !bytes.HasPrefix(start, []byte("<<<<<<<"))
}

// readState reads the state of the configuration here, journal included. It
// needs no valid configuration: only the place of the state is looked up in it.
func (a *app) readState(f *recordFlags) (*state.State, error) {
	store, configured, err := a.readable(f)
	if err != nil {
		return nil, err
	}
	snapshot, err := store.Read()
	if err != nil {
		return nil, stateError(err)
	}
	if snapshot.Absent {
		if err := a.checkElsewhere(f, ".", true, configured); err != nil {
			return nil, err
		}
		return nil, fail("No state", "There is no state at %s yet. It is made by the first setpoint apply; name another file with --state.%s", a.place(f, configured), a.rehearsed(f))
	}
	a.warnWaiting(snapshot)
	return snapshot.State, nil
}

// warnWaiting tells that other machines do not know yet what is recorded here.
func (a *app) warnWaiting(s *state.Snapshot) {
	if s.Waiting > 0 {
		a.warn("Not on the server yet", fmt.Sprintf("What is recorded of %s is only in the journal in this folder, and read from there. "+
			"If no run goes on here, tell the server with: setpoint apply", diag.Plural(s.Waiting, "thermostat")))
	}
}

// readable is the record to be read, and warns where it may be another one.
func (a *app) readable(f *recordFlags) (*state.Store, config.Backend, error) {
	configured, sure := a.configuredState(f)
	if !sure {
		a.warn("Configuration not understood", fmt.Sprintf("The configuration has errors, which may hide where its state is: this is about %s, where it is by default. "+
			"To see the errors: setpoint validate. To name another file: --state.", configured.Path))
	}
	store, err := a.store(f, configured)
	return store, configured, err
}

// configuredState is where the state of the configuration here lies. It is not
// sure where errors of the configuration may hide another place.
func (a *app) configuredState(f *recordFlags) (configured config.Backend, sure bool) {
	if f.path != "" {
		return config.Backend{Path: f.path}, true
	}
	c, list := config.Load(a.options(config.Options{AllowMissing: true}))
	a.configured = c.Backend
	return c.Backend, !list.HasErrors() || c.Backend.HTTP != nil || c.Backend.Path != config.DefaultStatePath
}

func (a *app) showState(s *state.State, f *recordFlags, form showForm) error {
	switch {
	case form.markdown:
		return a.answer(summary.Markdown(a.reportOf("state", f, &summary.Summary{Record: render.StateSummary(s, a.now)})))
	case form.json:
		text, err := render.StateJSON(s)
		if err != nil {
			return err
		}
		return a.answer(string(text))
	}
	var b strings.Builder
	if err := render.State(&b, s, a.now); err != nil {
		return err
	}
	return a.answer(b.String())
}

func (a *app) stateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "state",
		Short: "Look into the state and operate on it",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.stateListCommand(), a.stateShowCommand(), a.stateMoveCommand(), a.stateRemoveCommand(),
		a.stateMergeCommand(), a.statePullCommand(), a.statePushCommand(), a.stateServeCommand())
	return cmd
}

func (a *app) stateListCommand() *cobra.Command {
	var f recordFlags
	cmd := &cobra.Command{
		Use:     "list [ADDR…]",
		Short:   "List the addresses in the state",
		Example: "  setpoint state list\n  setpoint state list thermostat.room",
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := a.readState(&f)
			if err != nil {
				return err
			}
			selected, err := s.Select(args...)
			if err != nil {
				return refused(err)
			}
			text := ""
			if len(selected) > 0 {
				text = strings.Join(selected, "\n") + "\n"
			}
			return a.answer(text)
		},
	}
	f.addPath(cmd.Flags())
	return cmd
}

func (a *app) stateShowCommand() *cobra.Command {
	var f recordFlags
	cmd := &cobra.Command{
		Use:     "show ADDR",
		Short:   "Show one thermostat of the state",
		Example: `  setpoint state show 'thermostat.room["201"]'`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			at, err := parseAddress(args[0])
			if err != nil {
				return err
			}
			s, err := a.readState(&f)
			if err != nil {
				return err
			}
			entry, ok := s.Thermostats[at.String()]
			if !ok {
				return fail("Not in the state", "The state has no %s. To see what it has: setpoint state list%s", at, a.again(f.path))
			}
			text, err := json.MarshalIndent(entry, "", "  ")
			if err != nil {
				return err
			}
			return a.answer(fmt.Sprintf("%s: %s, %s %s\n%s\n", at, render.Settings(entry.Settings, a.now), entry.Outcome,
				diag.Second(entry.At), text))
		},
	}
	f.addPath(cmd.Flags())
	return cmd
}
