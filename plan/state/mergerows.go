package state

import (
	"cmp"
	"maps"
	"slices"

	"setpoint/provider"
)

// row is what the three states say of one device, wherever each has it. What
// another device replaced under its address is gone, and the other one added.
type row struct {
	address            string // where it stands in the result
	base, ours, theirs *Entry // nil for nothing
}

// thermostats merges row by row.
func (m *merger) thermostats() map[string]Entry {
	merged := map[string]Entry{}
	for _, r := range m.rows() {
		e := m.merge(r)
		if e == nil {
			continue
		}
		if there, ok := merged[r.address]; ok {
			*e = m.contested(r.address, there, *e)
		}
		merged[r.address] = *e
	}
	return merged
}

// rows puts together what belongs together, in an order that does not depend on
// which side is which.
func (m *merger) rows() []row {
	ours, theirs := places(m.base, m.ours), places(m.base, m.theirs)
	var rows []row
	for _, a := range slices.Sorted(maps.Keys(m.base.Thermostats)) {
		here, there := ours[a], theirs[a]
		r := row{cmp.Or(here, there), entryOf(m.base, a), entryOf(m.ours, here), entryOf(m.theirs, there)}
		switch {
		case here == "" || there == "" || there == a:
		case here == a:
			r.address = there
		case there != here:
			r.address = m.placed(here, there)
			m.conflict(r.address, "one side moved %s to %s, the other to %s", a, min(here, there), max(here, there))
		}
		rows = append(rows, r)
	}
	return append(rows, m.added(additions(m.ours, ours), additions(m.theirs, theirs))...)
}

// added puts together where both sides added the same device.
func (m *merger) added(ours, theirs []string) []row {
	byOurs, byTheirs := byDevice(m.ours, ours), byDevice(m.theirs, theirs)
	var rows []row
	for device, here := range byOurs {
		if there := byTheirs[device]; len(here) == 1 && len(there) == 1 {
			r := row{m.placed(here[0], there[0]), nil, entryOf(m.ours, here[0]), entryOf(m.theirs, there[0])}
			if here[0] != there[0] {
				m.conflict(r.address, "one side has this thermostat as %s, the other as %s", min(here[0], there[0]), max(here[0], there[0]))
			}
			rows = append(rows, r)
			delete(byTheirs, device)
			delete(byOurs, device)
		}
	}
	type place struct {
		address string
		device  provider.Device
	}
	rest := map[place]row{}
	for device, here := range byOurs {
		for _, a := range here {
			rest[place{a, device}] = row{address: a, ours: entryOf(m.ours, a)}
		}
	}
	for device, there := range byTheirs {
		for _, a := range there {
			r := rest[place{a, device}]
			r.address, r.theirs = a, entryOf(m.theirs, a)
			rest[place{a, device}] = r
		}
	}
	rows = slices.AppendSeq(rows, maps.Values(rest))
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.address, b.address) })
	return rows
}

// places finds where a side has what stands in base: the result has the new
// address under the old one, none for what is gone. A device is followed to
// where it was moved, unless it stands at several addresses.
func places(base, side *State) map[string]string {
	was := byDevice(base, slices.Collect(maps.Keys(base.Thermostats)))
	is := byDevice(side, slices.Collect(maps.Keys(side.Thermostats)))
	found := make(map[string]string, len(base.Thermostats))
	for device, from := range was {
		if to := is[device]; len(from) == 1 && len(to) == 1 {
			found[from[0]] = to[0]
		}
	}
	for a, e := range base.Thermostats {
		if there := entryOf(side, a); there != nil && there.Device == e.Device {
			found[a] = a
		}
	}
	return found
}

// additions are the addresses of a side that nothing in base has led to.
func additions(side *State, places map[string]string) []string {
	known := make(map[string]bool, len(places))
	for _, a := range places {
		known[a] = true
	}
	var added []string
	for a := range side.Thermostats {
		if !known[a] {
			added = append(added, a)
		}
	}
	return added
}

func byDevice(s *State, addresses []string) map[provider.Device][]string {
	found := map[provider.Device][]string{}
	for _, a := range addresses {
		device := s.Thermostats[a].Device
		found[device] = append(found[device], a)
	}
	return found
}

func entryOf(s *State, address string) *Entry {
	if e, ok := s.Thermostats[address]; ok {
		return &e
	}
	return nil
}
