package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/plan/render"
	"setpoint/plan/state"
)

func (a *app) showCommand() *cobra.Command {
	var asJSON, full bool
	var f recordFlags
	cmd := &cobra.Command{
		Use:   "show [PLANFILE or STATEFILE]",
		Short: "Show a saved plan or the state",
		Long: `Shows a saved plan or a state, for people or with --json for programs. Without a file it shows the state of the
configuration here, with what its journal adds.`,
		Example: `  setpoint show
  setpoint show night.plan
  setpoint show --json night.plan | conftest test -`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return a.showFile(args[0], asJSON, full)
			}
			s, err := a.readState(&f)
			if err != nil {
				return err
			}
			return a.showState(s, asJSON)
		},
	}
	f.addPath(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, in the shape of Terraform's")
	cmd.Flags().BoolVar(&full, "full", false, "a plan: every thermostat with its attributes, file and line")
	return cmd
}

// showFile shows a plan or a state, whichever the file is.
func (a *app) showFile(path string, asJSON, full bool) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fail("File not readable", "%s: %s.", path, cause(err))
	}
	if bytes.Contains(content[:min(len(content), 200)], []byte(`"setpoint_plan"`)) {
		p, err := readPlan(path)
		if err != nil {
			return err
		}
		if !asJSON {
			return a.showPlan(p, &planFlags{full: full})
		}
		text, err := render.JSON(p)
		if err != nil {
			return err
		}
		return a.answer(string(text))
	}
	snapshot, err := state.NewStore(path, Version).Read()
	if err != nil {
		return stateError(err)
	}
	return a.showState(snapshot.State, asJSON)
}

// readState reads the state of the configuration here, journal included. It
// needs no valid configuration: only the place of the state is looked up in it.
func (a *app) readState(f *recordFlags) (*state.State, error) {
	path := f.path
	if path == "" {
		c, _ := config.Load(a.options(config.Options{}))
		path = c.Backend.Path
	}
	if a.simulate {
		simulated, err := a.simulatedRecord(path)
		if err != nil {
			return nil, err
		}
		path = simulated
	}
	snapshot, err := state.NewStore(path, Version).Read()
	if err != nil {
		return nil, stateError(err)
	}
	if snapshot.Absent {
		return nil, fail("No state", "There is no state at %s yet. It is made by the first setpoint apply; name another file with --state.", path)
	}
	return snapshot.State, nil
}

func (a *app) showState(s *state.State, asJSON bool) error {
	if asJSON {
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
		Short: "Look into the state",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.stateListCommand(), a.stateShowCommand())
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
			var b strings.Builder
			for _, at := range addresses(s) {
				if len(args) == 0 || slices.Contains(args, at.String()) || slices.ContainsFunc(at.Groups(), func(g string) bool { return slices.Contains(args, g) }) {
					fmt.Fprintln(&b, at)
				}
			}
			return a.answer(b.String())
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
				return fail("Not in the state", "The state has no %s. To see what it has: setpoint state list", at)
			}
			text, err := json.MarshalIndent(entry, "", "  ")
			if err != nil {
				return err
			}
			return a.answer(fmt.Sprintf("%s: %s, %s %s\n%s\n", at, render.Settings(entry.Settings, a.now), entry.Outcome,
				entry.At.Format("2006-01-02 15:04:05 UTC"), text))
		},
	}
	f.addPath(cmd.Flags())
	return cmd
}

// addresses lists what the state has, in order.
func addresses(s *state.State) []address.Address {
	var all []address.Address
	for name := range s.Thermostats {
		if at, err := address.Parse(name); err == nil { // the state holds canonical addresses only
			all = append(all, at)
		}
	}
	slices.SortFunc(all, address.Compare)
	return all
}

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
				return a.allOutputs(s, asJSON)
			}
			return a.oneOutput(s, args[0], asJSON, raw)
		},
	}
	f.addPath(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().BoolVar(&raw, "raw", false, "the text of one output as it is, without quotes or line end")
	return cmd
}

func (a *app) allOutputs(s *state.State, asJSON bool) error {
	if !asJSON {
		var b strings.Builder
		for _, name := range slices.Sorted(maps.Keys(s.Outputs)) {
			o := s.Outputs[name]
			fmt.Fprintf(&b, "%s = %s\n", name, render.OutputValue(&o))
		}
		if b.Len() == 0 {
			fmt.Fprintln(a.Stderr, "The state has no outputs. They are recorded by an apply that completes.")
		}
		return a.answer(b.String())
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

func (a *app) oneOutput(s *state.State, name string, asJSON, raw bool) error {
	o, ok := s.Outputs[name]
	switch {
	case !ok:
		return fail("No such output", "The state has no output %q. To see which it has: setpoint output", name)
	case o.Sensitive:
		return fail("Sensitive output", "Output %q is sensitive: its value is not kept in the state.", name)
	case raw:
		var text string
		if json.Unmarshal(o.Value, &text) == nil {
			return a.answer(text)
		}
		if value := string(o.Value); !strings.ContainsAny(value[:1], "[{n") {
			return a.answer(value) // a number or a bool
		}
		return fail("Not a text", "Output %q is no text, number or bool: print it with --json.", name)
	case asJSON:
		return a.answer(string(o.Value) + "\n")
	}
	return a.answer(render.OutputValue(&o) + "\n")
}
