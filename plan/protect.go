package plan

import (
	"fmt"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/config/diag"
)

// protect refuses a plan that gives up what prevent_destroy protects: by a call,
// without one, or for another device under the address. Neither a moved nor a
// removed block lifts the protection, and to have moved is not to be given up.
func (m *maker) protect() {
	var names []string
	var place *config.Place
	for i := range m.plan.Steps {
		step := &m.plan.Steps[i]
		if step.Action != Destroy && step.Action != Forget && step.Action != Exchange {
			continue
		}
		declaration := m.protected(step)
		if declaration == "" {
			continue
		}
		if place == nil {
			place = m.declaration(declaration)
		}
		names = append(names, fmt.Sprintf("%s (%s)", step.Address, step.Action))
	}
	if len(names) == 0 {
		return
	}
	what := "Declare them as they were, or remove prevent_destroy first and plan again; where only a name has changed, write a moved block."
	if m.Destroy {
		what = "Remove prevent_destroy first and plan again, or name with --target what is to be destroyed."
	}
	m.noticeIn(place, diag.Error, "Protected by prevent_destroy", "This plan gives up what must not be: %s. %s", diag.Few(names), what)
}

// protected is the protected block that the thermostat of a step comes from, ""
// for none: as it is named now or as it was recorded.
func (m *maker) protected(step *Step) string {
	if len(m.Config.Protected) == 0 {
		return ""
	}
	if now := step.Address.Declaration(); m.Config.Protected[now] {
		return now
	}
	if was, err := address.Parse(step.Moved); err == nil && m.Config.Protected[was.Declaration()] {
		return was.Declaration()
	}
	return ""
}

// declaration is where a block is declared, nil where it has no instance.
func (m *maker) declaration(block string) *config.Place {
	for i := range m.Config.Thermostats {
		if m.Config.Thermostats[i].Address.Declaration() == block {
			declared := m.Config.Thermostats[i].Range("")
			return &declared
		}
	}
	return nil
}
