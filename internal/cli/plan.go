package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/internal/durable"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/plan/state"
)

// planFlags are what plan and apply share.
type planFlags struct {
	recordFlags
	full        bool
	destroy     bool
	targets     []string
	replace     []string
	parallelism int
	maxCalls    int
}

func (a *app) addPlanFlags(cmd *cobra.Command, f *planFlags) {
	flags := cmd.Flags()
	f.recordFlags.add(flags)
	a.variableFlags(flags)
	flags.BoolVar(&f.full, "full", false, "show every thermostat with its attributes, file and line")
	flags.StringArrayVar(&f.targets, "target", nil, "limit the plan to `ADDR` and what it depends on (repeatable)")
	flags.StringArrayVar(&f.replace, "replace", nil, "send `ADDR` again although nothing has changed (repeatable)")
	flags.IntVar(&f.parallelism, "parallelism", 0, "calls in flight (default: the provider block's, else 10)")
	flags.IntVar(&f.maxCalls, "max-calls", 0, "never make more than `N` calls, retries included (0: no limit)")
}

func (f *planFlags) check() error {
	if f.parallelism < 0 || f.maxCalls < 0 {
		return fail("Invalid flag", "--parallelism and --max-calls are 0 or more.")
	}
	for i, text := range f.replace {
		at, err := parseAddress(text)
		if err != nil {
			return err
		}
		f.replace[i] = at.String()
	}
	for i, text := range f.targets {
		// A target may also be a module or a block, which is no address.
		if at, err := address.Parse(text); err == nil {
			f.targets[i] = at.String()
		}
	}
	return nil
}

func (a *app) planCommand() *cobra.Command {
	var f planFlags
	var out string
	var detailed bool
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what apply would change",
		Long: `Compares the configuration with what was last applied and shows what apply would change.

No call is made and nothing is locked or written, unless --out names a file for the plan.`,
		Example: `  setpoint plan
  setpoint plan --out night.plan && setpoint apply night.plan
  setpoint plan --detailed-exitcode    # 0: no changes, 2: changes, 1: error`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := f.check(); err != nil {
				return err
			}
			p, err := a.makePlan(&f)
			if err != nil {
				return err
			}
			if out != "" {
				if err := a.savePlan(p, out); err != nil {
					return err
				}
			}
			if err := a.showPlan(p, &f); err != nil {
				return err
			}
			a.tellNext(p, out)
			if detailed && p.HasChanges() {
				return exit(codeChanges)
			}
			return nil
		},
	}
	a.addPlanFlags(cmd, &f)
	cmd.Flags().StringVar(&out, "out", "", "save the plan to `FILE` for apply")
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 if there are changes")
	cmd.Flags().BoolVar(&f.destroy, "destroy", false, "plan to give up every thermostat")
	return cmd
}

// makePlan plans without the lock, from the state as it is with its journal.
func (a *app) makePlan(f *planFlags) (*plan.Plan, error) {
	c, err := a.load(config.Options{})
	if err != nil {
		return nil, err
	}
	store, err := a.store(&f.recordFlags, c.Backend.Path)
	if err != nil {
		return nil, err
	}
	snapshot, err := store.Read()
	if err != nil {
		return nil, stateError(err)
	}
	if err := a.checkAbsent(&f.recordFlags, snapshot.Absent, c.Backend.Path); err != nil {
		return nil, err
	}
	if n := len(snapshot.InFlight); n > 0 {
		fmt.Fprintf(a.Stderr, "%s in flight, of a run that goes on or did not end: %s.\n\n", plural(n, "call"), names(snapshot.InFlight))
	}
	return a.plan(c, f, snapshot.State, snapshot.Absent)
}

// plan makes a plan and prints its warnings.
func (a *app) plan(c *config.Config, f *planFlags, s *state.State, absent bool) (*plan.Plan, error) {
	p, notices := plan.Make(plan.Input{
		Wanted: c.Thermostats, Outputs: c.Outputs, State: s, Absent: absent, Now: a.now,
		Destroy: f.destroy, Targets: f.targets, Replace: f.replace,
		Attempts: c.Provider.Retry.Attempts, MostCalls: f.maxCalls,
		SetpointVersion: Version, Configuration: c.Digest, Variables: c.Variables,
	})
	list := locate(c, notices)
	if list.HasErrors() {
		return nil, &exitError{codeError, list}
	}
	a.diagnose(list)
	return p, nil
}

// locate adds to the notices of a plan the places where thermostats are declared.
func locate(c *config.Config, notices []plan.Notice) diag.List {
	if len(notices) == 0 {
		return nil
	}
	declared := make(map[string]*config.Thermostat, len(c.Thermostats))
	for i := range c.Thermostats {
		declared[c.Thermostats[i].Address.String()] = &c.Thermostats[i]
	}
	var list diag.List
	for _, n := range notices {
		if t := declared[n.Address]; t != nil {
			list = append(list, c.Diagnose(t, n.Attribute, n.Severity, n.Summary, n.Detail))
			continue
		}
		list = append(list, diag.Diagnostic{Severity: n.Severity, Summary: n.Summary, Detail: n.Detail, Address: n.Address})
	}
	return list
}

func (a *app) showPlan(p *plan.Plan, f *planFlags) error {
	var b strings.Builder
	err := render.Text(&b, p, render.TextOptions{Width: width(a.Stdout), Color: a.color(a.Stdout), Full: f.full})
	if err != nil {
		return err
	}
	return a.answer(b.String())
}

// tellNext says how to go on from a plan.
func (a *app) tellNext(p *plan.Plan, out string) {
	if !p.HasChanges() {
		return
	}
	fmt.Fprintf(a.Stderr, "\nDigest of these steps: %s (apply --expect %s does these or nothing).\n", p.Digest(), p.Digest())
	if out != "" {
		fmt.Fprintf(a.Stderr, "Saved to %s. To do exactly this: setpoint apply %s\n", out, out)
	}
}

func (a *app) savePlan(p *plan.Plan, path string) error {
	content, err := p.Encode()
	if err != nil {
		return err
	}
	if err := durable.ReplaceBytes(path, 0o600, content); err != nil {
		return fail("Plan not saved", "%s.", upperFirst(err.Error()))
	}
	return nil
}

// readPlan reads a saved plan.
func readPlan(path string) (*plan.Plan, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fail("Plan not readable", "%s: %s.", path, cause(err))
	}
	p, err := plan.Decode(content)
	if err != nil {
		summary := "Plan not usable"
		switch {
		case errors.Is(err, plan.ErrNotAPlan):
			summary = "Not a plan"
		case errors.Is(err, plan.ErrNewer):
			summary = "Plan from a newer version"
		}
		return nil, fail(summary, "%s: %s.", path, err)
	}
	return p, nil
}

// checkFresh refuses a saved plan whose configuration, state or thermostats are
// not any more those that it was made from.
func checkFresh(p *plan.Plan, c *config.Config, s *state.State, absent bool) error {
	switch {
	case p.Configuration != c.Digest:
		return fail("Plan for another configuration", "The configuration here is not the one that the plan was made from. "+
			"Apply it where that configuration is, or make a new plan.")
	case absent && p.Lineage != "":
		return fail("Plan for another state", "The plan was made from the state with lineage %s, but there is no state here. "+
			"Restore it, or make a new plan.", p.Lineage)
	case !absent && p.Lineage == "":
		return fail("Plan for another state", "The plan was made when there was no state, but there is one now. Make a new plan.")
	case !absent && p.Lineage != s.Lineage:
		return fail("Plan for another state", "The plan was made from the state with lineage %s, but the state here has lineage %s. "+
			"Apply it where that state is, or make a new plan.", p.Lineage, s.Lineage)
	}
	moved := p.Stale(s)
	if len(moved) == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s moved since the plan was made, so it would not do what it says:\n", plural(len(moved), "thermostat"))
	for _, m := range moved {
		fmt.Fprintf(&b, "  %s: was %s; is %s\n", m.Step.Address, entryText(m.Then, p), entryText(m.Now, p))
	}
	b.WriteString("Make a new plan.")
	return fail("Plan is stale", "%s", b.String())
}

func entryText(e *state.Entry, p *plan.Plan) string {
	if e == nil {
		return "not managed"
	}
	return fmt.Sprintf("%s, %s %s", render.Settings(e.Settings, p.Made), e.Outcome, e.At.Format("2006-01-02 15:04:05 UTC"))
}

// parseAddress reads an address given by a person.
func parseAddress(text string) (address.Address, error) {
	at, err := address.Parse(text)
	if err != nil {
		return address.Address{}, fail("Invalid address", "%s.", upperFirst(err.Error()))
	}
	return at, nil
}
