package remote_test

import (
	"maps"
	"path/filepath"
	"testing"

	"setpoint/internal/durable"
	"setpoint/plan/state"
)

// A server that lost what it had confirmed, and on which somebody went on, is
// noticed by whoever has seen it; nothing of what that one knows goes before
// somebody has said so.
func TestServerLostWhatItConfirmed(t *testing.T) {
	for name, spoil := range map[string]func(*state.State){
		"another went on to the same serial": func(s *state.State) {
			s.Thermostats = maps.Clone(s.Thermostats)
			delete(s.Thermostats, "thermostat.t1")
		},
		"a new state was begun": func(s *state.State) {
			*s = *state.New("1.0")
			s.Serial = 9
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			dir := t.TempDir()
			good := closed(t, begun(t, w, dir))
			replace(t, w, spoil)
			_, err := w.store(t, dir).Read()
			if e := wantKind(t, err, state.KindOlder); e.Remedy == "" {
				t.Error("no way out")
			}
			_, err = tryOpen(w.store(t, dir))
			wantKind(t, err, state.KindOlder)
			known, err := state.NewStore(durable.OS(), filepath.Join(dir, "setpoint.state.json"), "1.0").Read()
			if err != nil || !known.State.Same(good) {
				t.Fatalf("what this folder knew is gone: %v", err)
			}
			s, err := w.store(t, dir).Open(t.Context(), state.OpenOptions{Operation: "state push", Lock: true, Create: true, Force: true})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Push(good, true); err != nil {
				t.Fatal(err)
			}
			closed(t, s)
			if got := read(t, w.store(t, dir)).State; !got.Same(good) {
				t.Errorf("after the way out: %+v", got)
			}
		})
	}
}

// A copy of the folder of a run that is going on does not take its lock, whatever
// the copy says of it.
func TestCopiedFolderTakesNoLock(t *testing.T) {
	w := newWire(t)
	dir := t.TempDir()
	running := begun(t, w, dir)
	_, err := tryOpen(w.store(t, copyOf(t, dir)))
	wantKind(t, err, state.KindLocked)
	if _, err := call(running, 2, 200, state.CallConfirmed); err != nil {
		t.Fatal(err)
	}
	closed(t, running)
}
