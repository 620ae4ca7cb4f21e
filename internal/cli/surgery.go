package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"setpoint/config/diag"
	"setpoint/internal/durable"
	"setpoint/plan/state"
)

func (a *app) stateMoveCommand() *cobra.Command {
	var f recordFlags
	cmd := &cobra.Command{
		Use:   "mv FROM TO",
		Short: "Give a thermostat, a block or a module another address",
		Long: `Changes addresses in the state, without a call, so that what was renamed in the configuration is not sent again. A name
is a thermostat, a whole block (its instances keep their keys), a module or an instance of one.

The state before is kept under a name with the time.`,
		Example: `  setpoint state mv thermostat.living_room thermostat.salon
  setpoint state mv thermostat.room 'thermostat.chamber'
  setpoint state mv thermostat.hall 'thermostat.room["hall"]'`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.operate(&f, "state mv", func(s *state.State) (*state.State, string, error) {
				next, moved, err := s.Move(args[0], args[1])
				var b strings.Builder
				for _, m := range moved {
					fmt.Fprintf(&b, "%s -> %s\n", m.From, m.To)
				}
				return next, b.String() + diag.Plural(len(moved), "thermostat") + " moved.\n", err
			})
		},
	}
	f.add(cmd.Flags())
	return cmd
}

func (a *app) stateRemoveCommand() *cobra.Command {
	var f recordFlags
	cmd := &cobra.Command{
		Use:   "rm ADDR…",
		Short: "Forget thermostats, without a call",
		Long: `Takes thermostats out of the state. They keep what they have. One that the configuration still declares counts as
never applied from then on.

The state before is kept under a name with the time.`,
		Example: `  setpoint state rm thermostat.garage
  setpoint state rm 'thermostat.room["201"]' thermostat.hall`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.operate(&f, "state rm", func(s *state.State) (*state.State, string, error) {
				next, removed, err := s.Remove(args...)
				text := ""
				if len(removed) > 0 {
					text = strings.Join(removed, "\n") + "\n"
				}
				return next, text + diag.Plural(len(removed), "thermostat") + " forgotten.\n", err
			})
		},
	}
	f.add(cmd.Flags())
	return cmd
}

// operate replaces the state by what surgery makes of it, under the lock, and
// says what was done.
func (a *app) operate(f *recordFlags, operation string, surgery func(*state.State) (*state.State, string, error)) error {
	return a.replaceState(f, state.OpenOptions{Operation: operation, Create: f.anew}, func(session *state.Session) (*state.Replacement, string, error) {
		next, text, err := surgery(session.State())
		if err != nil {
			return nil, "", err
		}
		replaced, err := session.Replace(next)
		return replaced, text, err
	})
}

func (a *app) replaceState(f *recordFlags, options state.OpenOptions, work func(*state.Session) (*state.Replacement, string, error)) error {
	configured, sure := a.configuredState(f)
	if !sure {
		return fail("Configuration not understood", "The configuration has errors, which may hide where its state is, so nothing is changed. "+
			"To see the errors: setpoint validate. To name the state: --state %s", diag.ShellWord(configured.Path))
	}
	store, err := a.store(f, configured)
	if err != nil {
		return err
	}
	signals := watchInterrupts(a.Stderr, 0)
	defer signals.stop()
	session, err := a.open(signals, store, f, options)
	if err != nil {
		return err
	}
	replaced, text, failed := work(session)
	if failed != nil {
		failed = refused(failed)
	}
	if err := together(failed, closed(session)); err != nil {
		return err
	}
	if replaced.Backup != "" {
		text += fmt.Sprintf("The state before is kept as %s.\n", replaced.Backup)
	}
	return a.answer(text)
}

// refused makes diagnostics of what stands against an operation on a state.
func refused(err error) *exitError {
	failed := stateError(err)
	for i, e := range flatten(err) {
		var known *state.Error
		if !errors.As(e, &known) {
			failed.diags[i].Summary = "Not done"
		}
	}
	return failed
}

func (a *app) statePullCommand() *cobra.Command {
	var f recordFlags
	cmd := &cobra.Command{
		Use:     "pull",
		Short:   "Print the state, with what its journal adds",
		Long:    "Prints the whole truth as a state file, calls without an answer as unknown. It takes no lock and writes nothing.",
		Example: "  setpoint state pull > copy.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			store, _, err := a.readable(&f)
			if err != nil {
				return err
			}
			snapshot, err := store.Read()
			if err != nil {
				return stateError(err)
			}
			text, err := snapshot.Pull(store.Path())
			if err != nil {
				return stateError(err)
			}
			a.warnWaiting(snapshot)
			return a.answer(string(text))
		},
	}
	f.addPath(cmd.Flags())
	return cmd
}

func (a *app) statePushCommand() *cobra.Command {
	var f recordFlags
	var force bool
	cmd := &cobra.Command{
		Use:   "push FILE",
		Short: "Put a state in the place of the present one",
		Long: `Replaces the state by the one in FILE. One of another lineage, or older than the present one, is refused unless --force
is given. The state before is kept under a name with the time.`,
		Example: "  setpoint state pull > copy.json\n  setpoint state push copy.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			content, err := os.ReadFile(args[0])
			if err != nil {
				return fail("State not readable", "%s: %s.", args[0], cause(err))
			}
			if noState(content) {
				return fail("Not a state", "%s: name a file that was written by setpoint state pull.", args[0])
			}
			pushed, err := state.Decode(args[0], content)
			if err != nil {
				return stateError(err)
			}
			options := state.OpenOptions{Operation: "state push", Create: true, Force: force}
			return a.replaceState(&f, options, func(session *state.Session) (*state.Replacement, string, error) {
				replaced, err := session.Push(pushed, force)
				if err != nil {
					return replaced, "", err
				}
				return replaced, fmt.Sprintf("The state has %s and serial %d now.\n", diag.Plural(len(replaced.State.Thermostats), "thermostat"), replaced.State.Serial), nil
			})
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().BoolVar(&force, "force", false, "also where it is of another lineage or older")
	return cmd
}

func (a *app) stateMergeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "merge BASE OURS THEIRS [PATH]",
		Short: "Join two versions of a state, as a git merge driver",
		Long: `Joins what two runs made of one state and writes the result to OURS. For each thermostat the newer time wins; what was
sent at the same time with different settings becomes of unknown outcome, so that the next apply sends it again. What
was decided so is told on standard error. PATH is the state that OURS is a copy of: while the journal of a run lies
beside it nothing is joined.

For git to do this by itself, tell it once in each clone:

  git config merge.setpoint.driver 'setpoint state merge %O %A %B %P'

and say in .gitattributes which files are states:

  *.state.json merge=setpoint`,
		Example: "  setpoint state merge base.json ours.json theirs.json",
		Args:    cobra.RangeArgs(3, 4),
		RunE: func(_ *cobra.Command, args []string) error {
			path, back := args[1], ""
			if len(args) == 4 {
				path, back = args[3], " To take back what git began: git merge --abort"
			}
			switch runs, err := state.NewStore(a.Files, path, Version).HasJournal(); {
			case err != nil:
				return stateError(err)
			case runs:
				return fail("Not done", "A run with %s goes on, or was killed and left its journal. Let it end, or take it up with setpoint apply, and merge then.%s", path, back)
			}
			return a.mergeStates(args[0], args[1], args[2])
		},
	}
}

func (a *app) mergeStates(base, ours, theirs string) error {
	var list diag.List
	read := func(path string, decode func(string, []byte) (*state.State, error)) *state.State {
		content, err := os.ReadFile(path)
		if err != nil {
			list = append(list, diag.Diagnostic{Severity: diag.Error, Summary: "State not readable", Detail: fmt.Sprintf("%s: %s.", path, cause(err))})
			return nil
		}
		s, err := decode(path, content)
		if err != nil {
			list = append(list, stateError(err).diags...)
		}
		return s
	}
	ancestor, left, right := read(base, state.DecodeAncestor), read(ours, state.Decode), read(theirs, state.Decode)
	if len(list) > 0 {
		return &exitError{code: codeError, diags: list}
	}
	merged, conflicts, err := state.Merge(ancestor, left, right)
	if err != nil {
		return refused(err)
	}
	content, err := state.Encode(merged)
	if err != nil {
		return stateError(err)
	}
	info, err := os.Stat(ours)
	if err == nil {
		err = durable.ReplaceBytes(a.Files, ours, info.Mode().Perm(), content)
	}
	if err != nil {
		return fail("Merged state not written", "%s.", diag.Capital(err.Error()))
	}
	for _, c := range conflicts {
		fmt.Fprintf(a.Stderr, "%s.\n", c)
	}
	return nil
}
