package state

import (
	"cmp"

	"setpoint/provider"
)

// merge merges one row; nil where there is no thermostat in the end.
func (m *merger) merge(r row) *Entry {
	var merged Entry
	switch {
	case sameFact(r.ours, r.theirs), sameFact(r.base, r.theirs):
		if r.ours == nil {
			return nil
		}
		merged = *r.ours
	case sameFact(r.base, r.ours):
		if r.theirs == nil {
			return nil
		}
		merged = *r.theirs
	case r.ours == nil || r.theirs == nil:
		if m.remote {
			m.conflict(r.address, "one machine gave it up and another set it, so its outcome is unknown")
			return r.doubtedRemoval()
		}
		m.conflict(r.address, "one side removed it, the other sent to it: it is kept, its outcome unknown")
		return r.disputed(cmp.Or(r.ours, r.theirs))
	default:
		merged = m.bothChanged(r)
	}
	merged.OnRemove = r.onRemove()
	return &merged
}

// disputed is the entry that one side changed while the other removed it.
func (r row) disputed(e *Entry) *Entry {
	kept := *e
	if kept.Outcome != Unknown {
		kept.Outcome, kept.Previous, kept.Declared = Unknown, r.settledBefore(), nil
	}
	return &kept
}

// settledBefore is what the thermostat was in when the two sides parted, nil if
// that is not known.
func (r row) settledBefore() *provider.Settings {
	if r.base == nil {
		return nil
	}
	return r.base.confirmed()
}

func (m *merger) bothChanged(r row) Entry {
	if m.remote {
		doubted := r.doubted()
		if doubted.Outcome == Unknown {
			m.conflict(r.address, "another machine set it as well, so its outcome is unknown")
		}
		return doubted
	}
	newer := latest(*r.ours, *r.theirs)
	older := *r.ours
	if sameFact(&newer, r.ours) {
		older = *r.theirs
	}
	if newer.At.After(older.At) {
		if newer.Outcome == Unknown && older.Outcome != Unknown && sameSettings(newer.Previous, r.settledBefore()) {
			newer.Previous = older.confirmed() // later than what the newer side knew of
		}
		return newer
	}
	if newer.Settings != older.Settings {
		m.conflict(r.address, "different settings were sent at the same time: the outcome is unknown")
	}
	return r.tie(newer, older)
}

// tie merges two entries of the same time. It says no more than both
// sides can vouch for.
func (r row) tie(a, b Entry) Entry {
	if a.Settings == b.Settings && a.Outcome != Unknown && b.Outcome != Unknown {
		if a.Outcome != Observed || b.Outcome != Observed {
			a.Outcome = Confirmed
		}
		a.Declared = nil // adopted by one side, or for different declarations
		return a
	}
	// Of what was there before, take what a side learned since they parted; if both
	// did, either is true.
	before := r.settledBefore()
	learned := func(e Entry) *provider.Settings {
		if e.Outcome != Unknown || e.Previous == nil {
			return before
		}
		return e.Previous
	}
	x, y := learned(a), learned(b)
	if sameSettings(x, before) || !sameSettings(y, before) && compareOptional(x, y) < 0 {
		x = y
	}
	a.Outcome, a.Previous, a.Declared = Unknown, x, nil
	return a
}

// onRemove merges what to leave behind. Both sides have the thermostat.
func (r row) onRemove() *provider.Settings {
	ours, theirs := r.ours, r.theirs
	switch {
	case ours == nil:
		return theirs.OnRemove
	case theirs == nil, sameSettings(ours.OnRemove, theirs.OnRemove):
		return ours.OnRemove
	case r.base != nil && sameSettings(r.base.OnRemove, ours.OnRemove):
		return theirs.OnRemove
	case r.base != nil && sameSettings(r.base.OnRemove, theirs.OnRemove):
		return ours.OnRemove
	}
	if cmp.Or(ours.At.Compare(theirs.At), compareOptional(ours.OnRemove, theirs.OnRemove)) < 0 {
		return theirs.OnRemove
	}
	return ours.OnRemove
}

// sameFact tells whether two entries say the same but for OnRemove.
func sameFact(a, b *Entry) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := *a, *b
	x.OnRemove, y.OnRemove = nil, nil
	return x.Equal(y)
}

// latest is the newer of two entries, and of the same time one of the two, the
// same wherever it is asked.
func latest(a, b Entry) Entry {
	if cmp.Or(
		a.At.Compare(b.At),
		cmp.Compare(a.Device.PlantID, b.Device.PlantID),
		cmp.Compare(a.Device.ModuleID, b.Device.ModuleID),
		compareSettings(a.Settings, b.Settings),
		cmp.Compare(a.Outcome, b.Outcome),
		compareOptional(a.Previous, b.Previous),
		compareOptional(a.Declared, b.Declared),
		compareOptional(a.OnRemove, b.OnRemove),
	) < 0 {
		return b
	}
	return a
}

// compareSettings is some order of settings, without a meaning; 0 where equal.
func compareSettings(a, b provider.Settings) int {
	return cmp.Or(
		cmp.Compare(a.Function, b.Function), cmp.Compare(a.Mode, b.Mode), cmp.Compare(a.Setpoint, b.Setpoint),
		cmp.Compare(a.Program, b.Program), cmp.Compare(a.BoostMinutes, b.BoostMinutes),
		cmp.Compare(a.Start.String(), b.Start.String()), cmp.Compare(a.End.String(), b.End.String()),
	)
}

func compareOptional(a, b *provider.Settings) int {
	if a == nil || b == nil {
		return cmp.Compare(count(a), count(b))
	}
	return compareSettings(*a, *b)
}
