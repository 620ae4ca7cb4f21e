package remote_test

import (
	"testing"
	"testing/synctest"
	"time"

	"setpoint/plan/state"
	"setpoint/provider"
)

// A run is killed before the server heard of a thermostat that it added. What it
// knows stands unless others may have had that thermostat meanwhile: then its last
// call may not have been this one, whatever any clock says.
func TestOvertaken(t *testing.T) {
	others := map[string]struct {
		do       func(t *testing.T, w *wire)
		want     state.Outcome
		wantTold state.Outcome // where the server was told of something else before
	}{
		"nobody": {func(*testing.T, *wire) {}, state.Confirmed, state.Confirmed},
		"another thermostat, in one state": {func(t *testing.T, w *wire) {
			another(t, w, func(s *state.Session) error { _, err := call(s, 2, 210, state.CallConfirmed); return err })
		}, state.Confirmed, state.Unknown},
		"the same one, added and removed": {func(t *testing.T, w *wire) {
			another(t, w, func(s *state.Session) error { _, err := call(s, 1, 220, state.CallConfirmed); return err })
			another(t, w, func(s *state.Session) error { return remove(s, "thermostat.t1", 1, 160) })
		}, state.Unknown, state.Unknown},
		"the same one, elsewhere, added and forgotten": {func(t *testing.T, w *wire) {
			another(t, w, func(s *state.Session) error {
				id, err := s.Intent("thermostat.hall", entry(1, 220), false)
				if err != nil {
					return err
				}
				return s.Result(id, state.CallConfirmed, 200, time.Now())
			})
			another(t, w, func(s *state.Session) error { return s.Drop("thermostat.hall") })
		}, state.Unknown, state.Unknown},
	}
	for name, other := range others {
		for _, told := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWire(t)
					closed(t, open(t, w.store(t, t.TempDir())))
					another(t, w, func(s *state.Session) error { return s.Make() })
					dir := t.TempDir()
					killed := open(t, w.store(t, dir))
					want := other.want
					if told {
						want = other.wantTold
						if _, err := call(killed, 3, 200, state.CallConfirmed); err != nil {
							t.Fatal(err)
						}
						time.Sleep(6 * time.Second)
					}
					if _, err := call(killed, 1, 200, state.CallConfirmed); err != nil {
						t.Fatal(err)
					}
					left := folderAfterCrash(t, dir)
					w.do("UNLOCK", "/house", "")
					other.do(t, w)
					closed(t, open(t, w.store(t, left)))
					closed(t, open(t, w.store(t, left)))
					got := read(t, w.store(t, t.TempDir())).State
					e := got.Thermostats["thermostat.t1"]
					if e.Settings.Setpoint != 200 || e.Outcome != want {
						t.Errorf("told %t: %+v", told, e)
					}
					if e.Outcome == state.Unknown && (e.Previous == nil || e.Previous.Setpoint != 200) {
						t.Errorf("told %t: what was confirmed is lost: %+v", told, e)
					}
					_, _ = killed.Close() // it is cut off
				})
			})
		}
	}
}

// another is a whole run of another machine.
func another(t *testing.T, w *wire, work func(*state.Session) error) {
	t.Helper()
	s := open(t, w.store(t, t.TempDir()))
	if err := work(s); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
}

// remove is the last call to a thermostat that is given up.
func remove(s *state.Session, address string, n int, setpoint provider.Celsius) error {
	id, err := s.Intent(address, entry(n, setpoint), true)
	if err != nil {
		return err
	}
	return s.Result(id, state.CallConfirmed, 200, time.Now())
}
