package plan

import "setpoint/plan/state"

// Outdated is a thermostat whose record is not any more what a plan was made from.
type Outdated struct {
	Step      *Step
	Then, Now *state.Entry // nil: there was, is no record
}

// present is the record that the step would find: what stands under its new
// address is in the way of a move, unless it is an older record of the device.
func (s *Step) present(now *state.State) *state.Entry {
	entry, ok := now.Thermostats[s.Address.String()]
	if s.Moved != "" && (!ok || s.Before != nil && entry.Device == s.Before.Device && entry.At.Before(s.Before.At)) {
		entry, ok = now.Thermostats[s.Moved]
	}
	if !ok {
		return nil
	}
	return &entry
}

// Stale lists the thermostats that the plan touches and whose record has changed
// since, in the order of the plan. Other records may have changed: the plan is
// still good then.
func (p *Plan) Stale(now *state.State) []Outdated {
	var outdated []Outdated
	for i := range p.Steps {
		step := &p.Steps[i]
		if step.Action == NoOp {
			continue
		}
		present := step.present(now)
		if present == nil && step.Before == nil || present != nil && step.Before != nil && present.Equal(*step.Before) {
			continue
		}
		outdated = append(outdated, Outdated{step, step.Before, present})
	}
	return outdated
}
