package cli

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"setpoint/config/diag"
)

// failedAsJSON answers a command that was to answer in JSON, and failed before it
// had answered anything, with its diagnostics: validate in its own shape, the
// others on one line. False where it is none of these: then they are shown
// otherwise. What follows an answer is shown otherwise too, so that standard
// output holds what it is said to hold and nothing else.
func (a *app) failedAsJSON(cmd *cobra.Command, failed *exitError) bool {
	if a.answered || !failed.diags.HasErrors() || !a.wantsJSON(cmd) {
		return false
	}
	list := failed.diags.Sorted()
	if cmd.Name() == "validate" {
		return a.answer(validationText(list)) == nil
	}
	text, err := json.Marshal(struct {
		FormatVersion string    `json:"format_version"`
		Diagnostics   diag.List `json:"diagnostics"`
	}{"1.0", list})
	return err == nil && a.answer(string(text)+"\n") == nil
}

// wantsJSON tells whether --json was given to a command that has it and no stream
// of events of its own. A wrong flag keeps those after it from being read.
func (a *app) wantsJSON(cmd *cobra.Command) bool {
	flag := cmd.Flags().Lookup("json")
	if flag == nil {
		return false
	}
	if _, lines := flag.Value.(*linesFlag); lines {
		return false
	}
	if flag.Changed {
		return flag.Value.String() == "true"
	}
	return a.saysJSON()
}

// saysJSON looks for --json on a command line that was not read to its end.
func (a *app) saysJSON() bool {
	args := a.Args
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.ContainsFunc(args, func(arg string) bool {
		value, ok := strings.CutPrefix(arg, "--json")
		return ok && (value == "" || value == "=true")
	})
}
