package cli

import (
	"errors"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/spf13/cobra"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config"
	"setpoint/config/diag"
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
			return c.run()
		},
	}
	f.addPath(cmd.Flags())
	a.variableFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "each value as JSON on one line")
	return cmd
}

// console evaluates expressions, one after the other.
type console struct {
	*app
	config *config.Config
	state  cty.Value
	asJSON bool
}

// openConsole reads configuration and state.
func (a *app) openConsole(f *recordFlags, asJSON bool) (*console, error) {
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
	return &console{app: a, config: c, state: value, asJSON: asJSON}, nil
}

// run evaluates everything there is to read.
func (c *console) run() error {
	in := c.lines()
	failed := false
	var e expression
	for {
		line, err := in.next(e.begun())
		switch {
		case errors.Is(err, errGivenUp):
			e = expression{}
			continue
		case errors.Is(err, io.EOF) && e.begun():
			// evaluated as it is, which says what is missing
		case errors.Is(err, io.EOF) || err == nil && !e.begun() && strings.TrimSpace(line) == "exit":
			return c.end(in, failed)
		case err != nil:
			return fail("Not readable", "Standard input: %s.", cause(err))
		case !e.add(line):
			continue
		}
		text, diags := c.evaluate(in.name(), &e)
		failed = failed || diags.HasErrors()
		c.diagnose(diags)
		if err := c.answer(text); err != nil {
			return err
		}
		before := e.first + e.lines
		if e = (expression{}); !in.interactive() {
			e.first = before
		}
	}
}

// end ends the console. A person has seen what failed; a script must be told.
func (c *console) end(in lines, failed bool) error {
	if failed && !in.interactive() {
		return exit(codeError)
	}
	return nil
}

// evaluate gives the value of an expression as it is printed, with its line
// end; "" for one that is empty or wrong.
func (c *console) evaluate(name string, e *expression) (string, diag.List) {
	source := e.source()
	tokens, _ := hclsyntax.LexExpression([]byte(source), name, hcl.InitialPos) // its errors are the parser's too
	if isBlank(tokens) {
		return "", nil
	}
	asked := argumentOfType(source)
	if asked != "" {
		source = asked
	}
	value, diags := c.config.Evaluate(name, source, map[string]cty.Value{"state": c.state})
	e.placed(diags)
	if diags.HasErrors() {
		return "", diags
	}
	text, err := c.printed(value, asked != "")
	if err != nil {
		at := diag.Pos{Line: e.first + 1, Column: 1}
		return "", append(diags, diag.Diagnostic{
			Severity: diag.Error, Summary: "Value not printable", Detail: diag.Capital(err.Error()) + ".",
			Range: &diag.Range{Filename: name, Start: at, End: at},
		})
	}
	return text + "\n", diags
}

func (c *console) printed(value cty.Value, asType bool) (string, error) {
	if asType {
		value = cty.StringVal(typeText(value))
		if !c.asJSON {
			return value.AsString(), nil
		}
	}
	if plain, _ := value.UnmarkDeep(); !plain.IsWhollyKnown() {
		return "", errors.New("it depends on a variable without a value; give it one with --var NAME=VALUE")
	}
	if c.asJSON {
		return jsonText(value)
	}
	return hclText(value)
}

// argumentOfType gives the argument where the whole expression is type(…), with
// spaces before it so that its places stay what they are.
func argumentOfType(source string) string {
	expr, diags := hclsyntax.ParseExpression([]byte(source), "", hcl.InitialPos)
	call, ok := expr.(*hclsyntax.FunctionCallExpr)
	if diags.HasErrors() || !ok || call.Name != "type" || len(call.Args) != 1 || call.ExpandFinal {
		return ""
	}
	at := call.Args[0].Range()
	before := strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, source[:at.Start.Byte])
	return before + source[at.Start.Byte:at.End.Byte]
}

// isBlank tells whether there is nothing but spaces and comments.
func isBlank(tokens hclsyntax.Tokens) bool {
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenComment, hclsyntax.TokenEOF:
		default:
			return false
		}
	}
	return true
}
