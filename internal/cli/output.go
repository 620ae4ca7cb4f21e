package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"setpoint/plan/render"
	"setpoint/plan/state"
)

func (a *app) outputCommand() *cobra.Command {
	var f recordFlags
	var asJSON, raw bool
	cmd := &cobra.Command{
		Use:   "output [NAME]",
		Short: "Print the outputs of the last complete apply",
		Example: `  setpoint output
  setpoint output --raw comfort
  setpoint output --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if raw && (asJSON || len(args) == 0) {
				return fail("Flags do not fit", "--raw prints the text of one output: setpoint output --raw NAME")
			}
			s, err := a.readState(&f)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.allOutputs(s, &f, asJSON)
			}
			return a.oneOutput(s, &f, args[0], asJSON, raw)
		},
	}
	f.addPath(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().BoolVar(&raw, "raw", false, "the text of one output as it is, without quotes or line end")
	return cmd
}

func (a *app) allOutputs(s *state.State, f *recordFlags, asJSON bool) error {
	if !asJSON {
		if len(s.Outputs) == 0 {
			fmt.Fprintln(a.Stderr, "The state has no outputs. They are recorded by an apply that completes."+a.rehearsed(f))
		}
		return a.answer(render.Outputs(s.Outputs))
	}
	type output struct {
		Sensitive bool            `json:"sensitive"`
		Type      json.RawMessage `json:"type,omitempty"`
		Value     json.RawMessage `json:"value,omitempty"`
	}
	all := map[string]output{}
	for name, o := range s.Outputs {
		all[name] = output{o.Sensitive, o.Type, o.Value}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return a.answer(string(text) + "\n")
}

func (a *app) oneOutput(s *state.State, f *recordFlags, name string, asJSON, raw bool) error {
	o, ok := s.Outputs[name]
	switch {
	case !ok:
		return fail("No such output", "The state has no output %q.%s To see which it has: setpoint output", name, a.rehearsed(f))
	case o.Sensitive:
		return fail("Sensitive output", "Output %q is sensitive: its value is not kept in the state.", name)
	case raw:
		var text string
		if json.Unmarshal(o.Value, &text) == nil {
			return a.document(text)
		}
		if value := string(o.Value); !strings.ContainsAny(value[:1], "[{n") {
			return a.answer(value) // a number or a bool
		}
		return fail("Not a text", "Output %q is no text, number or bool: print it with --json.", name)
	case asJSON:
		return a.answer(string(o.Value) + "\n")
	}
	return a.answer(render.OutputText(&o) + "\n")
}
