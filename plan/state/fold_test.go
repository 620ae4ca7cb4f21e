package state

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/provider"
)

const room = "thermostat.a"

// model is the promise in other words: the last certain truth, and what may
// have happened since.
type model struct {
	certain *provider.Settings // nil: no thermostat, or none of this device
	gone    bool               // the certain truth is that there is no entry
	maybe   []provider.Settings
	pending *provider.Settings
}

func (m *model) step(event string, sent provider.Settings, remove bool) {
	if m.pending != nil && (event == "intent" || event == "unknown" || event == "kill") {
		m.maybe = append(m.maybe, *m.pending)
	}
	switch event {
	case "intent":
		m.pending = &sent
		return
	case "confirmed":
		m.certain, m.gone, m.maybe = m.pending, remove, nil
		if remove {
			m.certain = nil
		}
	}
	m.pending = nil
}

func sequences(events []string, length int) [][]string {
	if length == 0 {
		return [][]string{nil}
	}
	all := [][]string{nil}
	for _, shorter := range sequences(events, length-1) {
		for _, e := range events {
			all = append(all, append([]string{e}, shorter...))
		}
	}
	return all
}

// TestFoldEverySequence runs every order of events up to length four, a kill
// being a fold into the file and a new journal, against the model.
func TestFoldEverySequence(t *testing.T) {
	bases := map[string]*Entry{
		"none": nil, "confirmed": ptr(entry(device1, 100, Confirmed)), "observed": ptr(entry(device1, 100, Observed)),
		"unknown": {Device: device1, Settings: manual(110), Outcome: Unknown, At: noon, Previous: ptr(manual(100))},
		"other":   ptr(entry(device2, 100, Confirmed)),
	}
	for name, base := range bases {
		for _, remove := range []bool{false, true} {
			for _, events := range sequences([]string{"intent", "confirmed", "rejected", "unknown", "kill"}, 4) {
				t.Run(fmt.Sprintf("%s,%v,%s", name, remove, strings.Join(events, "-")), func(t *testing.T) {
					checkSequence(t, base, remove, events)
				})
			}
		}
	}
}

func checkSequence(t *testing.T, base *Entry, remove bool, events []string) {
	s := New("1")
	m := model{gone: base == nil}
	if base != nil {
		s.Thermostats[room] = *base
		if base.Device == device1 {
			m.certain = ptr(manual(100))
		}
		if base.Outcome == Unknown {
			m.maybe = []provider.Settings{base.Settings}
		}
	}
	var records []record
	var id uint64
	kill := func() {
		next, err := fold(s, records)
		if err != nil {
			t.Fatal(err)
		}
		s, records, id = next, nil, 0
	}
	for i, event := range events {
		sent := manual(provider.Celsius(200 + i))
		switch event {
		case "intent":
			id++
			e := entry(device1, sent.Setpoint, Unknown)
			records = append(records, record{Type: intentRecord, ID: id, Address: room, Entry: &e, Remove: remove})
		case "kill":
			kill()
		default:
			if m.pending == nil {
				return // not a history that can be: an answer to nothing
			}
			records = append(records, record{Type: resultRecord, ID: id, Outcome: CallResult(event), At: "2026-11-22T11:00:00Z"})
		}
		m.step(event, sent, remove)
	}
	kill()
	m.step("kill", provider.Settings{}, remove)
	got, ok := s.Thermostats[room]
	if len(m.maybe) > 0 {
		want := m.maybe[len(m.maybe)-1]
		if !ok || got.Outcome != Unknown || got.Settings != want || !sameSettings(got.Previous, m.certain) {
			t.Errorf("got %+v, %v; want unknown %v, previous %v", got, ok, want, m.certain)
		}
		return
	}
	if ok == m.gone {
		t.Fatalf("entry is there: %v, want %v", ok, !m.gone)
	}
	if ok && (got.Outcome == Unknown || got.Previous != nil || m.certain != nil && got.Settings != *m.certain) {
		t.Errorf("got %+v; want %v", got, m.certain)
	}
	if ok && m.certain == nil && !got.Equal(*base) {
		t.Errorf("got %+v; want it as it was", got)
	}
}

func TestFoldRejectedAfterUnknownStaysUnknown(t *testing.T) {
	s := New("1")
	s.Thermostats[room] = entry(device1, 190, Confirmed)
	got, err := fold(s, []record{
		{Type: intentRecord, ID: 1, Address: room, Entry: ptr(entry(device1, 200, Unknown))},
		{Type: resultRecord, ID: 1, Outcome: CallUnknown, At: "2026-11-22T11:00:00Z"},
		{Type: intentRecord, ID: 2, Address: room, Entry: ptr(entry(device1, 210, Unknown))},
		{Type: resultRecord, ID: 2, Outcome: CallRejected, At: "2026-11-22T12:00:00Z"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Entry{Device: device1, Settings: manual(200), Outcome: Unknown, At: noon.Add(time.Hour), Previous: ptr(manual(190))}
	if diff := cmp.Diff(want, got.Thermostats[room]); diff != "" {
		t.Error(diff)
	}
	if got.Serial != 1 || s.Serial != 0 || !s.Thermostats[room].Equal(entry(device1, 190, Confirmed)) {
		t.Error("the serial is not one later, or the base was written")
	}
}

func TestFoldRemoveKeepsOnRemove(t *testing.T) {
	s := New("1")
	before := entry(device1, 190, Confirmed)
	before.OnRemove = ptr(manual(70))
	s.Thermostats[room] = before
	got, err := fold(s, []record{{Type: intentRecord, ID: 1, Address: room, Entry: ptr(entry(device1, 70, Unknown)), Remove: true}})
	if err != nil {
		t.Fatal(err)
	}
	want := Entry{Device: device1, Settings: manual(70), Outcome: Unknown, At: noon, Previous: ptr(manual(190)), OnRemove: ptr(manual(70))}
	if diff := cmp.Diff(want, got.Thermostats[room]); diff != "" {
		t.Error(diff)
	}
}

func TestFoldWithoutEffectIsTheSameState(t *testing.T) {
	s := New("1")
	s.Thermostats[room] = entry(device1, 190, Confirmed)
	got, err := fold(s, []record{
		{Type: intentRecord, ID: 1, Address: room, Entry: ptr(entry(device1, 200, Unknown))},
		{Type: resultRecord, ID: 1, Outcome: CallRejected, At: "2026-11-22T11:00:00Z"},
		{Type: dropRecord, Address: "thermostat.never"},
		{Type: outputsRecord},
	})
	if err != nil || got != s {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFoldRefusesImpossibleHistories(t *testing.T) {
	intent := record{Type: intentRecord, ID: 1, Address: room, Entry: ptr(entry(device1, 200, Unknown))}
	done := record{Type: resultRecord, ID: 1, Outcome: CallConfirmed, At: "2026-11-22T11:00:00Z"}
	for name, records := range map[string][]record{
		"result of nothing": {done},
		"two results":       {intent, done, done},
		"id twice":          {intent, intent},
	} {
		if _, err := fold(New("1"), records); err == nil {
			t.Errorf("%s: folded", name)
		}
	}
}

// A session keeps calls to one address apart; a journal is folded all the same.
func TestFoldConfirmedLeavesLaterCallsOpen(t *testing.T) {
	got, err := fold(New("1"), []record{
		{Type: intentRecord, ID: 1, Address: room, Entry: ptr(entry(device1, 200, Unknown))},
		{Type: intentRecord, ID: 2, Address: room, Entry: ptr(entry(device1, 210, Unknown))},
		{Type: resultRecord, ID: 1, Outcome: CallConfirmed, At: "2026-11-22T11:00:00Z"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Entry{Device: device1, Settings: manual(210), Outcome: Unknown, At: noon, Previous: ptr(manual(200))}
	if diff := cmp.Diff(want, got.Thermostats[room]); diff != "" {
		t.Error(diff)
	}
}
