package state

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/internal/durable"
)

// moved is baseState with its thermostat elsewhere.
func moved(t *testing.T) *State {
	t.Helper()
	next, _, err := baseState().Move(room, "thermostat.b")
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestReplace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 22, 15, 4, 5, 6, time.UTC)))
		before := encoded(t, baseState())
		path := inFolder(t, map[string]string{"": before})
		s := open(t, path)
		first, err := s.Replace(moved(t))
		if err != nil {
			t.Fatal(err)
		}
		want := moved(t)
		want.Serial, want.SetpointVersion = 8, "1.0"
		if diff := cmp.Diff(want, first.State); diff != "" || s.State() != first.State {
			t.Error(diff)
		}
		second, err := s.Replace(baseState()) // in the same second
		if err != nil || second.State.Serial != 9 {
			t.Fatal(err, second)
		}
		if again, err := s.Replace(second.State); err != nil || again.Backup != "" || again.State.Serial != 9 {
			t.Errorf("what is there is replaced by itself: %+v, %v", again, err)
		}
		if final := closed(t, s); final.Serial != 9 {
			t.Errorf("%+v", final)
		}
		last := baseState()
		last.Serial, last.SetpointVersion = 9, "1.0"
		const stamp = ".20261122T150405Z"
		if diff := cmp.Diff(map[string]string{
			"": encoded(t, last), backupSuffix: encoded(t, want), stamp + backupSuffix: before, stamp + "-2" + backupSuffix: encoded(t, want),
		}, listing(t, path)); diff != "" {
			t.Error(diff)
		}
		if first.Backup != path+stamp+".backup" || second.Backup != path+stamp+"-2.backup" {
			t.Errorf("%s, %s", first.Backup, second.Backup)
		}
		if info := must(os.Stat(first.Backup)); info.Mode().Perm() != 0o640 {
			t.Errorf("mode %v", info.Mode())
		}
	})
}

func TestReplaceThenRecord(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	s := open(t, path)
	must(s.Replace(moved(t)))
	if err := s.Drop("thermostat.b"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Replace(baseState())
	wantKind(t, err, KindMisuse)
	_, err = s.Push(baseState(), true)
	wantKind(t, err, KindMisuse)
	if final := closed(t, s); final.Serial != 9 || len(final.Thermostats) != 0 {
		t.Errorf("%+v", final)
	}
	_, err = s.Replace(baseState())
	wantKind(t, err, KindMisuse)
}

func TestReplaceAfterRecovery(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState()), journalSuffix: journalText(t, headerFor(7), someRecords()[:1]...)})
	s := open(t, path)
	next, _, err := s.State().Move(room, "thermostat.b")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Replace(next); err != nil {
		t.Fatal(err)
	}
	if final := closed(t, s); final.Serial != 9 || final.Thermostats["thermostat.b"].Outcome != Unknown {
		t.Errorf("%+v", final)
	}
}

func TestReplaceRefuses(t *testing.T) {
	before := encoded(t, baseState())
	other, invalid := baseState(), baseState()
	other.Lineage = device1.ModuleID
	invalid.Thermostats["hall"] = entry(device1, 100, Confirmed)
	for name, tt := range map[string]struct {
		next      *State
		meanwhile string
		says      string
	}{
		"another lineage": {other, before, "lineage"},
		"invalid":         {invalid, before, "hall"},
		"changed":         {moved(t), encoded(t, other), "--lock=false"},
		"gone":            {moved(t), "", "--lock=false"},
	} {
		path := inFolder(t, map[string]string{"": before})
		s := open(t, path)
		want := map[string]string{infoSuffix: listing(t, path)[infoSuffix]}
		if tt.meanwhile == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		} else {
			want[""] = tt.meanwhile
			if err := os.WriteFile(path, []byte(tt.meanwhile), 0o640); err != nil {
				t.Fatal(err)
			}
		}
		done, err := s.Replace(tt.next)
		if err == nil || done != nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, listing(t, path)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		closed(t, s)
	}
}

func TestPush(t *testing.T) {
	serial := func(n uint64, s *State) *State {
		s.Serial = n
		return s
	}
	other := func() *State {
		s := moved(t)
		s.Lineage = device1.ModuleID
		return s
	}
	for name, tt := range map[string]struct {
		pushed *State
		says   string // why it is refused, "" if not
		serial uint64 // after, with force where it is refused
	}{
		"pulled and unchanged": {baseState(), "", 7},
		"later":                {serial(8, moved(t)), "", 8},
		"much later":           {serial(20, moved(t)), "", 20},
		"only the serial":      {serial(9, baseState()), "", 9},
		"older":                {serial(6, moved(t)), "already 7", 8},
		"older, same content":  {serial(6, baseState()), "already 7", 7},
		"same serial":          {serial(7, moved(t)), `raise its "serial" to 8`, 8},
		"another":              {serial(7, other()), "different houses", 8},
		"another, later":       {serial(70, other()), "different houses", 70},
		"another, older":       {serial(1, other()), "different houses", 8},
	} {
		t.Run(name, func(t *testing.T) {
			before := encoded(t, baseState())
			path := inFolder(t, map[string]string{"": before})
			s := open(t, path)
			done, err := s.Push(tt.pushed, false)
			if tt.says != "" {
				if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "--force") || done != nil {
					t.Fatalf("not refused: %v", err)
				}
				done, err = s.Push(tt.pushed, true)
			}
			if err != nil || done.State.Serial != tt.serial || done.State.Lineage != tt.pushed.Lineage || !sameContent(done.State, tt.pushed) {
				t.Fatalf("%+v, %v", done, err)
			}
			closed(t, s)
			files := listing(t, path)
			if tt.serial == 7 {
				if len(files) != 1 || files[""] != before || done.Backup != "" {
					t.Errorf("written for nothing: %v", files)
				}
				return
			}
			if files[backupSuffix] != before || string(must(os.ReadFile(done.Backup))) != before || files[""] != encoded(t, done.State) {
				t.Errorf("%v", files)
			}
		})
	}
}

func TestPushTheFirst(t *testing.T) {
	path := inFolder(t, nil)
	s := open(t, path)
	done, err := s.Push(baseState(), false)
	if err != nil || done.Backup != "" {
		t.Fatal(done, err)
	}
	next, _, err := done.State.Move(room, "thermostat.b")
	if err != nil {
		t.Fatal(err)
	}
	if again := must(s.Replace(next)); again.State.Serial != 8 || again.Backup == "" {
		t.Errorf("%+v", again)
	}
	if final := closed(t, s); final.Serial != 8 || final.Lineage != lineage || !slices.Equal(must(final.Select()), []string{"thermostat.b"}) {
		t.Errorf("%+v", final)
	}
}

func TestPull(t *testing.T) {
	files := map[string]string{"": encoded(t, baseState()), journalSuffix: journalText(t, headerFor(7), someRecords()[:1]...)}
	path := inFolder(t, files)
	store := NewStore(durable.OS(), path, "1.0")
	pulled := must(Decode("pulled", must(must(store.Read()).Pull(path))))
	if pulled.Thermostats[room].Outcome != Unknown || pulled.Serial != 8 {
		t.Errorf("%+v", pulled)
	}
	if diff := cmp.Diff(files, listing(t, path)); diff != "" {
		t.Errorf("written: %s", diff)
	}
	s := open(t, path) // which folds the journal in
	if done, err := s.Push(pulled, false); err != nil || done.Backup != "" {
		t.Errorf("%+v, %v", done, err)
	}
	closed(t, s)
	_, err := must(NewStore(durable.OS(), inFolder(t, nil), "1.0").Read()).Pull(path)
	wantKind(t, err, KindAbsent)
	_, err = NewStore(durable.OS(), inFolder(t, nil), "1.0").Open(context.Background(), OpenOptions{Lock: true})
	wantKind(t, err, KindAbsent)
}
