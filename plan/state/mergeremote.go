package state

import (
	"time"

	"setpoint/provider"
)

// What is different where theirs is what a Remote holds, and ours what a run that did
// not end adds to it. Others may have journals that begin with what is there now, or
// led through it. So what comes of two calls must not look like anything that a side
// had: else somebody takes it for what he knows, and his own answer for the last word.
// A time later than either side's tells it apart. Merged once more with the same
// journal, after a crash, it stays as it is.

// doubted is the entry that both sides changed. No time is believed.
func (r row) doubted() Entry {
	ours, theirs := *r.ours, *r.theirs
	if ours.Settings == theirs.Settings && ours.Outcome != Unknown && theirs.Outcome != Unknown {
		return r.tie(theirs, ours)
	}
	if ours.Settings == theirs.Settings && theirs.Outcome == Unknown && theirs.At.After(ours.At) {
		return theirs // it was merged before
	}
	before := ours.Previous
	switch known := theirs.confirmed(); {
	case ours.Outcome != Unknown:
		before = &ours.Settings
	case known != nil:
		before = known
	}
	if theirs.At.After(ours.At) {
		ours.At = theirs.At
	}
	return ours.doubt(before)
}

// doubtedRemoval is the entry that one side changed while the other removed it.
func (r row) doubtedRemoval() *Entry {
	e := r.ours
	if e == nil {
		e = r.theirs
	}
	var before *provider.Settings
	switch {
	case e.Outcome != Unknown:
		before = &e.Settings
	case e.Previous == nil || *e.Previous == e.Settings:
		return e // it was merged before
	}
	kept := e.doubt(before)
	return &kept
}

// doubt is the entry as something that may have been overtaken. before is what was
// known of the device, nil for nothing.
func (e Entry) doubt(before *provider.Settings) Entry {
	e.Outcome, e.Previous, e.Declared = Unknown, before, nil
	e.At = e.At.Add(time.Second)
	return e
}

// contested is the one of two entries that stays under an address.
func (m *merger) contested(at string, a, b Entry) Entry {
	if theirs := entryOf(m.theirs, at); m.remote && theirs != nil {
		kept, forgotten := a, b
		if theirs.Device == b.Device {
			kept, forgotten = b, a
		}
		m.conflict(at, "another machine put another thermostat here, so module_id %s is not in the state any more", forgotten.Device.ModuleID)
		return kept
	}
	m.conflict(at, "two thermostats came to stand here; the newer entry is kept, the other forgotten")
	return latest(a, b)
}

// placed is the address of a thermostat that the two sides have at different ones.
func (m *merger) placed(here, there string) string {
	if m.remote {
		return there
	}
	return min(here, there)
}
