package plan

import (
	"cmp"
	"fmt"
	"slices"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/provider"
)

// removed makes the steps of the thermostats that have no block any more:
// calls first, then what needs none.
func (m *maker) removed() {
	var destroys []Step
	var astray []string
	removals := m.checkRemovals()
	for i := range m.gone {
		r := &m.gone[i]
		if !m.named.has(r.at) {
			continue
		}
		step := Step{Address: r.at, Moved: r.moved, Action: Forget, Reason: ReasonUndeclared, Device: r.entry.Device, Before: &r.entry}
		if m.Destroy {
			step.Reason = ReasonDestroyAll
		}
		leave := r.entry.OnRemove
		if removal := removals.ofEither(r); removal != nil {
			step.File, step.Line = removal.Range.Filename, removal.Range.Start.Line
			leave = m.asRemoved(&step, removal)
		} else if r.moved != "" && !m.Destroy && !m.devices[r.entry.Device] {
			astray = append(astray, fmt.Sprintf("%s (was %s)", r.at, r.moved))
		}
		switch {
		case m.devices[r.entry.Device] || m.older(r): // never sent what to leave behind: it is managed, or given up, under another name
			step.Reason = ReasonReadressed
			m.forgets = append(m.forgets, step)
		case leave != nil:
			step.Action, step.Call, step.After, step.OnRemove = Destroy, true, leave, leave
			destroys = append(destroys, step)
		default:
			m.forgets = append(m.forgets, step)
		}
	}
	m.reportRemovals()
	if len(astray) > 0 {
		m.notice(diag.Warning, "", "", "Moved to where nothing is declared", "A moved block leads to %s, where nothing is declared, so it is given up. "+
			"Mend the moved block, or declare what is meant.", diag.Few(astray))
	}
	byAddress := func(a, b Step) int { return address.Compare(a.Address, b.Address) }
	slices.SortFunc(destroys, byAddress)
	slices.SortFunc(m.forgets, byAddress)
	m.plan.Steps = append(append(m.plan.Steps, destroys...), m.forgets...)
}

// older tells whether the device has a newer record under another address.
func (m *maker) older(r *recorded) bool {
	own := dated{cmp.Or(r.moved, r.at.String()), r.entry.At}
	for _, other := range m.recordsOf(r.entry.Device) {
		if own.older(dated{other, m.State.Thermostats[other].At}) {
			return true
		}
	}
	return false
}

// asRemoved is what a removed block wants to be left behind, nil for nothing.
func (m *maker) asRemoved(step *Step, removal *config.Removal) *provider.Settings {
	entry, at := step.Before, step.Address.String()
	if removal.Destroy != nil && !*removal.Destroy {
		step.Reason = ReasonRemoved
		return nil
	}
	if removal.OnRemove == nil {
		if entry.OnRemove == nil && removal.Destroy != nil && !m.devices[entry.Device] {
			m.without[removal] = append(m.without[removal], at)
		}
		return entry.OnRemove
	}
	leave := *removal.OnRemove
	if leave.Function == "" {
		leave.Function = entry.Settings.Function
	}
	leave = leave.Canonical()
	if err := leave.Validate(); err != nil {
		m.noticeIn(&removal.Range, diag.Error, "Cannot be left like that", "%s cannot be left as on_remove says: %s. Mend the on_remove block.", at, oneLine(err))
	}
	return &leave
}

// removals are removed blocks by what they name.
type removals map[place]*config.Removal

func (all removals) of(a address.Address) *config.Removal {
	if len(all) == 0 {
		return nil
	}
	for _, p := range places(a) { // the block that names least decides
		if removal := all[p]; removal != nil {
			return removal
		}
	}
	return nil
}

// ofEither finds the removed block of something by its name or by the one it had.
func (all removals) ofEither(r *recorded) *config.Removal {
	removal := all.of(r.at)
	if removal == nil && r.moved != "" {
		if was, err := address.Parse(r.moved); err == nil {
			removal = all.of(was)
		}
	}
	return removal
}

// checkRemovals reports removed blocks of what is declared, and two of one thing.
func (m *maker) checkRemovals() removals {
	m.without = map[*config.Removal][]string{}
	all := make(removals, len(m.Config.Removals))
	for i := range m.Config.Removals {
		removal := &m.Config.Removals[i]
		p := placeOf(removal.From)
		if t := m.declaredIn()[p]; t != nil {
			m.noticeIn(&removal.Range, diag.Error, "Removed, but still declared", "%s is said to be removed, but %s is declared at %s. Remove that, or this removed block.",
				removal.From, t.Address, at(t.Range("")))
			continue
		}
		if other := all[p]; other != nil {
			m.noticeIn(&removal.Range, diag.Error, "Removed twice", "%s is removed here, and at %s. Remove one of the two removed blocks.", removal.From, at(other.Range))
			continue
		}
		all[p] = removal
	}
	return all
}

// reportRemovals reports what must not be forgotten and has nothing else to be done to.
func (m *maker) reportRemovals() {
	for i := range m.Config.Removals {
		if names := m.without[&m.Config.Removals[i]]; names != nil {
			m.noticeIn(&m.Config.Removals[i].Range, diag.Error, "Nothing to leave behind", "With destroy = true a thermostat is set to what on_remove says, "+
				"but neither this removed block nor the record says that for %s. Give the removed block an on_remove block, or say destroy = false to forget.", diag.Few(names))
		}
	}
}
