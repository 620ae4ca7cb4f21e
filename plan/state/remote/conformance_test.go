package remote_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/internal/durable"
	"setpoint/plan/state"
)

// kept is one way of keeping a state, as the conformance suite uses it.
type kept struct {
	// store is the state as used from a folder.
	store func(t *testing.T, dir string) *state.Store
	// put makes the content the state, whatever it is.
	put func(t *testing.T, dir, content string)
	// content is what is kept, "" for nothing.
	content func(t *testing.T, dir string) string
}

func everyWay(t *testing.T) map[string]func() kept {
	t.Helper()
	path := func(dir string) string { return filepath.Join(dir, "setpoint.state.json") }
	return map[string]func() kept{
		"local": func() kept {
			return kept{
				store: func(_ *testing.T, dir string) *state.Store { return state.NewStore(durable.OS(), path(dir), "1.0") },
				put: func(t *testing.T, dir, content string) {
					if err := os.WriteFile(path(dir), []byte(content), 0o600); err != nil {
						t.Fatal(err)
					}
				},
				content: func(_ *testing.T, dir string) string {
					content, _ := os.ReadFile(path(dir)) // none is ""
					return string(content)
				},
			}
		},
		"http": func() kept {
			w := newWire(t)
			return kept{
				store: func(t *testing.T, dir string) *state.Store { return w.store(t, dir) },
				put: func(t *testing.T, _, content string) {
					intact := w.handler
					w.handler = only{intact, content}
					t.Cleanup(func() { w.handler = intact })
				},
				content: func(*testing.T, string) string {
					if answer := w.do("GET", "/house", ""); answer.Code == 200 {
						return answer.Body.String()
					}
					return ""
				},
			}
		},
	}
}

// TestConformance is what holds of a state however it is kept.
func TestConformance(t *testing.T) {
	for name, test := range map[string]func(*testing.T, kept, string){
		"absent": func(t *testing.T, k kept, dir string) {
			if !read(t, k.store(t, dir)).Absent {
				t.Error("it is not absent")
			}
			_, err := k.store(t, dir).Open(t.Context(), state.OpenOptions{Lock: true})
			wantKind(t, err, state.KindAbsent)
			_, err = read(t, k.store(t, dir)).Pull("")
			wantKind(t, err, state.KindAbsent)
			s := open(t, k.store(t, dir))
			if !s.Absent() {
				t.Error("a session does not say that it was absent")
			}
			closed(t, s)
			if !read(t, k.store(t, dir)).Absent {
				t.Error("it was made without a record")
			}
		},
		"made empty": func(t *testing.T, k kept, dir string) {
			s := open(t, k.store(t, dir))
			if err := errors.Join(s.Make(), s.Make()); err != nil {
				t.Fatal(err)
			}
			closed(t, s)
			if got := read(t, k.store(t, dir)); got.Absent || got.State.Serial != 0 || got.State.Lineage != s.State().Lineage {
				t.Errorf("%+v", got.State)
			}
		},
		"a run": func(t *testing.T, k kept, dir string) {
			s := open(t, k.store(t, dir))
			c, err := call(s, 1, 200, state.CallConfirmed)
			if err != nil {
				t.Fatal(err)
			}
			closed(t, s)
			holds(t, "after the run", read(t, k.store(t, dir)).State, []sent{c})
			before := k.content(t, dir)
			closed(t, open(t, k.store(t, dir)))
			s = open(t, k.store(t, dir))
			if _, err := call(s, 1, 300, state.CallRejected); err != nil {
				t.Fatal(err)
			}
			closed(t, s)
			if diff := cmp.Diff(before, k.content(t, dir)); diff != "" {
				t.Errorf("a run in which nothing happened changed it: %s", diff)
			}
		},
		"crash and reopen": func(t *testing.T, k kept, dir string) {
			killed := open(t, k.store(t, dir))
			a, errA := call(killed, 1, 200, state.CallConfirmed)
			b, errB := call(killed, 2, 210, "")
			if err := errors.Join(errA, errB); err != nil {
				t.Fatal(err)
			}
			left := folderAfterCrash(t, dir)
			seen := read(t, k.store(t, left))
			holds(t, "read after the crash", seen.State, []sent{a, b})
			if diff := cmp.Diff([]string{"thermostat.t2"}, seen.InFlight); diff != "" {
				t.Error(diff)
			}
			s := open(t, k.store(t, left))
			if diff := cmp.Diff(state.Recovery{InFlight: []string{"thermostat.t2"}, Results: 1}, s.Recovery()); diff != "" {
				t.Error(diff)
			}
			holds(t, "reopened", s.State(), []sent{a, b})
			closed(t, s)
			holds(t, "closed", read(t, k.store(t, left)).State, []sent{a, b})
			_, _ = killed.Close() // it is cut off, whatever it says
		},
		"two writers": func(t *testing.T, k kept, dir string) {
			s := open(t, k.store(t, dir))
			_, err := tryOpen(k.store(t, dir))
			if held := wantKind(t, err, state.KindLocked); held.Holder == nil || held.Holder.Operation != "apply" || held.Holder.Who == "" || held.Remedy == "" {
				t.Errorf("%+v", held)
			}
			closed(t, s)
			closed(t, open(t, k.store(t, dir)))
		},
		"readers": func(t *testing.T, k kept, dir string) {
			s := open(t, k.store(t, dir))
			c, err := call(s, 1, 200, "")
			if err != nil {
				t.Fatal(err)
			}
			seen := read(t, k.store(t, dir))
			holds(t, "during the run", seen.State, []sent{c})
			if len(seen.InFlight) != 1 {
				t.Errorf("in flight: %v", seen.InFlight)
			}
			closed(t, s)
		},
		"surgery": func(t *testing.T, k kept, dir string) {
			s := open(t, k.store(t, dir))
			c, err := call(s, 1, 200, state.CallConfirmed)
			if err != nil {
				t.Fatal(err)
			}
			before := closed(t, s)
			s = open(t, k.store(t, dir))
			next, _, err := s.State().Move("thermostat.t1", "thermostat.z")
			if err != nil {
				t.Fatal(err)
			}
			done, err := s.Replace(next)
			if err != nil || done.Backup == "" || done.State.Serial != before.Serial+1 {
				t.Fatal(done, err)
			}
			closed(t, s)
			c.address = "thermostat.z"
			holds(t, "moved", read(t, k.store(t, dir)).State, []sent{c})
			s = open(t, k.store(t, dir))
			if _, err := s.Push(before, false); err == nil || !strings.Contains(err.Error(), "serial") {
				t.Errorf("an older state was pushed: %v", err)
			}
			if _, err := s.Push(before, true); err != nil {
				t.Fatal(err)
			}
			closed(t, s)
			if got := read(t, k.store(t, dir)).State; !got.Same(before) || got.Serial != before.Serial+2 {
				t.Errorf("%+v", got)
			}
		},
		"damaged": func(t *testing.T, k kept, dir string) {
			for content, kind := range map[string]state.Kind{
				"{\"version\": 1, ": state.KindNotJSON,
				"<<<<<<< ours\n":    state.KindConflict,
				"{}":                state.KindShape,
				`{"version": 99, "setpoint_version": "9.0"}`: state.KindNewer,
			} {
				k.put(t, dir, content)
				_, err := k.store(t, dir).Read()
				if e := wantKind(t, err, kind); e.Remedy == "" {
					t.Errorf("%q: no way out: %v", content, e)
				}
				_, err = tryOpen(k.store(t, dir))
				wantKind(t, err, kind)
			}
		},
	} {
		for way, begin := range everyWay(t) {
			t.Run(name+"/"+way, func(t *testing.T) { test(t, begin(), t.TempDir()) })
		}
	}
}
