package cli

import (
	"github.com/spf13/cobra"

	"setpoint/config/language"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of *.hcl.json configurations",
		Long: `Prints a JSON Schema (draft 2020-12) of configurations written in JSON, with which editors complete and check
*.hcl.json files. It describes the language of this version of setpoint; no configuration is read.

In Visual Studio Code, write it to a file and name that in .vscode/settings.json:

  "json.schemas": [{
    "fileMatch": ["*.hcl.json", "!*.vars.hcl.json"],
    "url": "./setpoint.schema.json"
  }]

JetBrains editors: Settings, Languages & Frameworks, Schemas and DTDs, JSON Schema Mappings. Others take it through
their JSON language server in the same way.`,
		Example: "  setpoint schema > setpoint.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := language.Schema()
			if err != nil {
				return err
			}
			return a.answer(string(text))
		},
	}
}
