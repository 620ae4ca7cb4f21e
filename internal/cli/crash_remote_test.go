//go:build unix

package cli_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"setpoint/internal/durable"
	"setpoint/plan/state"
	"setpoint/plan/state/remote"
	"setpoint/plan/state/server"
)

// crashStates serves the state of a house; nil where that is a file.
type crashStates struct {
	server *httptest.Server
	open   atomic.Int64 // connections
}

func newCrashStates(t *testing.T) *crashStates {
	t.Helper()
	s := &crashStates{server: httptest.NewUnstartedServer(server.New(server.Options{Folder: t.TempDir()}))}
	s.server.Config.ConnState = func(_ net.Conn, is http.ConnState) {
		switch is {
		case http.StateNew:
			s.open.Add(1)
		case http.StateClosed, http.StateHijacked:
			s.open.Add(-1)
		}
	}
	s.server.Start()
	t.Cleanup(s.server.Close)
	return s
}

func (s *crashStates) address() string { return s.server.URL + "/house" }

// block is the setpoint block of the configuration.
func (s *crashStates) block() string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("setpoint {\n  backend \"http\" {\n    address = %q\n    lock_address = %q\n  }\n}\n", s.address(), s.address()+"/lock")
}

// copyIn is the working copy in a folder, or where there will be none.
func (s *crashStates) copyIn(dir string) string {
	found, _ := filepath.Glob(filepath.Join(dir, ".setpoint", "remote", "house-*")) // the pattern is good
	if len(found) == 0 {
		return filepath.Join(dir, "none.json")
	}
	return filepath.Join(found[0], "setpoint.state.json")
}

func (s *crashStates) store(t *testing.T, path string) *state.Store {
	t.Helper()
	client, err := remote.New(remote.Options{Address: s.address(), LockAddress: s.address() + "/lock", Transport: &http.Transport{DisableKeepAlives: true}})
	if err != nil {
		t.Fatal(err)
	}
	return state.NewRemoteStore(durable.OS(), path, "test", client, func() error { return nil })
}

// quiet returns when all that dead processes have sent is served.
func (s *crashStates) quiet(t *testing.T) {
	if s == nil {
		return
	}
	t.Helper()
	s.elsewhere(t) // a connection of our own stands behind them in the queue
	for deadline := time.Now().Add(30 * time.Second); s.open.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections of dead processes are still open", s.open.Load())
		}
	}
}

// elsewhere is the state as another machine sees it.
func (s *crashStates) elsewhere(t *testing.T) *state.Snapshot {
	t.Helper()
	snapshot, err := s.store(t, filepath.Join(t.TempDir(), "setpoint.state.json")).Read()
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// TestCrashRemote is TestCrash with the state on a server. A killed run leaves its
// lock there, which the next one from the same folder takes over; and whenever a run
// did everything, another machine knows as much as this one.
func TestCrashRemote(t *testing.T) {
	seed := *crashSeed
	if seed == 0 {
		seed = rand.Uint64N(1 << 32)
	}
	kills := *crashKills / 3
	t.Logf("to repeat: -crash.kills=%d -crash.seed=%d", *crashKills, seed)
	rng := rand.New(rand.NewPCG(seed, 1<<32))
	h := newCrashHouse(t, rng, 5*time.Millisecond, randomFaults(rng))
	h.states = newCrashStates(t)
	h.usual = time.Second
	h.live(kills)
	t.Logf("%s", &h.tally)
	h.write()
	h.applyInPeace()
	here, err := h.store().Read()
	if err != nil {
		t.Fatal(err)
	}
	if there := h.states.elsewhere(t); !there.State.Same(here.State) || len(here.State.Thermostats) < crashSize/2 {
		t.Errorf("another machine knows of %d thermostats, this one of %d", len(there.State.Thermostats), len(here.State.Thermostats))
	}
}
