package plan

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/plan/state"
	"setpoint/provider"
)

// leastAhead is how far an end must lie ahead for a call to be worth sending.
const leastAhead = time.Minute

// TooLate tells whether an end (an instant) is over at now, or so near that
// nothing is sent any more. The zero instant is no end.
func TooLate(until, now time.Time) bool {
	return !until.IsZero() && until.Before(now.Add(leastAhead))
}

// Input is all that a plan is made from.
type Input struct {
	Wanted  []config.Thermostat // in the order of their addresses
	Outputs []config.Output
	State   *state.State
	// Absent tells that there is no state yet; State is then empty.
	Absent bool
	Now    time.Time
	// Destroy gives up every thermostat in the state.
	Destroy bool
	// Targets limit the plan to addresses, blocks or modules in canonical form
	// and, unless Destroy is set, to the declared thermostats that those depend
	// on; empty for no limit. Replace lists addresses that are sent again.
	Targets, Replace []string
	// Attempts and MostCalls bound the calls; see Plan.
	Attempts, MostCalls int
	SetpointVersion     string
	Configuration       string
	Variables           map[string]json.RawMessage
}

// Make compares what is wanted with what was last applied. With a notice of
// severity error there is no plan that may be applied.
func Make(in Input) (*Plan, []Notice) {
	if len(in.Targets) == 0 {
		in.Targets = nil // what a plan says of itself must not depend on how "none" was spelt
	}
	m := &maker{Input: in, plan: &Plan{
		SetpointVersion: in.SetpointVersion,
		Made:            in.Now.UTC(),
		Configuration:   in.Configuration,
		Variables:       in.Variables,
		Serial:          in.State.Serial,
		Destroy:         in.Destroy,
		Targets:         in.Targets,
		Attempts:        in.Attempts,
		MostCalls:       in.MostCalls,
		Managed:         len(in.State.Thermostats),
	}}
	if !in.Absent {
		m.plan.Lineage = in.State.Lineage
	}
	m.index()
	m.choose()
	m.checkReplace()
	m.declared()
	m.removed()
	m.outputs()
	m.warnOfRenaming()
	m.warnOfForgetting()
	return m.plan, m.notices
}

type maker struct {
	Input
	plan    *Plan
	notices []Notice
	// wanted are the declared addresses, devices where their thermostats are;
	// both are empty with Destroy.
	wanted  map[string]bool
	devices map[provider.Device]bool
	// named are the targets; chosen are they and what they depend on.
	named, chosen selection
	forgets       []Step
}

func (m *maker) index() {
	m.wanted = make(map[string]bool, len(m.Wanted))
	m.devices = make(map[provider.Device]bool, len(m.Wanted))
	if m.Destroy {
		return
	}
	for i := range m.Wanted {
		m.wanted[m.Wanted[i].Address.String()] = true
		m.devices[m.Wanted[i].Device] = true
	}
}

// declared makes the steps of the thermostats that have a block, in order.
func (m *maker) declared() {
	if m.Destroy {
		return
	}
	steps := make([]Step, 0, len(m.Wanted))
	after := make([][]string, 0, len(m.Wanted))
	for i := range m.Wanted {
		t := &m.Wanted[i]
		if !m.chosen.has(t.Address) {
			continue
		}
		step := m.step(t)
		if step.Action == Forget {
			m.forgets = append(m.forgets, step)
			continue
		}
		steps = append(steps, step)
		after = append(after, t.After)
	}
	for _, i := range order(steps, after) {
		m.plan.Steps = append(m.plan.Steps, steps[i])
	}
}

// step decides what happens to one declared thermostat.
func (m *maker) step(t *config.Thermostat) Step {
	declared := t.Range("")
	step := Step{
		Address: t.Address, Action: NoOp, Device: t.Device, After: &t.Settings, OnRemove: t.OnRemove,
		Until: t.Until, DependsOn: t.DependsOn, File: declared.Filename, Line: declared.Start.Line,
	}
	if t.Zone != nil {
		step.TimeZone = t.Zone.String()
	}
	entry, known := m.State.Thermostats[t.Address.String()]
	if known {
		step.Before = &entry
	}
	requested := slices.Contains(m.Replace, t.Address.String())
	switch tooLate := TooLate(t.Until, m.Now); {
	case known && entry.Device != t.Device:
		return m.exchange(step, t, tooLate)
	case tooLate:
		m.tooLate(&step, t, requested)
	case !known:
		step.Action, step.Call = Add, true
	case requested:
		step.Action, step.Reason, step.Call = Change, ReasonRequested, true
	case entry.Outcome == state.Unknown && entry.Settings.Same(t.Settings) && over(entry.Settings, t.Zone, m.Now):
		m.tooLate(&step, t, false)
	case entry.Outcome == state.Unknown:
		step.Action, step.Reason, step.Call = Change, ReasonUnknown, true
		if entry.Previous == nil {
			step.Action = Add
		}
	case !entry.Settings.Same(t.Settings):
		step.Action, step.Call = Change, true
	case !sameSettings(entry.OnRemove, t.OnRemove):
		step.Action, step.Reason = Change, ReasonRecord
	}
	return step
}

// exchange gives up the device that was under the address and sets the other
// one, unless what is wanted of that is over.
func (m *maker) exchange(step Step, t *config.Thermostat, tooLate bool) Step {
	elsewhere := m.devices[step.Before.Device]
	if tooLate {
		m.warnNeverApplied(t)
		step = Step{
			Address: t.Address, Action: Forget, Reason: ReasonExpired, Device: step.Before.Device, Before: step.Before,
			File: step.File, Line: step.Line,
		}
	} else {
		step.Action, step.Call = Exchange, true
	}
	if elsewhere {
		step.Reason = ReasonReadressed
	}
	return step
}

// tooLate decides about a status whose end leaves nothing to send. What to
// leave behind on removal is recorded all the same.
func (m *maker) tooLate(step *Step, t *config.Thermostat, requested bool) {
	entry := step.Before
	switch {
	case entry == nil:
		step.Reason, step.After = ReasonExpired, nil
		m.warnNeverApplied(t)
		return
	case !entry.Settings.Same(t.Settings):
		step.Reason, step.After = ReasonExpired, &entry.Settings
		m.warnNeverApplied(t)
	case entry.Outcome == state.Unknown:
		step.Reason = ReasonExpired
		m.warnNeverConfirmed(t, *entry)
	case requested:
		m.warnNotRepeated(t)
	}
	if !sameSettings(entry.OnRemove, t.OnRemove) {
		step.Action, step.Reason = Change, ReasonRecord
	}
}

// over tells whether a temporary status that was sent has run out, whichever of
// two instants its end may mean.
func over(s provider.Settings, zone *time.Location, now time.Time) bool {
	if s.End.IsZero() || zone == nil {
		return false
	}
	instants := s.End.In(zone)
	if len(instants) == 0 { // no clock shows this time: it was skipped a moment later at the latest
		instants = s.End.Add(time.Hour).In(zone)
	}
	return len(instants) > 0 && !instants[len(instants)-1].After(now)
}

func sameSettings(a, b *provider.Settings) bool {
	return a == b || a != nil && b != nil && a.Same(*b)
}

// removed makes the steps of the thermostats that have no block any more:
// calls first, then what needs none.
func (m *maker) removed() {
	var destroys []Step
	for name, entry := range m.State.Thermostats {
		if m.wanted[name] {
			continue
		}
		at, err := address.Parse(name)
		if err != nil || !m.named.has(at) { // the state holds canonical addresses only
			continue
		}
		step := Step{Address: at, Action: Forget, Reason: ReasonUndeclared, Device: entry.Device, Before: &entry}
		if m.Destroy {
			step.Reason = ReasonDestroyAll
		}
		switch {
		case m.devices[entry.Device]:
			step.Reason = ReasonReadressed
			m.forgets = append(m.forgets, step)
		case entry.OnRemove != nil:
			step.Action, step.Call, step.After, step.OnRemove = Destroy, true, entry.OnRemove, entry.OnRemove
			destroys = append(destroys, step)
		default:
			m.forgets = append(m.forgets, step)
		}
	}
	byAddress := func(a, b Step) int { return address.Compare(a.Address, b.Address) }
	slices.SortFunc(destroys, byAddress)
	slices.SortFunc(m.forgets, byAddress)
	m.plan.Steps = append(append(m.plan.Steps, destroys...), m.forgets...)
}

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
		for _, o := range m.Outputs {
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
