package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"setpoint/plan"
	"setpoint/plan/state"
)

// Outputs draws recorded outputs, in the order of their names: a line for each, and
// more for a text of several.
func Outputs(all map[string]state.Output) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		o := all[name]
		fmt.Fprintf(&b, "%s = %s\n", name, OutputText(&o))
	}
	return b.String()
}

// PlannedOutputs draws the outputs that are recorded once a plan is done; "" where
// there are none.
func PlannedOutputs(p *plan.Plan) string {
	recorded := map[string]state.Output{}
	for _, o := range p.Outputs {
		if o.After != nil {
			recorded[o.Name] = *o.After
		}
	}
	if len(recorded) == 0 {
		return ""
	}
	return "Outputs:\n\n" + Outputs(recorded)
}

// OutputText is the value of an output for people: a text of several lines as
// they are, indented, between <<-EOT and EOT, any other on one line.
func OutputText(o *state.Output) string {
	if o.Sensitive || o.Value == nil {
		return "<sensitive>"
	}
	lines := textLines(o)
	if lines == nil {
		return outputValue(o)
	}
	return "<<-EOT\n  " + strings.Join(lines, "\n  ") + "\nEOT"
}
