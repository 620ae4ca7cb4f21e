package remote_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/plan/state"
	"setpoint/provider"
)

var errReset = errors.New("connection reset by peer")

// faults are what can go wrong with one request.
func faults() map[string]func(*wire, *http.Request) (*http.Response, error) {
	after := func(what func(*http.Response) (*http.Response, error)) func(*wire, *http.Request) (*http.Response, error) {
		return func(w *wire, r *http.Request) (*http.Response, error) {
			response, err := w.serve(r)
			if err != nil {
				return nil, err
			}
			return what(response)
		}
	}
	answer := func(status int, body string) func(*wire, *http.Request) (*http.Response, error) {
		return func(*wire, *http.Request) (*http.Response, error) { return made(status, body), nil }
	}
	return map[string]func(*wire, *http.Request) (*http.Response, error){
		"reset before": func(*wire, *http.Request) (*http.Response, error) { return nil, errReset },
		"reset after":  after(func(*http.Response) (*http.Response, error) { return nil, errReset }),
		"reset in the body": after(func(r *http.Response) (*http.Response, error) {
			content := bodyOf(r)
			replaceBody(r, failingReader{bytes.NewReader(content[:len(content)/2]), errReset})
			return r, nil
		}),
		"cut without a word": after(func(r *http.Response) (*http.Response, error) {
			content := bodyOf(r)
			replaceBody(r, bytes.NewReader(content[:len(content)/2]))
			return r, nil
		}),
		"wrong MD5": after(func(r *http.Response) (*http.Response, error) {
			r.Header.Set("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")
			replaceBody(r, strings.NewReader("x"))
			return r, nil
		}),
		"no answer, not done": func(_ *wire, r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"no answer, done": func(w *wire, r *http.Request) (*http.Response, error) {
			if _, err := w.serve(r); err != nil {
				return nil, err
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"slow": func(w *wire, r *http.Request) (*http.Response, error) {
			time.Sleep(9 * time.Second)
			return w.serve(r)
		},
		"500":        answer(500, "<html>oops</html>"),
		"500, done":  after(func(*http.Response) (*http.Response, error) { return made(500, ""), nil }),
		"503, done":  after(func(*http.Response) (*http.Response, error) { return made(503, "later"), nil }),
		"429":        answer(429, ""),
		"401":        answer(401, "who are you?"),
		"a page":     answer(200, "<!DOCTYPE html><title>Log in</title>"),
		"202":        answer(202, ""),
		"redirect":   answer(302, ""),
		"lock taken": takeLock,
		"lock ended": func(w *wire, r *http.Request) (*http.Response, error) {
			w.do("UNLOCK", "/house", "")
			return w.serve(r)
		},
		"423 of ours": answer(423, ""),
	}
}

const othersLock = `{"ID":"others","Who":"somebody@else","Operation":"OperationTypeApply","Created":"2026-11-23T07:00:00Z"}`

// takeLock is somebody who forces the lock and begins a run of their own.
func takeLock(w *wire, r *http.Request) (*http.Response, error) {
	w.do("UNLOCK", "/house", "")
	w.do("LOCK", "/house", othersLock)
	return w.serve(r)
}

// TestFaults lets every request of a run go wrong, in every way, once and for
// ever. The run takes up what one before it left. Afterwards the way back is taken: the
// faults end, whoever has the lock ends, and a run from the same folder opens and
// closes the state. Then another machine knows all that the cloud confirmed, and
// calls nothing confirmed that it did not.
func TestFaults(t *testing.T) {
	for name, fault := range faults() {
		for _, lasting := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, lasting %t", name, lasting), func(t *testing.T) {
				for at, fired := 1, true; fired; at++ {
					synctest.Test(t, func(t *testing.T) { fired = runWithFault(t, at, lasting, fault) })
					if at > 60 {
						t.Fatal("the run does not end")
					}
				}
			})
		}
	}
}

func runWithFault(t *testing.T, at int, lasting bool, fault func(*wire, *http.Request) (*http.Response, error)) (fired bool) {
	w := newWire(t)
	dir := t.TempDir()
	cutOff := &wire{handler: w.handler} // what the killed run still sends is in the name of a lock that is not its own any more
	killed := open(t, cutOff.store(t, dir))
	var calls []sent
	note := func(c sent, err error) bool {
		if err == nil || c.result != "" {
			calls = append(calls, c)
		}
		return err == nil
	}
	note(call(killed, 1, 180, state.CallConfirmed))
	note(call(killed, 2, 181, state.CallUnknown))
	note(call(killed, 3, 182, ""))
	dir = folderAfterCrash(t, dir)
	w.at, w.lasting, w.fault = at, lasting, fault

	what := fmt.Sprintf("request %d", at)
	session, err := tryOpen(w.store(t, dir))
	if err == nil {
		err = run(session, note)
		saved, unclosed := session.Close()
		err = errors.Join(err, unclosed)
		if saved != nil {
			w.heal()
			holds(t, what+", saved", read(t, w.store(t, t.TempDir())).State, calls)
		}
	}
	if err != nil && err.Error() == "" {
		t.Errorf("%s: an error without a word", what)
	}
	log := w.requests()
	fired = w.fired
	w.heal()
	seen := read(t, w.store(t, dir)) // here the journal is read along
	holds(t, what+", read in the folder", seen.State, calls)
	w.do("UNLOCK", "/house", othersLock)
	again, err := tryOpen(w.store(t, dir))
	if err != nil {
		t.Fatalf("%s: the way back: %v\n%s", what, err, strings.Join(log, "\n"))
	}
	closed(t, again)
	final := read(t, w.store(t, t.TempDir())).State
	holds(t, what+", after the way back", final, calls)
	if held := w.do("LOCK", "/house", `{"ID":"next"}`); held.Code != 200 {
		t.Errorf("%s: the lock is still held: %s", what, held.Body)
	}
	w.do("UNLOCK", "/house", "")
	idle := open(t, w.store(t, dir))
	if idle.Recovery().Results > 0 || len(idle.Recovery().InFlight) > 0 {
		t.Errorf("%s: something is taken up again and again: %+v", what, idle.Recovery())
	}
	closed(t, idle)
	if saved, err := killed.Close(); saved == nil && err == nil {
		t.Errorf("%s: nothing was saved, without a word", what)
	}
	holds(t, what+", after a late request of the killed run", read(t, w.store(t, dir)).State, calls)
	if t.Failed() {
		t.Log(strings.Join(log, "\n"))
	}
	return fired
}

// run makes calls, with pauses in which the server is told of them.
func run(s *state.Session, note func(sent, error) bool) error {
	for round := range 3 {
		for n, result := range []state.CallResult{state.CallConfirmed, state.CallConfirmed, state.CallUnknown, state.CallRejected, state.CallConfirmed} {
			c, err := call(s, (n+round)%5+1, provider.Celsius(200+10*round+n), result)
			if !note(c, err) {
				return err
			}
		}
		time.Sleep(6 * time.Second)
	}
	return nil
}
