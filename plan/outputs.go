package plan

import (
	"maps"
	"slices"

	"setpoint/plan/state"
)

// outputs compares the outputs. A plan for some thermostats leaves them alone.
func (m *maker) outputs() {
	if m.Targets != nil {
		return
	}
	names := map[string]*Output{}
	for name, before := range m.State.Outputs {
		names[name] = &Output{Name: name, Before: &before, Sensitive: before.Sensitive}
	}
	if !m.Destroy {
		for _, o := range m.Config.Outputs {
			if names[o.Name] == nil {
				names[o.Name] = &Output{Name: o.Name}
			}
			names[o.Name].After = &state.Output{Value: o.Value, Type: o.Type, Sensitive: o.Sensitive}
			names[o.Name].Sensitive = names[o.Name].Sensitive || o.Sensitive
			if before := names[o.Name].Before; o.Sensitive && before != nil && !before.Sensitive {
				names[o.Name].Before = &state.Output{} // what is declared a secret now is none to be shown
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		m.plan.Outputs = append(m.plan.Outputs, *names[name])
	}
}
