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
						for range 2 {
							if _, err := call(killed, 3, 200, state.CallConfirmed); err != nil {
								t.Fatal(err)
							}
							time.Sleep(6 * time.Second)
						}
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

// What is made of two calls looks like nothing that anybody had before: else a journal
// that began with that would take its own answer for the last word. Here the first
// machine brings back an old doubt after the third one called, whose clock is behind.
func TestDoubtIsNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		killed := func(setpoint provider.Celsius, result state.CallResult) (left string) {
			dir := t.TempDir()
			s := open(t, w.store(t, dir))
			if _, err := call(s, 1, setpoint, result); err != nil {
				t.Fatal(err)
			}
			if result == state.CallUnknown {
				time.Sleep(6 * time.Second) // the server is told
			}
			left = folderAfterCrash(t, dir)
			w.do("UNLOCK", "/house", "")
			_, _ = s.Close() // it is cut off
			return left
		}
		first := killed(180, state.CallUnknown)
		second := killed(190, state.CallConfirmed)
		another(t, w, func(s *state.Session) error {
			e := entry(1, 200)
			e.At = time.Now().Add(-time.Hour)
			id, err := s.Intent("thermostat.t1", e, false)
			if err != nil {
				return err
			}
			return s.Result(id, state.CallUnknown, 0, e.At)
		})
		closed(t, open(t, w.store(t, first)))
		closed(t, open(t, w.store(t, second)))
		if e := read(t, w.store(t, t.TempDir())).State.Thermostats["thermostat.t1"]; e.Outcome != state.Unknown || e.Previous == nil || e.Previous.Setpoint != 190 {
			t.Errorf("%+v", e)
		}
	})
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

// Where a thermostat stands, and which one stands somewhere, is what the server says:
// it was written by who had the lock last, and no clock counts.
func TestServerSaysWhatStandsWhere(t *testing.T) {
	const early, late = -time.Hour, time.Hour
	put := func(s *state.Session, address string, n int, setpoint provider.Celsius, off time.Duration) error {
		e := entry(n, setpoint)
		e.At = time.Now().Add(off)
		id, err := s.Intent(address, e, false)
		if err != nil {
			return err
		}
		return s.Result(id, state.CallConfirmed, 200, e.At)
	}
	for _, off := range []time.Duration{early, late} {
		for name, test := range map[string]struct {
			ours, theirs func(s *state.Session) error
			want         map[string]state.Outcome
		}{
			"added under two addresses": {
				func(s *state.Session) error { return put(s, "thermostat.a", 2, 200, off) },
				func(s *state.Session) error { return put(s, "thermostat.z", 2, 210, 0) },
				map[string]state.Outcome{"thermostat.t1": state.Confirmed, "thermostat.z": state.Unknown},
			},
			"moved to two addresses": {
				func(s *state.Session) error { return s.Rename("thermostat.t1", "thermostat.a") },
				func(s *state.Session) error { return s.Rename("thermostat.t1", "thermostat.z") },
				map[string]state.Outcome{"thermostat.z": state.Confirmed},
			},
			"another one in its place": {
				func(s *state.Session) error { return put(s, "thermostat.t1", 1, 200, off) },
				func(s *state.Session) error { return put(s, "thermostat.t1", 2, 210, 0) },
				map[string]state.Outcome{"thermostat.t1": state.Confirmed},
			},
			"two added in one place": {
				func(s *state.Session) error { return put(s, "thermostat.a", 2, 200, off) },
				func(s *state.Session) error { return put(s, "thermostat.a", 3, 210, 0) },
				map[string]state.Outcome{"thermostat.t1": state.Confirmed, "thermostat.a": state.Confirmed},
			},
		} {
			t.Run(name, func(t *testing.T) {
				w := newWire(t)
				closed(t, begun(t, w, t.TempDir()))
				dir := t.TempDir()
				killed := open(t, w.store(t, dir))
				if err := test.ours(killed); err != nil {
					t.Fatal(err)
				}
				left := folderAfterCrash(t, dir)
				w.do("UNLOCK", "/house", "")
				another(t, w, test.theirs)
				theirs := read(t, w.store(t, t.TempDir())).State.Thermostats
				taken := open(t, w.store(t, left))
				if len(taken.Recovery().Conflicts) == 0 {
					t.Error("nobody is told")
				}
				closed(t, taken)
				got := read(t, w.store(t, t.TempDir())).State
				if len(got.Thermostats) != len(test.want) {
					t.Errorf("%+v", got.Thermostats)
				}
				for address, outcome := range test.want {
					e := got.Thermostats[address]
					if e.Outcome != outcome || e.Device != theirs[address].Device || outcome == state.Confirmed && e.Settings != theirs[address].Settings {
						t.Errorf("%s, clock off by %s: %+v", address, off, e)
					}
				}
				_, _ = killed.Close() // it is cut off
			})
		}
	}
}
