package plan

import (
	"cmp"
	"slices"
	"time"

	"setpoint/config"
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
	// Config is what is declared. It is only read.
	Config *config.Config
	State  *state.State
	// Absent tells that there is no state yet; State is then empty.
	Absent bool
	Now    time.Time
	// Seen is what was read of thermostats; nil: nobody has looked. Those that
	// are not in it (see Readable) are planned from the record.
	Seen map[provider.Device]Seen
	// RefreshOnly adopts what was read into the record and plans nothing else.
	RefreshOnly bool
	// Destroy gives up every thermostat in the state.
	Destroy bool
	// Targets limit the plan to addresses, blocks or modules in canonical form
	// and, unless Destroy is set, to the declared thermostats that those depend
	// on; empty for no limit. Replace lists, likewise, what is sent again.
	Targets, Replace []string
	// MostCalls bounds the calls; see Plan. CallsMade are those of them that
	// reading took before the plan.
	MostCalls, CallsMade int
	SetpointVersion      string
}

// Make compares what is wanted with what was last applied. With a notice of
// severity error there is no plan that may be applied.
func Make(in Input) (*Plan, []Notice) {
	m := newMaker(in)
	m.checkReplace()
	m.checkImports()
	m.declared()
	if m.RefreshOnly {
		m.warnOfUnread()
		return m.plan, m.notices
	}
	m.removed()
	m.outputs()
	m.protect()
	m.warnOfRenaming()
	m.warnOfForgetting()
	m.warnOfUnread()
	return m.plan, m.notices
}

// newMaker knows what is declared, what is recorded, and what of both the plan
// is about.
func newMaker(in Input) *maker {
	if len(in.Targets) == 0 {
		in.Targets = nil // what a plan says of itself must not depend on how "none" was spelt
	}
	if in.RefreshOnly { // these are intended
		declared := *in.Config
		declared.Moves, declared.Removals, declared.Imports = nil, nil, nil
		in.Config, in.Replace = &declared, nil
	}
	m := &maker{Input: in, plan: &Plan{
		SetpointVersion: in.SetpointVersion,
		Made:            in.Now.UTC(),
		Configuration:   in.Config.Digest,
		Variables:       in.Config.Variables,
		Serial:          in.State.Serial,
		Refreshed:       in.Seen != nil,
		RefreshOnly:     in.RefreshOnly,
		Destroy:         in.Destroy,
		Targets:         in.Targets,
		Attempts:        in.Config.Provider.Retry.Attempts,
		MostCalls:       in.MostCalls,
		CallsMade:       in.CallsMade,
		Managed:         len(in.State.Thermostats),
		Checks:          checked(in.Config.Checks),
	}}
	if !in.Absent {
		m.plan.Lineage = in.State.Lineage
	}
	m.index()
	m.follow()
	m.choose()
	return m
}

type maker struct {
	Input
	plan           *Plan
	notices        []Notice
	declaredAt     map[string]*config.Thermostat // by address
	declaredPlaces map[place]*config.Thermostat  // see declaredIn
	// devices are those that stay managed: the declared ones; with Destroy none.
	devices map[provider.Device]bool
	// arrived are, by declared address, the addresses that thermostats have moved
	// there from; gone is what is recorded and not declared, or given up.
	arrived map[string]string
	gone    []recorded
	// named are the targets; chosen are they and what they depend on; again is
	// what is sent again.
	named, chosen, again selection
	imports              map[string]*config.Import    // by declared address
	byDevice             map[provider.Device]string   // see recordsOf
	othersByDevice       map[provider.Device][]string // likewise
	without              map[*config.Removal][]string
	forgets              []Step
	known                map[string]bool // see knownNames
	hints                int             // given for unknown names
}

func (m *maker) index() {
	m.declaredAt = make(map[string]*config.Thermostat, len(m.Config.Thermostats))
	m.devices = make(map[provider.Device]bool, len(m.Config.Thermostats))
	for i := range m.Config.Thermostats {
		m.declaredAt[m.Config.Thermostats[i].Address.String()] = &m.Config.Thermostats[i]
		if !m.Destroy {
			m.devices[m.Config.Thermostats[i].Device] = true
		}
	}
}

// declared makes the steps of the thermostats that have a block, in order. What is
// forgotten or has no step may come between two others, so it keeps its place
// until they are in order.
func (m *maker) declared() {
	if m.Destroy {
		return
	}
	steps := make([]Step, 0, len(m.Config.Thermostats))
	after := make([][]string, 0, len(m.Config.Thermostats))
	for i := range m.Config.Thermostats {
		t := &m.Config.Thermostats[i]
		if !m.chosen.has(t.Address) {
			continue
		}
		step := Step{Address: t.Address, DependsOn: t.DependsOn}
		known := true
		if m.RefreshOnly {
			_, known = m.recordOf(t)
		}
		if known {
			step = m.step(t)
		}
		steps = append(steps, step)
		after = append(after, t.After)
	}
	if slices.ContainsFunc(after, func(groups []string) bool { return len(groups) > 0 }) ||
		slices.ContainsFunc(steps, func(s Step) bool { return len(s.DependsOn) > 0 }) {
		inOrder := make([]Step, 0, len(steps))
		for _, i := range order(steps, after) {
			inOrder = append(inOrder, steps[i])
		}
		steps = inOrder
	}
	m.plan.Steps = slices.DeleteFunc(steps, func(s Step) bool {
		if s.Action == Forget {
			m.forgets = append(m.forgets, s)
		}
		return s.Action == Forget || s.Action == ""
	})
}

// step decides what happens to one declared thermostat.
func (m *maker) step(t *config.Thermostat) Step {
	name := t.Address.String()
	from := m.arrived[name]
	declared := t
	entry, known := m.recordOf(t)
	requested := m.again.has(t.Address)
	var l look
	if known {
		l = m.look(t, cmp.Or(from, name), entry)
		putBack := l.changed && !l.wish && t.Drift == config.Enforce
		t = m.effective(t, l.judged, requested || putBack)
	}
	step := newStep(t)
	if known {
		step.Before, step.Moved, step.Seen = &entry, from, l.seen
	}
	m.decide(&step, declared, t, l, requested)
	if (l.changed || l.wish) && step.Outside == "" {
		step.Outside = OutsideLeft
		if step.Call {
			step.Outside = OutsideOverridden
		}
	}
	switch {
	case step.Action != NoOp || step.Moved == "":
	case m.RefreshOnly: // it stays where it is recorded
		step.Moved = ""
	default:
		step.Action = Move
	}
	return step
}

// recordOf is what is recorded of a declared thermostat, wherever it stood.
func (m *maker) recordOf(t *config.Thermostat) (state.Entry, bool) {
	name := t.Address.String()
	entry, known := m.State.Thermostats[cmp.Or(m.arrived[name], name)]
	return entry, known
}

// decide decides about a step what it does and why. t is declared with what is
// ignored as it is.
func (m *maker) decide(step *Step, declared, t *config.Thermostat, l look, requested bool) {
	known, entry := step.Before != nil, l.judged
	switch tooLate := TooLate(t.Until, m.Now); {
	case m.RefreshOnly && (!known || entry.Device != t.Device): // another one's record
		step.After = nil
	case m.RefreshOnly:
		m.refreshed(step, declared, l)
	case known && entry.Device != t.Device:
		*step = m.exchange(*step, t, tooLate)
	case !known && m.imports[t.Address.String()] != nil:
		step.Action, step.Call, step.Ignored = Import, true, t.Ignored
	case known && !requested && m.byReading(step, declared, t, l):
	case tooLate:
		m.tooLate(step, t, requested)
	case !known:
		step.Action, step.Call = Add, true
	case requested:
		step.Action, step.Reason, step.Call = Change, ReasonRequested, true
	case entry.Outcome == state.Unknown && entry.Settings.Same(t.Settings) && over(entry.Settings, t.Zone, m.Now):
		m.tooLate(step, t, false)
	case entry.Outcome == state.Unknown:
		step.Action, step.Reason, step.Call = Change, ReasonUnknown, true
		if entry.Previous == nil {
			step.Action = Add
		}
	case m.superseded(step.RecordName(), entry):
		step.Action, step.Reason, step.Call = Change, ReasonSuperseded, true
	case !entry.Settings.Same(t.Settings):
		step.Action, step.Call = Change, true
	case !sameSettings(entry.OnRemove, t.OnRemove):
		step.Action, step.Reason = Change, ReasonRecord
	}
}

// superseded tells whether the record of an address is older than another one of
// the same device, which an interrupted run can leave behind: what the device has
// then is not what stands here.
func (m *maker) superseded(name string, entry state.Entry) bool {
	if m.indexRecords(); len(m.othersByDevice) == 0 { // each device is recorded once
		return false
	}
	for _, other := range m.recordsOf(entry.Device) {
		newer := m.State.Thermostats[other]
		if other != name && newer.At.After(entry.At) && (newer.Outcome == state.Unknown || !newer.Settings.Same(entry.Settings)) {
			return true
		}
	}
	return false
}

// newStep is what is declared, to be done nothing about.
func newStep(t *config.Thermostat) Step {
	declared := t.Range("")
	step := Step{
		Address: t.Address, Action: NoOp, Device: t.Device, After: &t.Settings, OnRemove: t.OnRemove,
		Until: t.Until, DependsOn: t.DependsOn, File: declared.Filename, Line: declared.Start.Line,
	}
	if t.Zone != nil {
		step.TimeZone = t.Zone.String()
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
			Address: t.Address, Moved: step.Moved, Action: Forget, Reason: ReasonExpired, Device: step.Before.Device, Before: step.Before,
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
