package remote_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/internal/durable"
	"setpoint/plan/state"
)

// only answers reads with one content, and leaves the rest to the server.
type only struct {
	http.Handler
	content string
}

func (o only) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		_, _ = w.Write([]byte(o.content))
		return
	}
	o.Handler.ServeHTTP(w, r)
}

// The order of requests is Terraform's; during a run the server is told within
// seconds how far it is, with a serial that rises.
func TestOrderOfRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		dir := t.TempDir()
		s := open(t, w.store(t, dir))
		if _, err := call(s, 1, 200, state.CallConfirmed); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second)
		elsewhere := read(t, w.store(t, t.TempDir())).State
		if e := elsewhere.Thermostats["thermostat.t1"]; e.Outcome != state.Confirmed || elsewhere.Serial != 1 {
			t.Errorf("after six seconds another machine sees %+v", elsewhere)
		}
		for n := range 26 { // many results do not wait
			if n == 25 {
				synctest.Wait()
			}
			if _, err := call(s, n+1, 210, state.CallConfirmed); err != nil {
				t.Fatal(err)
			}
		}
		if got := read(t, w.store(t, t.TempDir())).State; got.Serial != 2 || len(got.Thermostats) != 25 {
			t.Errorf("after many results another machine sees serial %d with %d thermostats", got.Serial, len(got.Thermostats))
		}
		if got := closed(t, s); got.Serial != 3 {
			t.Errorf("serial %d", got.Serial)
		}
		want := []string{"LOCK /house/lock", "GET /house", "POST /house?ID", "POST /house?ID", "GET /house", "POST /house?ID", "GET /house", "POST /house?ID", "UNLOCK /house/lock"}
		if diff := cmp.Diff(want, w.requests()); diff != "" {
			t.Error(diff)
		}
	})
}

// Where the lock is lost in the middle of a run no call starts any more, what is
// in flight is recorded, and all of it is taken up when the other run has ended.
func TestLockLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		dir := t.TempDir()
		s := open(t, w.store(t, dir))
		first, err := call(s, 1, 200, state.CallConfirmed)
		if err != nil {
			t.Fatal(err)
		}
		flying, err := s.Intent("thermostat.t2", entry(2, 210), false)
		if err != nil {
			t.Fatal(err)
		}
		w.do("UNLOCK", "/house", "")
		other := open(t, w.store(t, t.TempDir()))
		time.Sleep(6 * time.Second)
		_, err = s.Intent("thermostat.t3", entry(3, 220), false)
		if lost := wantKind(t, err, state.KindLockLost); lost.Holder == nil || lost.Remedy == "" {
			t.Errorf("%+v", lost)
		}
		seen := entry(3, 220)
		seen.Outcome, seen.At = state.Observed, time.Now()
		wantKind(t, s.Put("thermostat.t3", seen), state.KindLockLost)
		wantKind(t, s.MayCall(), state.KindLockLost)
		if err := s.Result(flying, state.CallConfirmed, 200, time.Now()); err != nil {
			t.Fatal(err)
		}
		saved, err := s.Close()
		if wantKind(t, err, state.KindLockLost); saved != nil {
			t.Error("it is called saved")
		}
		theirs, err := call(other, 1, 230, state.CallConfirmed) // later than ours
		if err != nil {
			t.Fatal(err)
		}
		closed(t, other)
		again := open(t, w.store(t, dir))
		closed(t, again)
		// Both set t1, and which came last no clock can tell. Nobody else can have had t2.
		final := read(t, w.store(t, t.TempDir())).State
		second := sent{"thermostat.t2", 210, state.CallConfirmed}
		holds(t, "in the end", final, []sent{theirs, first, {first.address, first.setpoint, state.CallUnknown}, second})
	})
}

// Without a lock, what somebody else wrote meanwhile is not overwritten.
func TestWithoutLock(t *testing.T) {
	w := newWire(t)
	dir := t.TempDir()
	closed(t, begun(t, w, dir))
	unlocked := func(dir string) (*state.Session, error) {
		return w.store(t, dir).Open(context.Background(), state.OpenOptions{})
	}
	s, err := unlocked(dir)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := call(s, 2, 200, state.CallConfirmed)
	if err != nil {
		t.Fatal(err)
	}
	other := open(t, w.store(t, t.TempDir()))
	theirs, err := call(other, 3, 210, state.CallConfirmed)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, other)
	_, err = s.Close()
	wantKind(t, err, state.KindLockLost)
	if s, err = unlocked(dir); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	holds(t, "joined", read(t, w.store(t, t.TempDir())).State, []sent{{"thermostat.t1", 180, state.CallConfirmed}, mine, theirs})
}

// begun is a session of a state that has one thermostat.
func begun(t *testing.T, w *wire, dir string) *state.Session {
	t.Helper()
	s := open(t, w.store(t, dir))
	if _, err := call(s, 1, 180, state.CallConfirmed); err != nil {
		t.Fatal(err)
	}
	return s
}

// What does not fit what this folder knows is refused with a way out, which leads
// out.
func TestRefused(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*testing.T, *wire)
		kind  state.Kind
	}{
		"gone":  {func(_ *testing.T, w *wire) { w.do("DELETE", "/house", "") }, state.KindOrphaned},
		"older": {func(t *testing.T, w *wire) { replace(t, w, func(s *state.State) { s.Serial = 0 }) }, state.KindOlder},
		"another lineage": {func(t *testing.T, w *wire) {
			replace(t, w, func(s *state.State) { s.Lineage = state.New("1").Lineage })
		}, state.KindJournalLineage},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			dir := t.TempDir()
			closed(t, begun(t, w, dir))
			killed := open(t, w.store(t, dir))
			c, err := call(killed, 1, 200, state.CallConfirmed)
			if err != nil {
				t.Fatal(err)
			}
			left := folderAfterCrash(t, dir)
			w.do("UNLOCK", "/house", "")
			if _, err := killed.Close(); err == nil {
				t.Fatal("it was to be cut off")
			}
			test.spoil(t, w)
			_, err = w.store(t, left).Read()
			if e := wantKind(t, err, test.kind); e.Remedy == "" {
				t.Error("no way out")
			}
			_, err = tryOpen(w.store(t, left))
			wantKind(t, err, test.kind)
			known, err := read(t, state.NewStore(durable.OS(), filepath.Join(left, "setpoint.state.json"), "1.0")).Pull("")
			if err != nil {
				t.Fatal(err)
			}
			pushed, err := state.Decode("known.json", known)
			if err != nil {
				t.Fatal(err)
			}
			s, err := w.store(t, left).Open(t.Context(), state.OpenOptions{Operation: "state push", Lock: true, Create: true, Force: true})
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Push(pushed, true)
			if _, unclosed := s.Close(); err != nil || unclosed != nil {
				t.Fatal(err, unclosed)
			}
			holds(t, "after the way out", read(t, w.store(t, left)).State, []sent{{"thermostat.t1", 180, state.CallConfirmed}, c})
			closed(t, open(t, w.store(t, left)))
		})
	}
}

// replace makes the state another one, behind everybody's back.
func replace(t *testing.T, w *wire, change func(*state.State)) {
	t.Helper()
	s := *read(t, w.store(t, t.TempDir())).State
	change(&s)
	content, err := state.Encode(&s)
	if err != nil {
		t.Fatal(err)
	}
	w.do("DELETE", "/house", "")
	if answer := w.do("POST", "/house", string(content)); answer.Code != 200 {
		t.Fatal(answer.Code, answer.Body)
	}
}

// A damaged state can be replaced by a good one, with force only.
func TestDamagedIsReplaced(t *testing.T) {
	w := newWire(t)
	dir := t.TempDir()
	good := closed(t, begun(t, w, dir))
	intact := w.handler
	w.handler = only{intact, "{"}
	_, err := tryOpen(w.store(t, dir))
	wantKind(t, err, state.KindNotJSON)
	s, err := w.store(t, dir).Open(t.Context(), state.OpenOptions{Lock: true, Create: true, Force: true})
	if err != nil {
		t.Fatal(err)
	}
	next := *good
	next.Serial += 5
	if _, err := s.Push(&next, true); err != nil {
		t.Fatal(err)
	}
	w.handler = intact
	closed(t, s)
	if got := read(t, w.store(t, dir)).State; !got.Same(good) || got.Serial != next.Serial {
		t.Errorf("%+v", got)
	}
}

// A hurried end gives the server little time, and loses nothing.
func TestHurry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		dir := t.TempDir()
		hurry, begin := context.WithCancel(context.Background())
		s, err := w.store(t, dir).Open(context.Background(), state.OpenOptions{Lock: true, Create: true, Hurry: hurry})
		if err != nil {
			t.Fatal(err)
		}
		c, err := call(s, 1, 200, state.CallConfirmed)
		if err != nil {
			t.Fatal(err)
		}
		w.at, w.lasting, w.fault = 1, true, faults()["no answer, not done"]
		began := time.Now()
		begin()
		saved, err := s.Close()
		if saved != nil || err == nil {
			t.Error("it is called saved")
		}
		if took := time.Since(began); took > 500*time.Millisecond {
			t.Errorf("it took %s", took)
		}
		w.heal()
		closed(t, open(t, w.store(t, dir)))
		holds(t, "after the way back", read(t, w.store(t, t.TempDir())).State, []sent{c})
	})
}

// A retired working copy is not looked for any more.
func TestRetire(t *testing.T) {
	w := newWire(t)
	dir := t.TempDir()
	closed(t, begun(t, w, dir))
	s := open(t, w.store(t, dir))
	kept, err := s.Retire()
	if err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "setpoint.state.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	w.do("DELETE", "/house", "")
	if !read(t, w.store(t, dir)).Absent {
		t.Error("it is not absent")
	}
}
