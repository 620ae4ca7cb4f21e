package state

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/internal/durable"
)

const corridor = "thermostat.corridor"

func renameOf(from, to string) record { return record{Type: renameRecord, Address: from, To: to} }

// TestFoldRename: what is known goes along, and a call under the new address
// knows what was there before.
func TestFoldRename(t *testing.T) {
	doubted := Entry{Device: device1, Settings: manual(110), Outcome: Unknown, At: noon, Previous: ptr(manual(100)), OnRemove: ptr(manual(70))}
	sent := entry(device1, 200, Unknown)
	for name, test := range map[string]struct {
		records []record
		want    map[string]Entry
	}{
		"alone":           {[]record{renameOf(room, corridor)}, map[string]Entry{corridor: doubted}},
		"twice over":      {[]record{renameOf(room, corridor), renameOf(room, corridor)}, map[string]Entry{corridor: doubted}},
		"there and back":  {[]record{renameOf(room, corridor), renameOf(corridor, room)}, map[string]Entry{room: doubted}},
		"to itself":       {[]record{renameOf(room, room)}, map[string]Entry{room: doubted}},
		"of nothing":      {[]record{renameOf("thermostat.never", corridor)}, map[string]Entry{room: doubted}},
		"then forgotten":  {[]record{renameOf(room, corridor), {Type: dropRecord, Address: corridor}}, map[string]Entry{}},
		"then in flight":  {[]record{renameOf(room, corridor), {Type: intentRecord, ID: 1, Address: corridor, Entry: &sent}}, map[string]Entry{corridor: {Device: device1, Settings: manual(200), Outcome: Unknown, At: noon, Previous: ptr(manual(100))}}},
		"then refused":    {[]record{renameOf(room, corridor), {Type: intentRecord, ID: 1, Address: corridor, Entry: &sent}, {Type: resultRecord, ID: 1, Outcome: CallRejected, At: "2026-11-22T11:00:00Z"}}, map[string]Entry{corridor: doubted}},
		"over what is in": {[]record{{Type: putRecord, Address: corridor, Entry: ptr(entry(device2, 150, Observed))}, renameOf(room, corridor)}, map[string]Entry{corridor: doubted}},
	} {
		t.Run(name, func(t *testing.T) {
			s := New("1")
			s.Thermostats[room] = doubted
			got, err := fold(s, test.records)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.Thermostats); diff != "" {
				t.Error(diff)
			}
			again, err := fold(got, test.records)
			if err != nil {
				t.Fatal(err)
			}
			if _, tied := test.want[room]; again != got && !tied && name != "over what is in" && name != "then in flight" {
				t.Errorf("folded once more it is another state: %+v", again)
			}
		})
	}
}

// TestFoldRefusesARenameAfterACall: its answer would not find the entry.
func TestFoldRefusesARenameAfterACall(t *testing.T) {
	intent := record{Type: intentRecord, ID: 1, Address: room, Entry: ptr(entry(device1, 200, Unknown))}
	for name, r := range map[string]record{"from": renameOf(room, corridor), "to": renameOf(corridor, room)} {
		if _, err := fold(New("1"), []record{intent, r}); err == nil {
			t.Errorf("%s what was called: folded", name)
		}
	}
}

// TestRename: on disk when it returns, whatever happens to the process then.
func TestRename(t *testing.T) {
	store := NewStore(durable.OS(), filepath.Join(t.TempDir(), "state.json"), "1.0")
	open := func() *Session {
		t.Helper()
		s, err := store.Open(context.Background(), OpenOptions{Operation: "test", Create: true})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	check := func(when string, want map[string]Entry) {
		t.Helper()
		snapshot, err := store.Read()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, snapshot.State.Thermostats); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
	}
	hall, bath := entry(device1, 190, Confirmed), entry(device2, 210, Observed)
	s := open()
	for name, e := range map[string]Entry{room: hall, "thermostat.bath": bath} {
		if err := s.Put(name, e); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open()
	if err := s.Rename(room, corridor); err != nil {
		t.Fatal(err)
	}
	check("before the end", map[string]Entry{corridor: hall, "thermostat.bath": bath})
	for name, err := range map[string]error{
		"taken": s.Rename("thermostat.bath", corridor), "no address": s.Rename(corridor, "corridor"), "not canonical": s.Rename("thermostat.x[01]", corridor),
	} {
		var misuse *Error
		if !errors.As(err, &misuse) || misuse.Kind != KindMisuse {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Rename(room, corridor); err != nil {
		t.Errorf("done already: %v", err)
	}
	id, err := s.Intent(corridor, entry(device1, 200, Unknown), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Rename(corridor, room); err == nil {
		t.Error("renamed while a call is made")
	}
	if err := s.Result(id, CallConfirmed, 200, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := entry(device1, 200, Confirmed)
	want.At = noon.Add(time.Hour)
	check("after the end", map[string]Entry{corridor: want, "thermostat.bath": bath})
	s = open()
	if err := s.Rename("thermostat.never", "thermostat.ever"); err != nil {
		t.Error(err)
	}
	if after, err := s.Close(); err != nil || after.Serial != 2 {
		t.Errorf("renaming nothing changed something: %+v, %v", after, err)
	}
	if err := s.Rename(corridor, room); err == nil {
		t.Error("renamed after the end")
	}
}
