//go:build unix

package cli_test

import (
	"encoding/json"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"setpoint/provider"
	"setpoint/provider/simulator"
)

// crashCloud is a simulated cloud over real HTTP that knows who is connected.
type crashCloud struct {
	*simulator.Cloud
	server *httptest.Server

	mu     sync.Mutex
	open   int            // connections
	served map[string]int // requests that arrived, by access token
	moved  chan struct{}  // closed and replaced when a connection ends
}

func newCrashCloud(t *testing.T, options simulator.Options, zone string, modules int) *crashCloud {
	t.Helper()
	house, err := simulator.New(options)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= modules; n++ {
		if err := house.Ensure(crashPlant, moduleID(n), zone, nil); err != nil {
			t.Fatal(err)
		}
	}
	c := &crashCloud{Cloud: house, served: map[string]int{}, moved: make(chan struct{})}
	c.server = httptest.NewUnstartedServer(c)
	c.server.Config.ConnState = c.connection
	c.server.Start()
	t.Cleanup(c.server.Close)
	return c
}

func (c *crashCloud) endpoint() string { return c.server.URL + simulator.PathPrefix }

// ServeHTTP counts the request and hands it on.
func (c *crashCloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.served[r.Header.Get("Authorization")]++
	c.mu.Unlock()
	c.Cloud.ServeHTTP(w, r)
}

func (c *crashCloud) connection(_ net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch s {
	case http.StateNew:
		c.open++
	case http.StateClosed, http.StateHijacked:
		c.open--
		close(c.moved)
		c.moved = make(chan struct{})
	}
}

// servedTo is how many requests came with an access token.
func (c *crashCloud) servedTo(token string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.served["Bearer "+token]
}

// quiet returns when all that dead processes have sent is served, also what the
// system had taken in and the server not: a connection of our own stands behind
// that in the queue.
func (c *crashCloud) quiet(t *testing.T) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(c.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	deadline := time.After(30 * time.Second)
	for {
		c.mu.Lock()
		open, moved := c.open, c.moved
		c.mu.Unlock()
		if open == 0 {
			return
		}
		select {
		case <-moved:
		case <-deadline:
			t.Fatalf("%d connections of dead processes are still open", open)
		}
	}
}

// call is one write as the cloud saw it.
type call struct {
	settings provider.Settings
	status   int // 0: the connection was cut
}

func (c call) confirmed() bool { return c.status/100 == 2 }

// rejected tells whether the answer leaves no doubt that nothing happened.
func (c call) rejected() bool { return c.status/100 == 4 && c.status != http.StatusRequestTimeout }

// writes are the calls by module, in the order of arrival.
func (c *crashCloud) writes(t *testing.T) map[string][]call {
	t.Helper()
	found := map[string][]call{}
	for _, logged := range c.Calls() {
		if logged.Method == http.MethodPost {
			found[logged.ModuleID] = append(found[logged.ModuleID], call{settingsOf(t, logged.Body), logged.Status})
		}
	}
	return found
}

// settingsOf reads the body of a Set status call.
func settingsOf(t *testing.T, body string) provider.Settings {
	t.Helper()
	var in struct {
		Function provider.Function
		Mode     provider.Mode
		SetPoint struct{ Value, Unit string }
		Programs []struct{ Number int }

		ActivationTime string
	}
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		t.Fatalf("a call with the body %q: %v", body, err)
	}
	s := provider.Settings{Function: in.Function, Mode: in.Mode}
	var err error
	switch in.Mode {
	case provider.Manual:
		s.Setpoint, err = provider.ParseCelsius(in.SetPoint.Value)
	case provider.Automatic:
		s.Program = in.Programs[0].Number
	case provider.Boost, provider.Off, provider.Protection:
	}
	if err != nil {
		t.Fatalf("a call with the body %q: %v", body, err)
	}
	end := in.ActivationTime
	if in.Mode == provider.Boost {
		s.Start, end = localTime(t, end[:19]), end[20:]
		s.BoostMinutes = int(localTime(t, end).Sub(s.Start) / time.Minute)
	}
	if end != "" {
		s.End = localTime(t, end)
	}
	return s
}

func localTime(t *testing.T, text string) provider.LocalTime {
	t.Helper()
	at, err := provider.ParseLocalTime(text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// randomFaults spoils about one call in seven.
func randomFaults(rng *rand.Rand) []simulator.Fault {
	kinds := []simulator.Fault{
		{Status: 486},
		{Status: 500},
		{Status: 500, Landed: true, Shape: simulator.ShapeHTML},
		{Status: 503, Shape: simulator.ShapeEmpty},
		{Status: 408},
		{Status: 408, Landed: true},
		{Status: 429, RetryAfter: "0"}, // without it the client would wait ten seconds
		{Drop: simulator.DropBefore},
		{Drop: simulator.DropAfter},
		{Latency: 30 * time.Millisecond},
	}
	var faults []simulator.Fault
	for n := 1; n <= crashModules; n++ {
		for from := 1; from <= 60; from++ {
			if rng.IntN(7) == 0 {
				f := kinds[rng.IntN(len(kinds))]
				f.Module, f.From = moduleID(n), from
				faults = append(faults, f)
			}
		}
	}
	once := simulator.Fault{Module: "*", From: 1 + rng.IntN(600), Status: 429, RetryAfter: "1"}
	return append(faults, once)
}
