package state

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/internal/durable"
)

func TestMisuse(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	s := open(t, path)
	id := must(s.Intent(room, entry(device1, 200, ""), false))
	_, again := s.Intent(room, entry(device1, 200, ""), false)
	_, invalid := s.Intent("thermostat.b", entry(device1, 2000, ""), false)
	for name, err := range map[string]error{
		"second call": again, "invalid": invalid, "put": s.Put(room, entry(device1, 210, Observed)), "drop": s.Drop(room),
		"address": s.Drop("x"), "result of nothing": s.Result(99, CallConfirmed, 200, noon), "no time": s.Result(id, CallConfirmed, 200, time.Time{}),
		"outcome": s.Result(id, "x", 200, noon),
	} {
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != KindMisuse {
			t.Errorf("%s: %v", name, err)
		}
	}
	closed(t, s)
	_, err := s.Intent("thermostat.b", entry(device2, 200, ""), false)
	wantKind(t, err, KindMisuse)
	_, err = s.Close()
	wantKind(t, err, KindMisuse)
}

func TestStateReplacedDuringTheRun(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	s := open(t, path)
	id := must(s.Intent(room, entry(device1, 200, ""), false))
	pulled := baseState()
	pulled.Serial = 12
	pulled.Thermostats["thermostat.b"] = entry(device2, 180, Observed)
	if err := errors.Join(s.Result(id, CallConfirmed, 200, noon), os.WriteFile(path, []byte(encoded(t, pulled)), 0o644)); err != nil {
		t.Fatal(err)
	}
	final := closed(t, s)
	pulled.Thermostats[room] = entry(device1, 200, Confirmed)
	if diff := cmp.Diff(pulled.Thermostats, final.Thermostats); diff != "" || final.Serial != 13 {
		t.Error(diff, final.Serial)
	}
}

func TestChangedBeforeTheFirstRecord(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	s := open(t, path)
	if err := os.WriteFile(path, []byte(encoded(t, New("2"))), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := s.Intent(room, entry(device1, 200, ""), false)
	wantKind(t, err, KindChanged)
	closed(t, s)
}

func TestSecondJournalIsRefused(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	a, b := open(t, path), must(NewStore(durable.OS(), path, "1").Open(context.Background(), OpenOptions{}))
	must(a.Intent(room, entry(device1, 200, ""), false))
	wantKind(t, b.Drop(room), KindChanged)
	closed(t, b)
	if final := closed(t, a); final.Thermostats[room].Outcome != Unknown {
		t.Errorf("%+v", final)
	}
}

func TestJournalFailureStillSavesWhatIsKnown(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	s := open(t, path)
	id := must(s.Intent(room, entry(device1, 200, ""), false))
	s.journal.file = &slowFile{failure: errors.New("disk full")}
	wantKind(t, s.Result(id, CallConfirmed, 200, noon), KindJournalFailed)
	_, err := s.Intent("thermostat.b", entry(device2, 200, ""), false)
	wantKind(t, err, KindJournalFailed)
	want := map[string]Entry{room: entry(device1, 200, Confirmed)}
	if diff := cmp.Diff(want, closed(t, s).Thermostats); diff != "" {
		t.Error(diff)
	}
}

func TestUnsavedRunStaysInTheJournal(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	s := open(t, path)
	id := must(s.Intent(room, entry(device1, 200, ""), false))
	// A folder in the place of the backup keeps Close from making one.
	if err := errors.Join(s.Result(id, CallConfirmed, 200, noon), os.Mkdir(path+backupSuffix, 0o755)); err != nil {
		t.Fatal(err)
	}
	if final, err := s.Close(); err == nil || final != nil || !strings.Contains(err.Error(), journalSuffix) {
		t.Fatalf("%+v, %v", final, err)
	}
	if err := os.Remove(path + backupSuffix); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	if !s.State().Thermostats[room].Equal(entry(device1, 200, Confirmed)) {
		t.Errorf("%+v", s.State())
	}
	closed(t, s)
}

func TestConcurrentRecords(t *testing.T) {
	path := inFolder(t, nil)
	s := open(t, path)
	want := house(40).Thermostats
	var wg sync.WaitGroup
	for address, e := range want {
		wg.Go(func() {
			id, err := s.Intent(address, e, false)
			if err == nil {
				err = s.Result(id, CallConfirmed, 200, e.At)
			}
			if _, read := NewStore(durable.OS(), path, "1").Read(); err != nil || read != nil {
				t.Error(err, read)
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff(want, closed(t, s).Thermostats); diff != "" {
		t.Error(diff)
	}
}

// TestMayCall: before the first record, and as long as the session is open.
func TestMayCall(t *testing.T) {
	s := open(t, inFolder(t, map[string]string{"": encoded(t, baseState())}))
	if err := s.MayCall(); err != nil {
		t.Error(err)
	}
	results(t, s, 1, 1)
	if err := s.MayCall(); err != nil {
		t.Error(err)
	}
	closed(t, s)
	wantKind(t, s.MayCall(), KindMisuse)
}
