package remote_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/plan/state"
)

// lenient is a server that takes a later serial from anybody, and gives everybody the
// lock.
type lenient struct {
	content []byte
	serial  uint64
}

func (l *lenient) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		_, _ = w.Write(l.content)
	case http.MethodPost:
		body, _ := io.ReadAll(r.Body) // of a recorder
		var next struct{ Serial uint64 }
		if json.Unmarshal(body, &next) != nil || l.content != nil && next.Serial <= l.serial {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		l.content, l.serial = body, next.Serial
	}
}

// A run whose lock was forced, by somebody who has ended since, does not raise its
// serial until the server takes what it knows: that would undo the other's.
func TestForcedLockOverwritesNobody(t *testing.T) {
	for name, pause := range map[string]time.Duration{"at the end": 0, "in the middle": time.Minute} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &wire{handler: &lenient{}}
				dir := t.TempDir()
				closed(t, begun(t, w, dir))
				s := open(t, w.store(t, dir))
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
				for range 3 { // each is told, or tried to be
					time.Sleep(pause)
					if c, err := call(s, 2, 220, state.CallConfirmed); err == nil {
						mine = c
					}
				}
				_, err = s.Close()
				wantKind(t, err, state.KindLockLost)
				if e, ok := read(t, w.store(t, t.TempDir())).State.Thermostats["thermostat.t3"]; !ok || e.Outcome != state.Confirmed {
					t.Errorf("what somebody else wrote was undone: %+v", e)
				}
				closed(t, open(t, w.store(t, dir)))
				holds(t, "joined", read(t, w.store(t, t.TempDir())).State, []sent{{"thermostat.t1", 180, state.CallConfirmed}, mine, theirs})
			})
		})
	}
}
