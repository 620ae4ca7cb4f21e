package cli

import (
	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/plan/state"
	"setpoint/provider"
)

// planFlags are what plan and apply share.
type planFlags struct {
	recordFlags
	full        bool
	refresh     bool
	refreshOnly bool
	destroy     bool
	targets     []string
	replace     []string
	parallelism int
	maxCalls    int
	reports     []string
	asJSON      bool
}

func (a *app) addPlanFlags(cmd *cobra.Command, f *planFlags) {
	flags := cmd.Flags()
	f.recordFlags.add(flags)
	a.variableFlags(flags)
	flags.BoolVar(&f.full, "full", false, "show every thermostat with its attributes, file and line")
	flags.BoolVar(&f.refresh, "refresh", false, "read each thermostat first, with a call each, and show what was changed outside")
	flags.BoolVar(&f.refreshOnly, "refresh-only", false, "read each thermostat and take what differs into the state; set nothing")
	flags.StringArrayVar(&f.targets, "target", nil, "limit the plan to `ADDR`, a thermostat or a module, and what it depends on (repeatable)")
	flags.StringArrayVar(&f.replace, "replace", nil, "send `ADDR`, a thermostat or all in a module, again although nothing has changed (repeatable)")
	flags.IntVar(&f.parallelism, "parallelism", 0, "calls in flight (default: the provider block's, else 10)")
	flags.StringArrayVar(&f.reports, "report", nil, "make a report: `KIND[=FILE]` is github, gitlab=FILE or markdown=FILE (repeatable); none for none at all")
	flags.IntVar(&f.maxCalls, "max-calls", 0, "never make more than `N` calls, retries included (0: no limit)")
}

func (f *planFlags) check() error {
	if f.parallelism < 0 || f.maxCalls < 0 || f.lockTimeout < 0 {
		return fail("Invalid flag", "--parallelism, --max-calls and --lock-timeout are 0 or more.")
	}
	switch {
	case f.refreshOnly && len(f.replace) > 0:
		return fail("Flags do not fit each other", "--refresh-only sets nothing, so there is nothing to send again with --replace.")
	case f.destroy && f.reads():
		return fail("Flags do not fit each other", "What is given up is given up whatever it is set to: leave out --refresh and --refresh-only.")
	}
	if err := canonical("--target", f.targets); err != nil {
		return err
	}
	return canonical("--replace", f.replace)
}

// reads tells whether thermostats are to be read before planning.
func (f *planFlags) reads() bool { return f.refresh || f.refreshOnly }

// canonical brings addresses given by a person into the one form.
func canonical(flag string, texts []string) error {
	for i, text := range texts {
		if text == "" {
			return fail("Invalid flag", "%s is given, but empty. Name a thermostat or a module, as in %s thermostat.NAME, or leave it out.", flag, flag)
		}
		group, err := address.ParseGroup(text)
		if err != nil {
			return fail("Invalid address", "%s: %s.", flag, err)
		}
		texts[i] = group.String()
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

No call is made and nothing is locked or written, unless --out names a file for the plan. With --refresh each thermostat
is read first, with one call: what somebody changed at the knob or in the app is shown apart from what would change.
Where that reading is cut short there is no plan, and the exit code is 6 where the quota is used up, 5 where a person
must act, 1 where --max-calls allows no more.`,
		Example: `  setpoint plan
  setpoint plan --out night.plan && setpoint apply night.plan
  setpoint plan --detailed-exitcode    # 0: no changes, 2: changes, 1: error
  setpoint plan --refresh              # what was changed outside, too
  setpoint plan --report markdown=comment.md --report gitlab=widget.json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := a.addReports(&f, "plan", out); err != nil {
				return err
			}
			if err := f.check(); err != nil {
				return err
			}
			a.begin(&f, "plan")
			p, err := a.makePlan(&f, out != "")
			if err != nil {
				return err
			}
			if out != "" {
				if err := a.savePlan(p, out); err != nil {
					return err
				}
			}
			if err := a.show(planned{Plan: p}); err != nil {
				return err
			}
			a.tell(concluded{p})
			if out != "" && p.HasChanges() {
				a.tell(saved{out, a.again(f.path)})
			}
			if detailed && p.HasChanges() {
				return exit(codeChanges)
			}
			return nil
		},
	}
	a.addPlanFlags(cmd, &f)
	a.addLinesFlag(cmd.Flags(), &f.asJSON)
	cmd.Flags().StringVar(&out, "out", "", "save the plan to `FILE` for apply")
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 if there are changes")
	cmd.Flags().BoolVar(&f.destroy, "destroy", false, "plan to give up every thermostat")
	return cmd
}

// begin chooses how the command is shown, and says which it is.
func (a *app) begin(f *planFlags, operation string) {
	if !f.asJSON {
		text := &textView{app: a, full: f.full}
		a.view = text
		if a.showsLive() {
			a.view = &liveView{textView: text}
		}
	}
	a.tell(started{operation})
}

// makePlan plans without the lock, from the state as it is with its journal. A
// plan that is to be saved knows the variables it was made from.
func (a *app) makePlan(f *planFlags, toSave bool) (*plan.Plan, error) {
	c, err := a.load(config.Options{RecordVariables: toSave})
	if err != nil {
		return nil, err
	}
	store, err := a.store(&f.recordFlags, c.Backend)
	if err != nil {
		return nil, err
	}
	snapshot, err := store.Read()
	if err != nil {
		return nil, stateError(err)
	}
	if err := a.checkAbsent(&f.recordFlags, snapshot.Absent, c.Backend); err != nil {
		return nil, err
	}
	a.warnWaiting(snapshot)
	in := a.planInput(c, f, snapshot.State, snapshot.Absent)
	if f.reads() {
		if in.Seen, err = a.refreshed(c, f, in); err != nil {
			return nil, err
		}
	}
	p, err := a.plan(c, &f.recordFlags, in)
	if err == nil {
		a.tell(recovered{Recovery: state.Recovery{InFlight: snapshot.InFlight}, plan: p})
	}
	return p, err
}

// refreshed reads the thermostats for a plan that is not applied in this run.
func (a *app) refreshed(c *config.Config, f *planFlags, in plan.Input) (map[provider.Device]plan.Seen, error) {
	signals := a.watch(a.defaultGrace(c))
	defer signals.stop()
	reached, err := a.connect(c, f.parallelism, f.maxCalls)
	if err != nil {
		return nil, err
	}
	defer a.leave(reached)
	return a.refresh(f, in, reached, signals)
}

// planInput is what a plan is made from, but for readings.
func (a *app) planInput(c *config.Config, f *planFlags, s *state.State, absent bool) plan.Input {
	return plan.Input{
		Config: c, State: s, Absent: absent, Now: a.now,
		RefreshOnly: f.refreshOnly, Destroy: f.destroy, Targets: f.targets, Replace: f.replace,
		MostCalls: f.maxCalls, SetpointVersion: Version,
	}
}

// plan makes a plan and shows its warnings.
func (a *app) plan(c *config.Config, f *recordFlags, in plan.Input) (*plan.Plan, error) {
	p, notices := plan.Make(in)
	list := locate(c, notices, a.again(f.path))
	if list.HasErrors() {
		return nil, &exitError{code: codeError, diags: list}
	}
	a.diagnose(list)
	return p, nil
}

// locate adds to the notices of a plan the places where thermostats are declared.
// Flags are those that a suggested command needs to concern the same record.
func locate(c *config.Config, notices []plan.Notice, flags string) diag.List {
	if len(notices) == 0 {
		return nil
	}
	declared := make(map[string]*config.Thermostat, len(c.Thermostats))
	for i := range c.Thermostats {
		declared[c.Thermostats[i].Address.String()] = &c.Thermostats[i]
	}
	var list diag.List
	for i := range notices {
		n := &notices[i]
		summary, detail := render.NoticeText(n, flags)
		if n.Place != nil {
			list = append(list, c.DiagnoseAt(n.Place, n.Severity, summary, detail))
			continue
		}
		if t := declared[n.Address]; t != nil {
			list = append(list, c.Diagnose(t, n.Attribute, n.Severity, summary, detail))
			continue
		}
		list = append(list, diag.Diagnostic{Severity: n.Severity, Summary: summary, Detail: detail, Address: n.Address})
	}
	return list
}

// again is what another command needs to mean the same folder and record, which
// is at path if --state names one.
func (a *app) again(path string) string {
	var text string
	if a.chdir != "" {
		text += " --chdir " + diag.ShellWord(a.chdir)
	}
	if a.simulate {
		text += " --simulate"
	}
	if path != "" {
		text += " --state " + diag.ShellWord(path)
	}
	return text
}

// parseAddress reads an address given by a person.
func parseAddress(text string) (address.Address, error) {
	at, err := address.Parse(text)
	if err != nil {
		return address.Address{}, fail("Invalid address", "%s.", diag.Capital(err.Error()))
	}
	return at, nil
}
