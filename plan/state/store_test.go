package state

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/internal/durable"
)

// baseState is serial 7 with one thermostat at 19 °C.
func baseState() *State {
	s := New("0.9")
	s.Lineage, s.Serial = lineage, 7
	s.Thermostats[room] = entry(device1, 190, Confirmed)
	return s
}

func encoded(t testing.TB, s *State) string {
	t.Helper()
	data, err := Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// inFolder writes the files, by suffix of the state's name, and gives its path.
func inFolder(t testing.TB, content map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "setpoint.state.json")
	for suffix, text := range content {
		if err := os.WriteFile(path+suffix, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// listing is every file beside the state, by suffix, without the lock itself.
func listing(t testing.TB, path string) map[string]string {
	t.Helper()
	found := map[string]string{}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if suffix := strings.TrimPrefix(f, path); suffix != lockSuffix {
			found[suffix] = string(data)
		}
	}
	return found
}

func open(t testing.TB, path string) *Session {
	t.Helper()
	s, err := NewStore(durable.OS(), path, "1.0").Open(context.Background(), OpenOptions{Operation: "apply", Lock: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closed(t testing.TB, s *Session) *State {
	t.Helper()
	final, err := s.Close()
	if err != nil {
		t.Fatal(err)
	}
	return final
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestRunIsRecorded(t *testing.T) {
	before := encoded(t, baseState())
	path := inFolder(t, map[string]string{"": before})
	s := open(t, path)
	id := must(s.Intent(room, entry(device1, 200, ""), false))
	during := must(NewStore(durable.OS(), path, "1.0").Read())
	if diff := cmp.Diff([]string{room}, during.InFlight); diff != "" || during.State.Thermostats[room].Outcome != Unknown {
		t.Errorf("a reader sees %+v", during)
	}
	later := noon.Add(90*time.Second + time.Millisecond)
	fill := []error{
		s.Result(id, CallConfirmed, 200, later),
		s.Put("thermostat.b", entry(device2, 180, Observed)),
		s.SetOutputs(map[string]Output{"o": {Value: json.RawMessage(` [1] `), Type: json.RawMessage(`"x"`)}}),
	}
	if err := errors.Join(fill...); err != nil {
		t.Fatal(err)
	}
	read := must(NewStore(durable.OS(), path, "1.0").Read()).State
	final := closed(t, s)
	want := baseState()
	want.SetpointVersion, want.Serial = "1.0", 8
	want.Thermostats[room] = Entry{Device: device1, Settings: manual(200), Outcome: Confirmed, At: noon.Add(90 * time.Second)}
	want.Thermostats["thermostat.b"] = entry(device2, 180, Observed)
	want.Outputs["o"] = Output{Value: json.RawMessage(`[1]`), Type: json.RawMessage(`"x"`)}
	if diff := cmp.Diff(want, final); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want.Thermostats, read.Thermostats); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"": encoded(t, want), backupSuffix: before}, listing(t, path)); diff != "" {
		t.Error(diff)
	}
	for _, suffix := range []string{"", backupSuffix} {
		if info := must(os.Stat(path + suffix)); info.Mode().Perm() != 0o640 {
			t.Errorf("mode of %q is %v", suffix, info.Mode())
		}
	}
}

func TestNothingToDoLeavesEverything(t *testing.T) {
	before := strings.ReplaceAll(encoded(t, baseState()), "  ", "    ") // not even made canonical
	path := inFolder(t, map[string]string{"": before})
	s := open(t, path)
	e := entry(device1, 190, Confirmed)
	e.At = e.At.Add(time.Millisecond)
	if err := errors.Join(s.Put(room, e), s.Drop("thermostat.x"), s.SetOutputs(nil)); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	if diff := cmp.Diff(map[string]string{"": before}, listing(t, path)); diff != "" {
		t.Error(diff)
	}
}

func TestAllRejectedLeavesTheState(t *testing.T) {
	before := encoded(t, baseState())
	path := inFolder(t, map[string]string{"": before})
	s := open(t, path)
	id := must(s.Intent(room, entry(device1, 200, ""), false))
	if err := s.Result(id, CallRejected, 400, noon); err != nil {
		t.Fatal(err)
	}
	if final := closed(t, s); final.Serial != 7 {
		t.Errorf("serial is %d", final.Serial)
	}
	if diff := cmp.Diff(map[string]string{"": before}, listing(t, path)); diff != "" {
		t.Error(diff)
	}
}

// TestCrashBoundaries builds the files as a crash between two steps leaves
// them; whatever the boundary, the next start ends at the same record.
func TestCrashBoundaries(t *testing.T) {
	base := baseState()
	before := encoded(t, base)
	records := someRecords()[:2]
	journal := journalText(t, headerFor(7), records...)
	next := must(fold(base, records))
	next.SetpointVersion = "1.0"
	after := encoded(t, next)
	start := New("1.0")
	start.Lineage = lineage
	for name, tt := range map[string]struct {
		files    map[string]string
		state    string
		backup   bool
		recovery Recovery
	}{
		"state created, no journal":    {map[string]string{"": encoded(t, start)}, encoded(t, start), false, Recovery{}},
		"journal made, header not yet": {map[string]string{"": before, journalSuffix: ""}, before, false, Recovery{}},
		"header torn":                  {map[string]string{"": before, journalSuffix: journal[:30]}, before, false, Recovery{}},
		"header only":                  {map[string]string{"": before, journalSuffix: journalText(t, headerFor(7))}, before, false, Recovery{}},
		"all recorded":                 {map[string]string{"": before, journalSuffix: journal}, after, true, Recovery{Results: 1}},
		"next record torn":             {map[string]string{"": before, journalSuffix: journal + "0123"}, after, true, Recovery{Results: 1}},
		"backup made":                  {map[string]string{"": before, backupSuffix: before, journalSuffix: journal}, after, true, Recovery{Results: 1}},
		"state replaced":               {map[string]string{"": after, backupSuffix: before, journalSuffix: journal}, after, true, Recovery{}},
		"journal removed":              {map[string]string{"": after, backupSuffix: before, infoSuffix: "{}"}, after, true, Recovery{}},
	} {
		t.Run(name, func(t *testing.T) {
			path := inFolder(t, tt.files)
			seen, err := NewStore(durable.OS(), path, "1.0").Read()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.files, listing(t, path)); diff != "" {
				t.Errorf("reading wrote: %s", diff)
			}
			s := open(t, path)
			if diff := cmp.Diff(tt.recovery, s.Recovery()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(seen.State.Thermostats, s.State().Thermostats); diff != "" {
				t.Errorf("reader and writer differ: %s", diff)
			}
			closed(t, s)
			want := map[string]string{"": tt.state}
			if tt.backup {
				want[backupSuffix] = before
			}
			if diff := cmp.Diff(want, listing(t, path)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRecoveryNamesCallsInFlight(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState()), journalSuffix: journalText(t, headerFor(7), someRecords()[:1]...)})
	s := open(t, path)
	want := Entry{Device: device1, Settings: manual(200), Outcome: Unknown, At: noon, Previous: ptr(manual(190))}
	if diff := cmp.Diff(want, s.State().Thermostats[room]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Recovery{InFlight: []string{room}}, s.Recovery()); diff != "" || s.State().Serial != 8 {
		t.Error(diff, s.State().Serial)
	}
	closed(t, s)
}

func TestRefused(t *testing.T) {
	state := encoded(t, baseState())
	other := headerFor(7)
	other.Lineage = device1.ModuleID
	torn := journalText(t, headerFor(7), someRecords()...)
	for name, tt := range map[string]struct {
		files map[string]string
		kind  Kind
		says  string
	}{
		"journal ahead":            {map[string]string{"": state, journalSuffix: journalText(t, headerFor(8))}, KindJournalAhead, "serial 8"},
		"journal of another":       {map[string]string{"": state, journalSuffix: journalText(t, other)}, KindJournalLineage, lineage},
		"journal damaged":          {map[string]string{"": state, journalSuffix: strings.Replace(torn, "confirmed", "confirmes", 1)}, KindJournalDamaged, "line 3"},
		"journal without its call": {map[string]string{"": state, journalSuffix: journalText(t, headerFor(7), someRecords()[1])}, KindJournalDamaged, "line 2"},
		"only a journal":           {map[string]string{journalSuffix: ""}, KindOrphaned, "rm "},
		"only a backup":            {map[string]string{backupSuffix: state}, KindOrphaned, "cp "},
		"state empty":              {map[string]string{"": "", backupSuffix: state}, KindEmpty, "cp "},
	} {
		t.Run(name, func(t *testing.T) {
			path := inFolder(t, tt.files)
			_, err := NewStore(durable.OS(), path, "1").Read()
			if e := wantKind(t, err, tt.kind); !strings.Contains(e.Error(), tt.says) || e.Remedy == "" {
				t.Errorf("%v", e)
			}
			_, err = NewStore(durable.OS(), path, "1").Open(context.Background(), OpenOptions{Lock: true, Create: true})
			wantKind(t, err, tt.kind)
			if diff := cmp.Diff(tt.files, listing(t, path)); diff != "" {
				t.Errorf("refusing wrote: %s", diff)
			}
		})
	}
	_, err := NewStore(durable.OS(), t.TempDir(), "1").Read()
	wantKind(t, err, KindNotRegular)
}

func TestAbsent(t *testing.T) {
	path := inFolder(t, nil)
	snap := must(NewStore(durable.OS(), path, "1.0").Read())
	if !snap.Absent || snap.State.Lineage != "" || len(snap.State.Thermostats) != 0 {
		t.Errorf("%+v", snap)
	}
	_, err := NewStore(durable.OS(), path, "1.0").Open(context.Background(), OpenOptions{Lock: true})
	wantKind(t, err, KindAbsent)
	closed(t, open(t, path))
	if found := listing(t, path); len(found) != 0 {
		t.Errorf("made without a record: %v", found)
	}
	s := open(t, path)
	must(s.Intent(room, entry(device1, 200, ""), false))
	if first := must(Decode(path, must(os.ReadFile(path)))); first.Serial != 0 || first.Lineage != s.State().Lineage {
		t.Errorf("first state is %+v", first)
	}
	if final := closed(t, s); final.Serial != 1 || final.Thermostats[room].Outcome != Unknown {
		t.Errorf("%+v", final)
	}
	if info := must(os.Stat(path)); info.Mode().Perm() != 0o644 {
		t.Errorf("mode is %v", info.Mode())
	}
}

// begun makes an empty state.
func begun(t testing.TB, path string) *State {
	t.Helper()
	s := open(t, path)
	if err := s.Make(); err != nil {
		t.Fatal(err)
	}
	return closed(t, s)
}

func TestMake(t *testing.T) {
	path := inFolder(t, nil)
	made := begun(t, path)
	if diff := cmp.Diff(made, must(NewStore(durable.OS(), path, "1.0").Read()).State); diff != "" || made.Lineage == "" {
		t.Error(diff)
	}
	content := listing(t, path)
	if again := begun(t, path); again.Lineage != made.Lineage {
		t.Error("a state that was there was made anew")
	}
	if diff := cmp.Diff(content, listing(t, path)); diff != "" {
		t.Error(diff)
	}
	s := open(t, inFolder(t, nil))
	closed(t, s)
	wantKind(t, s.Make(), KindMisuse)
	_, err := NewStore(durable.OS(), inFolder(t, map[string]string{backupSuffix: "x"}), "1.0").Open(context.Background(), OpenOptions{Create: true})
	wantKind(t, err, KindOrphaned)
}

func TestLinkedState(t *testing.T) {
	real := inFolder(t, map[string]string{"": encoded(t, baseState())})
	link := filepath.Join(t.TempDir(), "link.json")
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	s := open(t, link)
	_, err := NewStore(durable.OS(), real, "1").Open(context.Background(), OpenOptions{Lock: true})
	wantKind(t, err, KindLocked)
	if err := s.Drop(room); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	if must(os.Lstat(link)).Mode()&fs.ModeSymlink == 0 || len(must(NewStore(durable.OS(), real, "1").Read()).State.Thermostats) != 0 {
		t.Error("the link was replaced, or its target was not")
	}
}
