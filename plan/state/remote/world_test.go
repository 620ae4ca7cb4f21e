package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"setpoint/internal/durable"
	"setpoint/plan/state"
	"setpoint/plan/state/remote"
	"setpoint/plan/state/server"
	"setpoint/provider"
)

const address = "https://state.example/house"

// wire is the network between clients and one server, without sockets, so that it
// works in a bubble of synctest. From request At on it does what Fault says, once or,
// if Lasting, to the end.
type wire struct {
	handler http.Handler

	mu      sync.Mutex
	log     []string // method and path of each request, with ?ID where there is an ID
	at      int      // from 1; 0: nothing goes wrong
	lasting bool
	fault   func(*wire, *http.Request) (*http.Response, error)
	fired   bool
}

func newWire(t testing.TB) *wire {
	t.Helper()
	return &wire{handler: server.New(server.Options{Files: unflushed{durable.OS()}, Folder: t.TempDir()})}
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	entry := r.Method + " " + r.URL.Path
	if r.URL.Query().Get("ID") != "" {
		entry += "?ID"
	}
	w.log = append(w.log, entry)
	n := len(w.log)
	hit := w.at > 0 && (n == w.at || w.lasting && n > w.at)
	w.fired = w.fired || hit
	fault := w.fault
	w.mu.Unlock()
	if hit {
		return fault(w, r)
	}
	return w.serve(r)
}

func (w *wire) serve(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	response := answer.Result()
	response.Request = r
	return response, nil
}

// heal ends all faults and begins a new log.
func (w *wire) heal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at, w.log = 0, nil
}

func (w *wire) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.log...)
}

// do is a request of somebody else.
func (w *wire) do(method, path, body string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, httptest.NewRequest(method, path, strings.NewReader(body)))
	return answer
}

func (w *wire) client(t testing.TB) *remote.Client {
	t.Helper()
	c, err := remote.New(remote.Options{Address: address, LockAddress: address + "/lock", SetpointVersion: "1.0", Transport: w})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// store is the state as it is used from a folder.
func (w *wire) store(t testing.TB, dir string) *state.Store {
	t.Helper()
	return state.NewRemoteStore(unflushed{durable.OS()}, filepath.Join(dir, "setpoint.state.json"), "1.0", w.client(t), func() error { return nil })
}

// unflushed is the machine's files without the flushing, which takes most of the
// time and is not what is tried here.
type unflushed struct{ durable.FS }

func (unflushed) SyncDir(string) error { return nil }

func (u unflushed) CreateTemp(dir, pattern string) (durable.File, error) {
	f, err := u.FS.CreateTemp(dir, pattern)
	return unflushedFile{f}, err
}

func (u unflushed) CreateNew(name string, perm fs.FileMode) (durable.File, error) {
	f, err := u.FS.CreateNew(name, perm)
	return unflushedFile{f}, err
}

type unflushedFile struct{ durable.File }

func (unflushedFile) Sync() error { return nil }

// folderAfterCrash is a folder as it is now: what a run that is killed this moment
// leaves. The run itself is cut off from it.
func folderAfterCrash(t testing.TB, dir string) string {
	t.Helper()
	left := copyOf(t, dir)
	leases := filepath.Join(left, "setpoint.state.json.leases")
	content, err := os.ReadFile(leases)
	if errors.Is(err, fs.ErrNotExist) {
		return left
	}
	if err == nil { // it is the same folder to the next run, under the name that it has for it
		err = os.WriteFile(leases, bytes.ReplaceAll(content, []byte(dir), []byte(left)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// copyOf is a copy of a folder that somebody made.
func copyOf(t testing.TB, dir string) string {
	t.Helper()
	left := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return left
}

func open(t testing.TB, s *state.Store) *state.Session {
	t.Helper()
	session, err := tryOpen(s)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func tryOpen(s *state.Store) (*state.Session, error) {
	return s.Open(context.Background(), state.OpenOptions{Operation: "apply", Lock: true, Create: true})
}

func closed(t testing.TB, s *state.Session) *state.State {
	t.Helper()
	saved, err := s.Close()
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func read(t testing.TB, s *state.Store) *state.Snapshot {
	t.Helper()
	snapshot, err := s.Read()
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func wantKind(t testing.TB, err error, kind state.Kind) *state.Error {
	t.Helper()
	known, ok := errors.AsType[*state.Error](err)
	if !ok || known.Kind != kind {
		t.Fatalf("want an error of kind %d, got %v", kind, err)
	}
	return known
}

// sent is one call of a run, and what is on record of it.
type sent struct {
	address  string
	setpoint provider.Celsius
	result   state.CallResult // "": none was recorded
}

func entry(n int, setpoint provider.Celsius) state.Entry {
	return state.Entry{
		Device:   provider.Device{PlantID: "1f3c6b1e-0000-4000-8000-000000000001", ModuleID: fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", n)},
		Settings: provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: setpoint},
	}
}

// call records one call; false where its intent was refused, so that it was not made.
func call(s *state.Session, n int, setpoint provider.Celsius, result state.CallResult) (sent, error) {
	c := sent{address: fmt.Sprintf("thermostat.t%d", n), setpoint: setpoint}
	id, err := s.Intent(c.address, entry(n, setpoint), false)
	if err != nil || result == "" {
		return c, err
	}
	if err = s.Result(id, result, 200, time.Now()); err == nil {
		c.result = result
	}
	return c, err
}

// holds checks a state against the calls that were made, in their order: what the
// cloud confirmed is known, and nothing else is called confirmed.
func holds(t testing.TB, what string, s *state.State, calls []sent) {
	t.Helper()
	last := map[string][]sent{}
	for _, c := range calls {
		if c.result != state.CallRejected {
			last[c.address] = append(last[c.address], c)
		}
	}
	for at, e := range s.Thermostats {
		made := last[at]
		confirmed := func(p provider.Celsius) bool {
			for _, c := range made {
				if c.result == state.CallConfirmed && c.setpoint == p {
					return true
				}
			}
			return false
		}
		if e.Outcome == state.Confirmed && !confirmed(e.Settings.Setpoint) {
			t.Errorf("%s: %s is called confirmed at %s, which the cloud never said", what, at, e.Settings.Setpoint)
		}
		if e.Previous != nil && !confirmed(e.Previous.Setpoint) {
			t.Errorf("%s: %s is said to have been at %s before, which the cloud never confirmed", what, at, e.Previous.Setpoint)
		}
	}
	for at, made := range last {
		e, known := s.Thermostats[at]
		final := made[len(made)-1]
		want := state.Unknown
		if final.result == state.CallConfirmed {
			want = state.Confirmed
		}
		if !known || e.Settings.Setpoint != final.setpoint || e.Outcome != want {
			t.Errorf("%s: %s is recorded as %+v, but the last call was %+v", what, at, e, final)
		}
	}
}

// failingReader gives some bytes and then an error.
type failingReader struct {
	io.Reader
	err error
}

func (r failingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err == io.EOF {
		err = r.err
	}
	return n, err
}

func replaceBody(r *http.Response, body io.Reader) { r.Body = io.NopCloser(body) }

func bodyOf(r *http.Response) []byte {
	content, _ := io.ReadAll(r.Body) // of a recorder
	replaceBody(r, bytes.NewReader(content))
	return content
}

func made(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}
