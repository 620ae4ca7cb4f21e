package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"setpoint/apply"
	"setpoint/config"
	"setpoint/plan"
	"setpoint/plan/state"
)

// applyFlags are what apply has beyond plan's.
type applyFlags struct {
	planFlags
	autoApprove bool
	expect      string
	grace       time.Duration
	verify      bool
	ownGrace    bool // --grace was given, if only as 0s
}

func (f *applyFlags) check(cmd *cobra.Command) error {
	f.ownGrace = cmd.Flags().Changed("grace")
	if f.grace < 0 {
		return fail("Invalid flag", "--grace is 0s or more.")
	}
	if f.expect != "" && !plan.IsDigest(f.expect) {
		return fail("Invalid flag", "--expect %s: a digest of steps, as plan prints it, has 16 digits and letters from a to f.", f.expect)
	}
	return f.planFlags.check()
}

func (f *applyFlags) operation() string {
	if f.destroy {
		return "destroy"
	}
	return "apply"
}

func (a *app) applyCommand() *cobra.Command {
	var f applyFlags
	cmd := &cobra.Command{
		Use:   "apply [PLANFILE]",
		Short: "Make the calls that a plan shows",
		Long: `Plans, shows the plan, asks, and makes the calls. With PLANFILE it does exactly what that saved plan says, without asking.

Calls are made in the plan's order and repeated where that helps. Whatever happens, each call is on record before it
is sent and each answer before the next thing happens: after an interruption, run it again and it does what is left.`,
		Example: `  setpoint apply
  setpoint apply --auto-approve             # in a pipeline
  setpoint apply night.plan                 # exactly the saved plan
  setpoint apply --refresh                  # put back what was changed outside, too
  setpoint apply --simulate --auto-approve  # a rehearsal against a simulated house`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.addReports(&f.planFlags, f.operation(), strings.Join(args, "")); err != nil {
				return err
			}
			if err := f.check(cmd); err != nil {
				return err
			}
			a.begin(&f.planFlags, f.operation())
			if len(args) == 1 {
				return a.applyFile(&f, args[0])
			}
			return a.applyFresh(&f)
		},
	}
	a.addApplyFlags(cmd, &f)
	cmd.Flags().BoolVar(&f.destroy, "destroy", false, "give up every thermostat")
	return cmd
}

func (a *app) destroyCommand() *cobra.Command {
	f := applyFlags{}
	cmd := &cobra.Command{
		Use:   "destroy",
		Short: "Give up every thermostat",
		Long: `Stops managing every thermostat in the state. One with an on_remove block is first set to what that says; any other
keeps what it has. The same as apply --destroy.`,
		Example: `  setpoint plan --destroy    # see it first
  setpoint destroy`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.destroy = true
			if err := a.addReports(&f.planFlags, f.operation(), ""); err != nil {
				return err
			}
			if err := f.check(cmd); err != nil {
				return err
			}
			a.begin(&f.planFlags, f.operation())
			return a.applyFresh(&f)
		},
	}
	a.addApplyFlags(cmd, &f)
	return cmd
}

func (a *app) addApplyFlags(cmd *cobra.Command, f *applyFlags) {
	a.addPlanFlags(cmd, &f.planFlags)
	flags := cmd.Flags()
	a.addLinesFlag(flags, &f.asJSON)
	flags.BoolVar(&f.autoApprove, "auto-approve", false, "do not ask")
	flags.StringVar(&f.expect, "expect", "", "go on only if the steps have this `DIGEST`, which plan prints")
	flags.BoolVar(&f.verify, "verify", false, "read each thermostat back after its call, up to three times, with a call each")
	flags.DurationVar(&f.grace, "grace", 0, "how long calls in flight may take after an interrupt, as in 10s (default: a call's time-out; 5s where CI is set)")
}

// applyFresh plans under the lock, asks and applies.
func (a *app) applyFresh(f *applyFlags) error {
	c, err := a.load(config.Options{})
	if err != nil {
		return err
	}
	switch asks := !f.autoApprove && f.expect == ""; {
	case asks && f.asJSON:
		return fail("Nobody to ask", "With --json nobody is asked to approve the plan. Say --auto-approve, name a saved plan, or give --expect DIGEST.")
	case asks && !isTerminal(a.Stdin):
		return fail("Nobody to ask", "Without a terminal nobody can approve the plan. Say --auto-approve, name a saved plan, or give --expect DIGEST.")
	}
	return a.withSession(f, c, func(session *state.Session, signals *interrupts) (*apply.Account, error) {
		var reached *cloud
		in := a.planInput(c, &f.planFlags, session.State(), session.Absent())
		if f.reads() {
			var err error
			if reached, err = a.connect(c, f.parallelism, f.maxCalls); err != nil {
				return nil, err
			}
			defer a.leave(reached)
			if in.Seen, err = a.refresh(&f.planFlags, in, reached, signals); err != nil {
				return nil, err
			}
			in.CallsMade = reached.policy.Account.Calls()
		}
		p, err := a.plan(c, &f.recordFlags, in)
		if err != nil {
			return nil, err
		}
		a.tell(recovered{session.Recovery(), p, true})
		if err := a.show(planned{Plan: p}); err != nil {
			return nil, err
		}
		if f.expect != "" && p.Digest() != f.expect {
			return nil, fail("Not the expected plan", "The steps have the digest %s, not %s: something has changed since the plan was reviewed. Review this one.", p.Digest(), f.expect)
		}
		if !p.HasChanges() {
			return nil, nil
		}
		if reached == nil {
			if reached, err = a.reach(c, p, f); err != nil {
				return nil, err
			}
			defer a.leave(reached)
		}
		a.tellVerifying(f, p, reached)
		if !f.autoApprove && f.expect == "" {
			if err := a.ask(signals.drain); err != nil {
				return nil, err
			}
		}
		return a.perform(f, p, reached, session, signals), nil
	})
}

// applyFile applies a saved plan.
func (a *app) applyFile(f *applyFlags, path string) error {
	if len(f.targets)+len(f.replace) > 0 || f.destroy || f.expect != "" || f.reads() {
		return fail("Flags do not fit a saved plan", "What a saved plan does is decided. --target, --replace, --destroy, --refresh, --refresh-only and --expect belong to setpoint plan.")
	}
	p, err := readPlan(path)
	if err != nil {
		return err
	}
	variables := p.Variables
	if variables == nil {
		variables = map[string]json.RawMessage{}
	}
	c, err := a.load(config.Options{Now: p.Made, Planned: variables})
	if err != nil {
		return err
	}
	return a.withSession(f, c, func(session *state.Session, signals *interrupts) (*apply.Account, error) {
		a.tell(recovered{session.Recovery(), p, true})
		if err := checkFresh(p, c, session.State(), session.Absent()); err != nil {
			return nil, err
		}
		a.tellOldReadings(p)
		if err := a.show(planned{p, true}); err != nil || !p.HasChanges() {
			return nil, err
		}
		reached, err := a.reach(c, p, f)
		if err != nil {
			return nil, err
		}
		defer a.leave(reached)
		a.tellVerifying(f, p, reached)
		return a.perform(f, p, reached, session, signals), nil
	})
}

// tellVerifying says with how many calls beyond the plan's thermostats will be read
// back, before anybody is asked.
func (a *app) tellVerifying(f *applyFlags, p *plan.Plan, reached *cloud) {
	calls := p.Count().Calls - p.Count().Import
	if !f.verify || calls == 0 {
		return
	}
	most := calls * len(a.Verify) * max(p.Attempts, 1)
	if limit := reached.policy.MaxCalls; limit > 0 {
		most = min(most, max(limit-reached.policy.Account.Calls()-p.Count().Calls, 0))
	}
	a.tell(verifying{calls, most})
}

// perform makes the calls.
func (a *app) perform(f *applyFlags, p *plan.Plan, reached *cloud, session *state.Session, signals *interrupts) *apply.Account {
	in := apply.Input{Plan: p, Journal: session, Observe: func(e apply.Event) { a.tell(performed{e}) }, Provider: reached.client, Policy: reached.policy}
	if f.verify {
		in.Verify = a.Verify
	}
	a.tell(calling{&reached.policy})
	defer func() {
		a.tell(calling{})
		signals.notes.flush()
	}()
	signals.calling.Store(true)
	return apply.Run(signals.drain, signals.calls, in)
}

// leave says farewell to a cloud.
func (a *app) leave(reached *cloud) {
	if off, _ := reached.skew(); off != "" { // ends and boosts would be, too
		a.warn("Clock is off", fmt.Sprintf("The clock of this machine is %s the cloud's. Boosts and ends are computed from it: set the clock.", off))
	}
	a.diagnose(reached.finish())
}

// defaultGrace is how long calls in flight may take after an interrupt.
func (a *app) defaultGrace(c *config.Config) time.Duration {
	if a.inCI() {
		return 5 * time.Second
	}
	return c.Provider.Timeout
}

// ask wants the word yes from a person.
func (a *app) ask(interrupted context.Context) error {
	a.tell(asking{})
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(a.Stdin).ReadString('\n') // no answer is an answer
		answer <- strings.TrimSpace(line)
	}()
	select {
	case <-interrupted.Done():
		a.tell(withdrawn{})
		return exit(codeInterrupted)
	case text := <-answer:
		if text != "yes" {
			return fail("Not approved", "The answer was not yes. Nothing was sent.")
		}
	}
	a.tell(answered{})
	return nil
}
