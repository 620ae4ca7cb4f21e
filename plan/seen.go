package plan

import (
	"time"

	"setpoint/config"
	"setpoint/plan/state"
	"setpoint/provider"
)

// Seen is what was read of a thermostat, or why it could not be read.
type Seen struct {
	// Settings are nil where it could not be read, and Why says why then. Of a
	// boost they have the end, but no length.
	Settings *provider.Settings `json:"settings,omitempty"`
	At       time.Time          `json:"at"` // by this machine's clock, UTC, whole seconds
	Why      string             `json:"why,omitempty"`
	// Clock is what the thermostat's own clock showed, zero where it did not say.
	// It counts where no time zone is declared.
	Clock provider.LocalTime `json:"-"`
}

// Outside is what is made of a status that somebody else has set. "" where
// nobody has, as far as was read.
type Outside string

// What becomes of what was changed outside.
const (
	// OutsidePutBack: what is declared is sent again.
	OutsidePutBack Outside = "put_back"
	// OutsideAdopted: it is taken into the record, without a call.
	OutsideAdopted Outside = "adopted"
	// OutsideAsDeclared: it is what is declared by now, so it is recorded without a call.
	OutsideAsDeclared Outside = "as_declared"
	// OutsideLeft: it is let be.
	OutsideLeft Outside = "left"
	// OutsideWish: it has an end of its own and is let be until then.
	OutsideWish Outside = "wish"
	// OutsideOverridden: something else is to be sent anyway.
	OutsideOverridden Outside = "overridden"
)

// SeenAs tells whether a thermostat that was sent settings can give this reading:
// what the mode uses is equal, ends are less than a minute apart. Of a boost only
// the end can be read, so one that was never sent is seen as nothing.
func SeenAs(sent, read provider.Settings) bool {
	sent, read = sent.Canonical(), read.Canonical()
	if sent.End.IsZero() != read.End.IsZero() || sent.End.Sub(read.End).Abs() >= time.Minute {
		return false
	}
	sent.Start, sent.End, sent.BoostMinutes = read.Start, read.End, read.BoostMinutes
	return sent == read
}

// Readable are the thermostats whose reading a plan can use, in the order of
// their addresses: those that are recorded, declared, chosen, and stay managed.
func Readable(in Input) []provider.Device {
	m := newMaker(in)
	if m.Destroy {
		return nil
	}
	var devices []provider.Device
	for i := range m.Config.Thermostats {
		t := &m.Config.Thermostats[i]
		if entry, known := m.recordOf(t); known && entry.Device == t.Device && m.chosen.has(t.Address) {
			devices = append(devices, t.Device)
		}
	}
	return devices
}

// look is what a reading says about a record.
type look struct {
	seen    *Seen              // nil: nobody has looked
	read    *provider.Settings // nil: nothing could be read
	judged  state.Entry        // the record with what is ignored as it was read
	changed bool               // somebody else has set it, for good or for a time
	wish    bool               // what somebody else has set has an end to come
}

// look compares a reading with the record, on what the recorded mode uses. It is
// no news that a temporary status has run out, whatever came after it, nor that
// nobody knows what a call did that was never answered.
func (m *maker) look(t *config.Thermostat, name string, entry state.Entry) look {
	l := look{judged: entry}
	seen, ok := m.Seen[entry.Device]
	if !ok || entry.Device != t.Device {
		return l
	}
	l.seen = asKept(seen)
	if l.read = l.seen.Settings; l.read == nil {
		return l
	}
	if !m.RefreshOnly {
		l.judged.Settings = asIgnored(entry.Settings, *l.read, t.Ignored)
	}
	recorded := l.judged.Settings
	if SeenAs(recorded, *l.read) {
		return l
	}
	l.wish = !l.read.End.IsZero() && !m.past(l.read.End, t, l.seen) && !SeenAs(t.Settings, *l.read)
	done := !recorded.End.IsZero() && m.past(recorded.End, t, l.seen) || TooLate(t.Until, m.Now) && recorded.Same(t.Settings)
	l.changed = !done && entry.Outcome != state.Unknown && !m.superseded(name, entry)
	return l
}

// asKept is a reading as a plan keeps it.
func asKept(seen Seen) *Seen {
	seen.At = seen.At.UTC().Truncate(time.Second)
	if seen.Settings != nil {
		read := seen.Settings.Canonical()
		seen.Settings = &read
	}
	return &seen
}

// asIgnored is the record with the ignored attributes as they were read. A boost
// keeps the interval that its end is compared by.
func asIgnored(recorded, read provider.Settings, ignored []string) provider.Settings {
	if len(ignored) == 0 {
		return recorded
	}
	kept := Keep(recorded, read, ignored)
	switch {
	case kept.Mode != provider.Boost:
	case recorded.Mode == provider.Boost && !(read.Mode == provider.Boost && kept.BoostMinutes == 0):
		kept.Start, kept.End = recorded.Start, recorded.End
	default:
		kept.End = read.End
	}
	return kept
}

// past tells whether a plant-local time was over when the thermostat was read.
func (m *maker) past(end provider.LocalTime, t *config.Thermostat, seen *Seen) bool {
	at := m.Now
	if seen.At.After(at) {
		at = seen.At
	}
	if t.Zone == nil && !seen.Clock.IsZero() {
		return end.Sub(seen.Clock) <= 0
	}
	zone := t.Zone
	if zone == nil {
		zone = time.UTC
	}
	return over(provider.Settings{End: end}, zone, at)
}
