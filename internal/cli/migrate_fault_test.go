//go:build unix

package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"setpoint/internal/cli"
	"setpoint/internal/durable"
	"setpoint/internal/durable/faultfs"
	"setpoint/plan/state"
	"setpoint/plan/state/server"
	"setpoint/provider"
)

// moving is one house whose state is taken over from one backend by another, in
// one of the ways there are.
type moving struct {
	dir    string
	files  durable.FS // without faults; it flushes nothing, which takes most of the time
	server *httptest.Server
	args   []string // besides init --migrate-state

	mu       sync.Mutex
	requests int
	at       int // from this request on the server fails; 0: never
	done     bool
	once     bool
}

func newMoving(t *testing.T, from, to string, args ...string) (*moving, *state.State) {
	t.Helper()
	m := &moving{dir: t.TempDir(), args: args, files: faultfs.New(t, t.TempDir())}
	handler := server.New(server.Options{Files: m.files, Folder: t.TempDir()})
	m.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.serve(handler, w, r) }))
	t.Cleanup(m.server.Close)
	path := filepath.Join(m.dir, "setpoint.state.json")
	store := state.NewStore(m.files, path, "test")
	for n := range 2 {
		s, err := store.Open(t.Context(), state.OpenOptions{Lock: true, Create: true})
		if err != nil {
			t.Fatal(err)
		}
		e := state.Entry{
			Device:   provider.Device{PlantID: "1f3c6b1e-0000-4000-8000-000000000001", ModuleID: fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", n)},
			Settings: provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 200}, Outcome: state.Observed, At: time.Now(),
		}
		if err := s.Put(fmt.Sprintf("thermostat.t%d", n), e); err != nil {
			t.Fatal(err)
		}
		journal, err := os.ReadFile(path + ".journal")
		if err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if n == 1 && from == "local" { // a run that did not end
			for name, content := range map[string][]byte{path: before, path + ".journal": journal} {
				if err := os.WriteFile(name, content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	snapshot, err := store.Read()
	if err != nil {
		t.Fatal(err)
	}
	if from != "local" {
		m.configure(t, from)
		if code, text := m.run(m.files, "init", "--migrate-state"); code != 0 {
			t.Fatal(text)
		}
	}
	m.configure(t, to)
	m.requests = 0
	return m, snapshot.State
}

// serve fails from a request on: it does nothing, or does it and does not say so.
func (m *moving) serve(handler http.Handler, w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	m.requests++
	hit := m.at > 0 && (m.requests == m.at || m.requests > m.at && !m.once)
	m.mu.Unlock()
	if hit && m.done {
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	if hit {
		panic(http.ErrAbortHandler)
	}
	handler.ServeHTTP(w, r)
}

func (m *moving) configure(t *testing.T, backend string) {
	t.Helper()
	block := `backend "local" {}`
	if backend != "local" {
		block = fmt.Sprintf("backend \"http\" {\n address = %q\n lock_address = %q\n retry_max = 0\n }", m.server.URL+"/"+backend, m.server.URL+"/"+backend+"/lock")
	}
	if err := os.WriteFile(filepath.Join(m.dir, "main.hcl"), []byte("setpoint {\n "+block+"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (m *moving) run(fsys durable.FS, args ...string) (code int, text string) {
	var out strings.Builder
	code = cli.Run(cli.System{
		Args: append(args, "--chdir", m.dir), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Files: fsys,
	})
	return code, out.String()
}

func (m *moving) migrate(fsys durable.FS) (int, string) {
	return m.run(fsys, append([]string{"init", "--migrate-state"}, m.args...)...)
}

// holds checks, when the faults have ended, that a migration that is run again
// ends well, with all that was known.
func (m *moving) holds(t *testing.T, what string, want *state.State, code int, text string) {
	t.Helper()
	m.mu.Lock()
	m.at = 0
	m.mu.Unlock()
	if code == 0 {
		m.pulled(t, what+", which ended well", want)
	}
	if again, said := m.migrate(m.files); again != 0 {
		t.Errorf("%s: run again: %s\nat first: %s", what, said, text)
	}
	m.pulled(t, what, want)
}

func (m *moving) pulled(t *testing.T, what string, want *state.State) {
	t.Helper()
	code, text := m.run(m.files, "state", "pull")
	if code != 0 {
		t.Errorf("%s: %s", what, text)
		return
	}
	if got, err := state.Decode("pulled", []byte(text)); err != nil || !got.Same(want) {
		t.Errorf("%s: the state is now %s (%v)", what, text, err)
	}
}

// TestMigrationStopped stops a migration, or lets the disk or the server fail for
// good, at each operation on a file and at each request. Run again it ends well,
// and nothing of the state is lost.
func TestMigrationStopped(t *testing.T) {
	t.Chdir(t.TempDir()) // the program changes into the folders of its runs
	for name, way := range map[string]struct {
		from, to string
		args     []string
	}{
		"file to server":              {"local", "house", nil},
		"server to server":            {"house", "attic", nil},
		"server to server, deleted":   {"house", "attic", []string{"--delete-old"}},
		"server to file":              {"house", "local", nil},
		"server to file, and deleted": {"house", "local", []string{"--delete-old"}},
	} {
		t.Run(name, func(t *testing.T) {
			for kind, fault := range map[string]faultfs.Fault{"stop": {Stop: true}, "disk full": {Err: syscall.ENOSPC, Kind: faultfs.Write, Lasting: true}} {
				for n, fired := 1, true; fired; n++ {
					m, want := newMoving(t, way.from, way.to, way.args...)
					fsys := faultfs.New(t, t.TempDir())
					fault.At = n
					fsys.Faults = []faultfs.Fault{fault}
					code, text := m.migrate(fsys)
					at, file := fsys.Fired()
					fired = at != ""
					m.holds(t, fmt.Sprintf("%s at %d: %s of %s", kind, n, at, filepath.Base(file)), want, code, text)
				}
			}
			for _, done := range []bool{false, true} { // the last request that arrives, and is not answered
				for n, fired := 1, true; fired; n++ {
					m, want := newMoving(t, way.from, way.to, way.args...)
					m.mu.Lock()
					m.at, m.done, m.once = n, done, done
					m.mu.Unlock()
					code, text := m.migrate(m.files)
					m.mu.Lock()
					fired = m.requests >= n
					m.mu.Unlock()
					m.holds(t, fmt.Sprintf("request %d, done %t", n, done), want, code, text)
				}
			}
		})
	}
}
