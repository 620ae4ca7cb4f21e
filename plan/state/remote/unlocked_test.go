package remote_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/plan/state"
)

// dull is a server that keeps what it is given, and looks at nothing.
type dull struct{ content []byte }

func (d *dull) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		d.content, _ = io.ReadAll(r.Body) // of a recorder
	case http.MethodGet:
		if d.content == nil {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write(d.content)
	}
}

// Without a lock a write that was not answered is not repeated over what somebody
// else wrote since, neither at once nor at the end of the run.
func TestUnlockedRunOverwritesNobody(t *testing.T) {
	for name, pause := range map[string]time.Duration{"at the end": 0, "in the middle": 6 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &dull{}
				w := &wire{handler: server}
				dir := t.TempDir()
				theirs := *closed(t, begun(t, w, dir))
				w.heal()
				s, err := w.store(t, dir).Open(context.Background(), state.OpenOptions{})
				if err != nil {
					t.Fatal(err)
				}
				seen := entry(3, 210)
				seen.Outcome, seen.At = state.Observed, time.Now()
				theirs.Thermostats, theirs.Serial = map[string]state.Entry{"thermostat.t3": seen}, theirs.Serial+1
				w.mu.Lock()
				w.at, w.fault = 3, func(_ *wire, r *http.Request) (*http.Response, error) { // after two reads
					if r.Method != http.MethodPost {
						t.Errorf("%s", r.Method)
					}
					if server.content, err = state.Encode(&theirs); err != nil {
						t.Error(err)
					}
					return nil, errReset
				}
				w.mu.Unlock()
				if _, err := call(s, 2, 200, state.CallConfirmed); err != nil {
					t.Fatal(err)
				}
				time.Sleep(pause)
				_, err = s.Close()
				wantKind(t, err, state.KindLockLost)
				if got := read(t, w.store(t, t.TempDir())).State; !got.Same(&theirs) {
					t.Errorf("what somebody else wrote was overwritten: %+v", got)
				}
			})
		})
	}
}
