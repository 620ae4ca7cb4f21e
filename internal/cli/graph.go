package cli

import (
	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/graph"
)

func (a *app) graphCommand() *cobra.Command {
	var full bool
	cmd := &cobra.Command{
		Use:   "graph",
		Short: "Print thermostats and dependencies as a graph",
		Long: `Prints the thermostats of the configuration and what each comes after, in the DOT language of Graphviz. An arrow
points at what comes first: a solid one is depends_on, which waits for success; a dashed one is a reference, which only
orders the calls. References that follow from others are left out.

A module is a box around its thermostats. A repeated block is one node with the number of its thermostats, a repeated
module one box with the number of its instances, unless --full shows each. An arrow to a box is to all in it. Neither state nor network is used.`,
		Example: `  setpoint graph | dot -Tsvg > graph.svg
  setpoint graph --full`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := a.load(config.Options{})
			if err != nil {
				return err
			}
			return a.answer(graph.DOT(c.Thermostats, full))
		},
	}
	a.variableFlags(cmd.Flags())
	cmd.Flags().BoolVar(&full, "full", false, "every thermostat and every instance of a module")
	return cmd
}
