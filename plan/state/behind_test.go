package state

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/internal/durable"
	"setpoint/internal/durable/faultfs"
)

// TestNewerStateFromElsewhere: a run was killed, and before the next one
// somebody puts a newer state in the place of the one that the journal continues.
func TestNewerStateFromElsewhere(t *testing.T) {
	older, pulled := encoded(t, baseState()), baseState()
	pulled.Serial = 12
	pulled.Thermostats["thermostat.b"] = entry(device2, 180, Observed)
	newer, journal := encoded(t, pulled), journalText(t, headerFor(7), someRecords()[:2]...)
	for name, tt := range map[string]struct {
		journal string
		refused bool
	}{
		"a result it lacks":       {journal, true},
		"a call it lacks":         {journalText(t, headerFor(7), someRecords()[:1]...), true},
		"a thermostat too many":   {journalText(t, headerFor(7), someRecords()[2]), true},
		"nothing that it lacks":   {journalText(t, headerFor(7), record{Type: putRecord, Address: room, Entry: ptr(entry(device1, 190, Confirmed))}), false},
		"nothing was recorded":    {journalText(t, headerFor(7)), false},
		"the header is not whole": {journalText(t, headerFor(7))[:20], false},
	} {
		t.Run(name, func(t *testing.T) {
			before := map[string]string{"": newer, journalSuffix: tt.journal}
			path := inFolder(t, before)
			store := NewStore(durable.OS(), path, "1.0")
			_, err := store.Read()
			s, openErr := store.Open(context.Background(), OpenOptions{Lock: true})
			if !tt.refused {
				if err != nil || openErr != nil {
					t.Fatal(err, openErr)
				}
				closed(t, s)
				if diff := cmp.Diff(map[string]string{"": newer}, listing(t, path)); diff != "" {
					t.Error(diff)
				}
				return
			}
			wantKind(t, openErr, KindJournalBehind)
			if e := wantKind(t, err, KindJournalBehind); !strings.Contains(e.Error(), "serial 7") || !strings.Contains(e.Remedy, "mv ") {
				t.Errorf("no way out in %v", e)
			}
			if diff := cmp.Diff(before, listing(t, path)); diff != "" {
				t.Errorf("refusing wrote: %s", diff)
			}
			// The way out that the message names.
			if err := os.WriteFile(path, []byte(older), 0o640); err != nil {
				t.Fatal(err)
			}
			closed(t, open(t, path))
		})
	}
}

// TestReaderDuringTheEndOfARun: between reading the journal and the state, the
// run records more, and folds it all.
func TestReaderDuringTheEndOfARun(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	s := open(t, path)
	id := must(s.Intent(room, entry(device1, 200, ""), false))
	fsys := faultfs.New(t, filepath.Dir(path))
	var once sync.Once
	fsys.Before = func(kind faultfs.Kind, name string) {
		if kind != faultfs.Read || name != path {
			return
		}
		once.Do(func() {
			if err := s.Result(id, CallConfirmed, 200, noon); err != nil {
				t.Error(err)
			}
			closed(t, s)
		})
	}
	seen, err := NewStore(fsys, path, "1").Read()
	if err != nil {
		t.Fatal(err)
	}
	if !seen.State.Thermostats[room].Equal(entry(device1, 200, Confirmed)) || len(seen.InFlight) > 0 {
		t.Errorf("%+v", seen)
	}
}

// TestFoldedJournalThatStays: what cannot be removed is said, and does no harm.
func TestFoldedJournalThatStays(t *testing.T) {
	next := must(fold(baseState(), someRecords()))
	files := map[string]string{"": encoded(t, next), journalSuffix: journalText(t, headerFor(7), someRecords()...)}
	for _, kind := range []faultfs.Kind{faultfs.Remove, faultfs.SyncDir} {
		path := inFolder(t, files)
		fsys := faultfs.New(t, filepath.Dir(path))
		fsys.Faults = []faultfs.Fault{{At: 1, Kind: kind, Err: syscall.EACCES}}
		_, err := NewStore(fsys, path, "1.0").Open(context.Background(), OpenOptions{})
		if e := wantKind(t, err, KindFile); e.Remedy == "" || !strings.HasPrefix(e.Path, path) {
			t.Errorf("%v", e)
		}
		if diff := cmp.Diff(files, listing(t, path)); diff != "" {
			t.Error(diff)
		}
		closed(t, open(t, path))
		if diff := cmp.Diff(map[string]string{"": files[""]}, listing(t, path)); diff != "" {
			t.Error(diff)
		}
	}
}
