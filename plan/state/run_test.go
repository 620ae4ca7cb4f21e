package state

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"setpoint/internal/durable/faultfs"
	"setpoint/provider"
)

// applied is a whole run as the fault tests do it, and what was told of it.
type applied struct {
	path  string
	fsys  *faultfs.FS
	left  *State // before the run, with what the run before it left in its journal
	errs  []error
	saved *State // by Close
	again []byte // Unrecorded

	mu     sync.Mutex
	events map[string][]event // by address
}

// event is one record that was tried, and whether it was told to be on disk.
type event struct {
	record record
	acked  bool
}

// beginRun lays out a state and the journal of a run that was killed.
func beginRun(t testing.TB) *applied {
	t.Helper()
	base, records := baseState(), someRecords()
	base.Thermostats["thermostat.b"] = entry(device2, 150, Observed)
	base.Thermostats["thermostat.c"] = entry(house(5).Thermostats["thermostat.room[4]"].Device, 150, Confirmed)
	records = append(records, record{Type: intentRecord, ID: 2, Address: "thermostat.c", Entry: ptr(base.Thermostats["thermostat.c"])})
	path := inFolder(t, map[string]string{"": encoded(t, base), journalSuffix: journalText(t, headerFor(7), records...) + "01234567 [{"})
	return &applied{path: path, fsys: faultfs.New(t, filepath.Dir(path)), left: must(fold(base, records)), events: map[string][]event{}}
}

// run opens the state, records calls to five thermostats at once, and closes it.
func (a *applied) run() {
	s, err := NewStore(a.fsys, a.path, "1.0").Open(context.Background(), OpenOptions{Operation: "apply", Lock: true})
	if err != nil {
		a.errs = append(a.errs, err)
		return
	}
	var wg sync.WaitGroup
	for i, address := range []string{room, "thermostat.b", "thermostat.c", "thermostat.d", "thermostat.e"} {
		device := provider.Device{PlantID: plant, ModuleID: fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", i)}
		wg.Go(func() { a.work(s, address, device) })
	}
	wg.Wait()
	outputs := map[string]Output{"o": {Value: []byte(`1`), Type: []byte(`"number"`)}}
	a.note("", record{Type: outputsRecord, Outputs: outputs}, s.SetOutputs(outputs))
	a.saved, err = s.Close()
	a.errs = append(a.errs, err)
	a.again = must(s.Unrecorded())
}

// work makes four calls to a thermostat, one with each result and one that is
// answered late, and stops at the first record that fails.
func (a *applied) work(s *Session, address string, device provider.Device) {
	if address == "thermostat.e" {
		a.note(address, record{Type: putRecord, Address: address, Entry: ptr(entry(device, 170, Observed))}, s.Put(address, entry(device, 170, Observed)))
		a.note(address, record{Type: dropRecord, Address: address}, s.Drop(address))
		return
	}
	for i, results := range [][]CallResult{{CallConfirmed}, {CallRejected}, {CallUnknown, CallConfirmed}, {CallUnknown}} {
		e := entry(device, provider.Celsius(200+i), Unknown)
		id, err := s.Intent(address, e, false)
		local := uint64(i + 1)
		if a.note(address, record{Type: intentRecord, ID: local, Address: address, Entry: &e}, err); err != nil {
			return
		}
		for _, result := range results {
			at := noon.Add(time.Duration(i+1) * time.Minute)
			err := s.Result(id, result, 200, at)
			r := record{Type: resultRecord, ID: local, Outcome: result, At: at.Format(time.RFC3339)}
			if a.note(address, r, err); err != nil {
				return
			}
		}
	}
}

func (a *applied) note(address string, r record, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events[address] = append(a.events[address], event{r, err == nil})
	if err != nil {
		a.errs = append(a.errs, err)
	}
}

// known is the state as the run knows it at its end: every answer is in it, and
// no call that was not made.
func (a *applied) known() *State {
	s := a.left
	for _, events := range a.events {
		var records []record
		for _, e := range events {
			if e.acked || e.record.Type != intentRecord {
				records = append(records, e.record)
			}
		}
		s = must(fold(s, records))
	}
	return s
}

// check holds a state that was found afterwards against what the run was told:
// all that was acknowledged is in it, and of the rest, in order, some.
func (a *applied) check(t *testing.T, got *State) {
	t.Helper()
	if a.saved != nil {
		if !maps.EqualFunc(got.Thermostats, a.saved.Thermostats, Entry.Equal) || !sameOutputs(got.Outputs, a.saved.Outputs) {
			t.Errorf("the state was saved, but is another:\n%+v\nsaved:\n%+v", got, a.saved)
		}
		return
	}
	for address := range a.left.Thermostats {
		if _, ok := a.events[address]; !ok {
			a.events[address] = nil
		}
	}
	for address, events := range a.events {
		var records []record
		acked := 0
		for i, e := range events {
			records = append(records, e.record)
			if e.acked {
				acked = i + 1
			}
		}
		ok := false
		for n := acked; n <= len(records); n++ {
			ok = ok || sameAt(address, got, must(fold(a.left, records[:n])))
		}
		if !ok {
			t.Errorf("%q is %+v; acknowledged: %d of %+v", address, got.Thermostats[address], acked, events)
		}
	}
	for address := range got.Thermostats {
		if _, ok := a.events[address]; !ok {
			t.Errorf("%s is in the state, but was never there", address)
		}
	}
}

// sameAt compares the entries under an address; "" is the outputs.
func sameAt(address string, a, b *State) bool {
	if address == "" {
		return sameOutputs(a.Outputs, b.Outputs)
	}
	e, ok := a.Thermostats[address]
	f, also := b.Thermostats[address]
	return ok == also && e.Equal(f)
}

// reopened opens what is left at a path with a working disk: nothing may stop
// the next run, and when it has ended no journal and no holder are left.
func (a *applied) reopened(t *testing.T, path string) *State {
	t.Helper()
	store := NewStore(faultfs.New(t, filepath.Dir(path)), path, "1.0") // it has no faults, and spares the real disk
	read := must(store.Read())
	s, err := store.Open(context.Background(), OpenOptions{Operation: "apply", Lock: true})
	if err != nil {
		t.Fatalf("the next run is refused: %v", err)
	}
	if !maps.EqualFunc(read.State.Thermostats, s.State().Thermostats, Entry.Equal) {
		t.Errorf("a reader saw %+v, a writer %+v", read.State.Thermostats, s.State().Thermostats)
	}
	final := closed(t, s)
	for suffix := range listing(t, path) {
		if suffix != "" && suffix != backupSuffix {
			t.Errorf("%q is left over", suffix)
		}
	}
	return final
}

// wantWayOut checks that an error names a file of the state and what to do.
func (a *applied) wantWayOut(t *testing.T, err error) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || !strings.HasPrefix(e.Path, a.path) || e.Remedy == "" || !strings.Contains(err.Error(), e.Path) {
		t.Errorf("no file or no way out in: %v", err)
	}
}

func (a *applied) temporary(t *testing.T) []string {
	t.Helper()
	return must(filepath.Glob(filepath.Join(filepath.Dir(a.path), ".*.tmp")))
}

// failures is the errors of the run, Close's nil left out.
func (a *applied) failures() []error {
	return slices.DeleteFunc(slices.Clone(a.errs), func(err error) bool { return err == nil })
}

// stateFile is the state file alone, which must be whole.
func (a *applied) stateFile(t *testing.T) *State {
	t.Helper()
	s, err := Decode(a.path, must(os.ReadFile(a.path)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
