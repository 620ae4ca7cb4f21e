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
	// Targets limit the plan to addresses, blocks or modules and to what they
	// depend on; Replace lists addresses that are sent again in any case.
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
	m.chosen = m.choose()
	m.declared()
	m.removed()
	m.outputs()
	m.warnOfForgetting()
	return m.plan, m.notices
}

type maker struct {
	Input
	plan    *Plan
	notices []Notice
	chosen  selection
}

// declared makes the steps of the thermostats that have a block, in order.
func (m *maker) declared() {
	if m.Destroy {
		return
	}
	var steps []Step
	var after [][]string
	for i := range m.Wanted {
		t := &m.Wanted[i]
		if !m.chosen.has(t.Address) {
			continue
		}
		steps = append(steps, m.step(t))
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
	var entry state.Entry
	var known bool
	if entry, known = m.State.Thermostats[t.Address.String()]; known {
		step.Before = &entry
	}
	tooLate := TooLate(t.Until, m.Now)
	switch sameDevice := known && entry.Device == t.Device; {
	case known && !sameDevice && tooLate:
		step.Action, step.Reason, step.Device, step.After = Forget, ReasonExpired, entry.Device, nil
		m.warnNeverApplied(t)
	case known && !sameDevice:
		step.Action, step.Call = Exchange, true
	case tooLate:
		step.Reason = ReasonExpired
		if !known || !entry.Settings.Same(t.Settings) {
			m.warnNeverApplied(t)
		} else if entry.Outcome == state.Unknown {
			m.warnNeverConfirmed(t, entry)
		} else {
			step.Reason = ReasonNone
		}
	case !known:
		step.Action, step.Call = Add, true
	case slices.Contains(m.Replace, t.Address.String()):
		step.Action, step.Reason, step.Call = Change, ReasonRequested, true
	case entry.Outcome == state.Unknown && entry.Settings.Same(t.Settings) && over(entry.Settings, t.Zone, m.Now):
		step.Reason = ReasonExpired
		m.warnNeverConfirmed(t, entry)
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
	wanted := make(map[string]bool, len(m.Wanted))
	elsewhere := make(map[provider.Device]address.Address, len(m.Wanted))
	if !m.Destroy {
		for i := range m.Wanted {
			wanted[m.Wanted[i].Address.String()] = true
			elsewhere[m.Wanted[i].Device] = m.Wanted[i].Address
		}
	}
	var destroys, forgets []Step
	for name, entry := range m.State.Thermostats {
		if wanted[name] {
			continue
		}
		at, err := address.Parse(name)
		if err != nil || !m.chosen.has(at) { // the state holds canonical addresses only
			continue
		}
		step := Step{Address: at, Action: Forget, Reason: ReasonUndeclared, Device: entry.Device, Before: &entry}
		if m.Destroy {
			step.Reason = ReasonDestroyAll
		}
		_, readdressed := elsewhere[entry.Device]
		switch {
		case readdressed:
			step.Reason = ReasonReadressed
			forgets = append(forgets, step)
		case entry.OnRemove != nil:
			step.Action, step.Call, step.After, step.OnRemove = Destroy, true, entry.OnRemove, entry.OnRemove
			destroys = append(destroys, step)
		default:
			forgets = append(forgets, step)
		}
	}
	byAddress := func(a, b Step) int { return address.Compare(a.Address, b.Address) }
	slices.SortFunc(destroys, byAddress)
	slices.SortFunc(forgets, byAddress)
	m.plan.Steps = append(append(m.plan.Steps, destroys...), forgets...)
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
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		m.plan.Outputs = append(m.plan.Outputs, *names[name])
	}
}
