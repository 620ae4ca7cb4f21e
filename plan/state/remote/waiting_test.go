package remote_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"setpoint/plan/state"
)

// As long as the server was not told, that is said: with what is read, and where
// nothing can be read. When it was told it is not said any more.
func TestWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		dir := t.TempDir()
		closed(t, begun(t, w, dir))
		s := open(t, w.store(t, dir))
		for n := range 3 {
			if _, err := call(s, n+1, 200, state.CallConfirmed); err != nil {
				t.Fatal(err)
			}
		}
		w.heal()
		w.at, w.lasting, w.fault = 1, true, faults()["500"]
		_, err := s.Close()
		wantKind(t, err, state.KindRemote)
		if _, joined := err.(interface{ Unwrap() []error }); joined {
			t.Errorf("two errors, of which the lesser one may come first: %v", err)
		}
		saving, unlocking := strings.Index(err.Error(), "save the state"), strings.Index(err.Error(), "the lock cannot be given back")
		if saving != 0 || unlocking < 0 {
			t.Errorf("%v", err)
		}
		for _, use := range []func() error{
			func() error { _, err := w.store(t, dir).Read(); return err },
			func() error { _, err := tryOpen(w.store(t, dir)); return err },
		} {
			e := wantKind(t, use(), state.KindRemote)
			if !strings.Contains(e.Remedy, "of 3 thermostats waits in this folder") {
				t.Errorf("%v", e)
			}
		}
		if e := wantKind(t, second(w.store(t, t.TempDir()).Read()), state.KindRemote); strings.Contains(e.Remedy, "waits") {
			t.Errorf("of a folder in which nothing waits: %v", e)
		}
		w.heal()
		if got := read(t, w.store(t, dir)).Waiting; got != 3 {
			t.Errorf("%d wait", got)
		}
		w.do("UNLOCK", "/house", "")
		closed(t, open(t, w.store(t, dir)))
		if got := read(t, w.store(t, dir)).Waiting; got != 0 {
			t.Errorf("%d still wait", got)
		}
	})
}

// The lock alone that could not be given back is told as what it is.
func TestLockKept(t *testing.T) {
	w := newWire(t)
	s := begun(t, w, t.TempDir())
	w.heal()
	w.at, w.fault = 2, faults()["401"] // POST, UNLOCK
	saved, err := s.Close()
	if wantKind(t, err, state.KindLockKept); saved == nil {
		t.Error("it is saved")
	}
}

func second[T any](_ T, err error) error { return err }
