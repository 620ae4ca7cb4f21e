package cli

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan"
)

func (a *app) validateCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check the configuration",
		Long: `Checks the configuration as far as that is possible without state and network. Variables that have no value yet are
taken to be right.`,
		Example: "  setpoint validate\n  setpoint validate --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, list := config.Load(a.options(config.Options{AllowMissing: true}))
			if !list.HasErrors() {
				list = append(list, locate(c, plan.Contradictions(c), a.again(""))...)
			}
			list = list.Sorted()
			if asJSON {
				return a.validation(list)
			}
			if list.HasErrors() {
				return &exitError{code: codeError, diags: list}
			}
			a.diagnose(list)
			return a.answer("The configuration is valid.\n")
		},
	}
	a.variableFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, in the shape of Terraform's")
	return cmd
}

func (a *app) validation(list diag.List) error {
	if err := a.answer(validationText(list)); err != nil {
		return err
	}
	if list.HasErrors() {
		return exit(codeError)
	}
	return nil
}

// validationText are diagnostics in the shape of Terraform's validate.
func validationText(list diag.List) string {
	errors, warnings := list.Count()
	if list == nil {
		list = diag.List{}
	}
	text, _ := json.MarshalIndent(struct { // of texts and numbers, which can always be written
		FormatVersion string    `json:"format_version"`
		Valid         bool      `json:"valid"`
		ErrorCount    int       `json:"error_count"`
		WarningCount  int       `json:"warning_count"`
		Diagnostics   diag.List `json:"diagnostics"`
	}{"1.0", errors == 0, errors, warnings, list}, "", "  ")
	return string(text) + "\n"
}
