package cli

import (
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config"
	"setpoint/config/console"
)

func (a *app) consoleCommand() *cobra.Command {
	var f recordFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "console",
		Short: "Evaluate expressions against configuration and state",
		Long: `Evaluates expressions as if they stood in the configuration here, and prints their values. No call is made and nothing
is locked or written.

Besides what a configuration can refer to there is state, the last-applied record:

  state.thermostats["ADDRESS"]    plant_id, module_id, settings, outcome, at
  state.outputs.NAME              the value of an output
  state.serial, state.lineage

and type(EXPRESSION), the type of a value. An expression is one line, or several as long as a bracket or a heredoc is
open. On a terminal, exit or Ctrl-D ends. What comes through a pipe is evaluated to its end, and the exit code is 1 if
any of it failed; the values of the others are printed nonetheless. A sensitive value is printed as (sensitive value).`,
		Example: `  setpoint console
  echo 'thermostat.living_room.setpoint + 1' | setpoint console
  echo '[for a, t in state.thermostats : a if t.outcome == "unknown"]' | setpoint console --json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := a.openConsole(&f, asJSON)
			if err != nil {
				return err
			}
			return a.evaluateAll(c)
		},
	}
	f.addPath(cmd.Flags())
	a.variableFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "each value as JSON on one line")
	return cmd
}

// openConsole reads configuration and state.
func (a *app) openConsole(f *recordFlags, asJSON bool) (*console.Console, error) {
	c, err := a.load(config.Options{AllowMissing: true})
	if err != nil {
		return nil, err
	}
	store, err := a.store(f, c.Backend)
	if err != nil {
		return nil, err
	}
	snapshot, err := store.Read()
	if err != nil {
		return nil, stateError(err)
	}
	s := snapshot.State
	if snapshot.Absent {
		s = nil
	}
	value, err := stateValue(s)
	if err != nil {
		return nil, fail("State not usable", "%s: %s.", a.place(f, c.Backend), err)
	}
	return &console.Console{Config: c, More: map[string]cty.Value{"state": value}, JSON: asJSON}, nil
}

// evaluateAll evaluates everything there is to read.
func (a *app) evaluateAll(c *console.Console) error {
	in := a.lines()
	failed := false
	var e console.Expression
	for {
		line, err := in.next(e.Begun())
		switch {
		case errors.Is(err, errGivenUp):
			e = console.Expression{}
			continue
		case errors.Is(err, io.EOF) && e.Begun():
			// evaluated as it is, which says what is missing
		case errors.Is(err, io.EOF) || err == nil && !e.Begun() && strings.TrimSpace(line) == "exit":
			return endConsole(in, failed)
		case err != nil:
			return fail("Not readable", "Standard input: %s.", cause(err))
		case !e.Add(line):
			continue
		}
		text, diags := c.Evaluate(in.name(), &e)
		failed = failed || diags.HasErrors()
		a.diagnose(diags)
		if err := a.answer(text); err != nil {
			return err
		}
		if e = e.After(); in.interactive() {
			e = console.Expression{}
		}
	}
}

// endConsole ends it. A person has seen what failed; a script must be told.
func endConsole(in lines, failed bool) error {
	if failed && !in.interactive() {
		return exit(codeError)
	}
	return nil
}
