package state

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"setpoint/provider"
)

// fold is the state after the records, or base itself if they change nothing.
// It is pure: the same input gives the same State, and base is never written.
//
// What a thermostat has follows from the last thing that is certain (settled)
// and the calls since that may have landed, oldest first:
//
//	none since              as settled
//	any since               unknown, the settings of the latest of them;
//	                        previous is what was settled of the same device
//
// A call without a result may have landed; one that was rejected did not; one
// that was confirmed is certain, and settles all calls before it.
func fold(base *State, records []record) (*State, error) {
	f := newFolder(base)
	for _, r := range records {
		if err := f.apply(r); err != nil {
			return nil, err
		}
	}
	return f.state(), nil
}

// folder folds record by record, each in a time that does not depend on the
// size of the state.
type folder struct {
	base    *State
	slots   map[string]*slot    // of the addresses that a record names
	calls   map[uint64]*attempt // those whose result can still come or change
	outputs map[string]Output   // nil: those of base
	lastID  uint64
	results int
}

// slot is what is known of one address.
type slot struct {
	settled *Entry     // nil: no thermostat
	open    []*attempt // since then, may have landed; oldest first
	called  bool       // a record tells of a call to the address
}

type attempt struct {
	address  string
	entry    Entry
	remove   bool
	answered bool // has a result, which was unknown
}

func newFolder(base *State) *folder {
	return &folder{base: base, slots: map[string]*slot{}, calls: map[uint64]*attempt{}}
}

// apply takes one record. The error says why it cannot follow those before it;
// then nothing has changed.
func (f *folder) apply(r record) error {
	switch r.Type {
	case intentRecord:
		if r.ID <= f.lastID {
			return fmt.Errorf("call %d is recorded after call %d", r.ID, f.lastID)
		}
		f.lastID = r.ID
		a := &attempt{address: r.Address, entry: *r.Entry, remove: r.Remove}
		f.calls[r.ID] = a
		s := f.slot(r.Address)
		s.open, s.called = append(s.open, a), true
	case resultRecord:
		a, ok := f.calls[r.ID]
		if !ok {
			return fmt.Errorf("call %d has a result, but no such call is open", r.ID)
		}
		if r.Outcome != CallUnknown { // which may still be answered after all
			delete(f.calls, r.ID)
		}
		f.slot(a.address).answer(a, r.Outcome, r.at())
		f.results++
	case putRecord:
		e := *r.Entry
		s := f.slot(r.Address)
		s.settled, s.open = &e, nil
	case dropRecord:
		s := f.slot(r.Address)
		s.settled, s.open = nil, nil
	case renameRecord:
		return f.rename(r.Address, r.To)
	case outputsRecord:
		f.outputs = r.Outputs
		if f.outputs == nil {
			f.outputs = map[string]Output{}
		}
	case toldRecord:
	}
	return nil
}

// rename puts what is recorded of one address under another one. It comes
// before the calls to either, whose answers would not find their way else.
// What is not there is renamed already.
func (f *folder) rename(from, to string) error {
	source, target := f.slot(from), f.slot(to)
	switch {
	case source.called || target.called:
		return fmt.Errorf("%s is renamed to %s after a call", from, to)
	case source != target && source.settled != nil:
		target.settled, source.settled = source.settled, nil
	}
	return nil
}

func (f *folder) slot(address string) *slot {
	s, ok := f.slots[address]
	if !ok {
		s = &slot{}
		if e, ok := f.base.Thermostats[address]; ok {
			s.settled = &e
		}
		f.slots[address] = s
	}
	return s
}

func (s *slot) answer(a *attempt, outcome CallResult, at time.Time) {
	i := slices.Index(s.open, a)
	switch outcome {
	case CallUnknown:
		a.answered, a.entry.At = true, at
	case CallRejected:
		if i >= 0 {
			s.open = slices.Delete(s.open, i, i+1)
		}
	case CallConfirmed:
		s.open = s.open[i+1:] // all of them stay where a later call is already settled
		s.settled = nil
		if !a.remove {
			e := a.entry
			e.Outcome, e.At, e.Previous = Confirmed, at, nil
			s.settled = &e
		}
	}
}

// entry is what the record says of the address; false for nothing.
func (s *slot) entry() (Entry, bool) {
	if len(s.open) == 0 {
		if s.settled == nil {
			return Entry{}, false
		}
		return *s.settled, true
	}
	last := s.open[len(s.open)-1]
	e := last.entry
	e.Outcome, e.Previous = Unknown, nil
	if s.settled == nil {
		return e, true
	}
	if last.remove && e.OnRemove == nil {
		e.OnRemove = s.settled.OnRemove // until the thermostat is gone it is still wanted
	}
	if s.settled.Device == e.Device {
		e.Previous = s.settled.confirmed()
	}
	return e, true
}

// confirmed is the last settings known to have been there, nil for none.
func (e *Entry) confirmed() *provider.Settings {
	if e.Outcome == Unknown {
		return e.Previous
	}
	return &e.Settings
}

// current is what the record says of the address now; false for nothing.
func (f *folder) current(address string) (Entry, bool) {
	if s, ok := f.slots[address]; ok {
		return s.entry()
	}
	e, ok := f.base.Thermostats[address]
	return e, ok
}

func (f *folder) currentOutputs() map[string]Output {
	if f.outputs != nil {
		return f.outputs
	}
	return f.base.Outputs
}

// calling tells whether a call to the address has no result yet.
func (f *folder) calling(address string) bool {
	s, ok := f.slots[address]
	return ok && slices.ContainsFunc(s.open, func(a *attempt) bool { return !a.answered })
}

// inFlight lists the addresses with a call without result, sorted bytewise.
func (f *folder) inFlight() []string {
	var found []string
	for address := range f.slots {
		if f.calling(address) {
			found = append(found, address)
		}
	}
	slices.Sort(found)
	return found
}

// state is base with all that was applied, one serial later; base itself if
// nothing differs.
func (f *folder) state() *State {
	next := *f.base
	next.Thermostats = maps.Clone(f.base.Thermostats)
	changed := false
	for address, s := range f.slots {
		e, ok := s.entry()
		old, had := f.base.Thermostats[address]
		if ok == had && e.Equal(old) {
			continue
		}
		changed = true
		if ok {
			next.Thermostats[address] = e
		} else {
			delete(next.Thermostats, address)
		}
	}
	if f.outputs != nil && !sameOutputs(f.outputs, f.base.Outputs) {
		changed, next.Outputs = true, f.outputs
	}
	if !changed {
		return f.base
	}
	next.Serial++
	return &next
}

func sameOutputs(a, b map[string]Output) bool {
	return maps.EqualFunc(a, b, Output.Equal)
}
