package cli_test

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/internal/cli"
	"setpoint/plan/state"
	"setpoint/provider/simulator"
	"setpoint/provider/smarther/exchange"
)

const (
	dayPlant  = "1f3c6b1e-0000-4000-8000-000000000001"
	dayModule = "2a9d5c0f-0000-4000-8000-%012d"
)

// hotel is a simulated house, a folder with its configuration, and the one clock
// that house and program go by: that of a bubble, in which a night is over at once.
type hotel struct {
	*testing.T
	cloud     *simulator.Cloud
	transport *http.Transport
	rooms     int
	counted   int    // calls that were spent on
	output    string // of the last command, both streams
}

// pipes is a network of net.Pipe: no socket, which a bubble could not wait for.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	conn, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	p <- far
	return near, nil
}

// inHotel lives through a story in a hotel, from a morning on.
func inHotel(t *testing.T, rooms int, morning, configuration string, story func(h *hotel)) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("main.hcl", []byte(configuration), 0o644); err != nil {
		t.Fatal(err)
	}
	// What passes on signals lives as long as the process: it must not be born in the bubble.
	unused := make(chan os.Signal, 1)
	signal.Notify(unused, syscall.SIGHUP)
	signal.Stop(unused)
	synctest.Test(t, func(t *testing.T) {
		begin, err := time.Parse(time.RFC3339, morning)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(begin))
		house, err := simulator.New(simulator.Options{Limits: simulator.Limits{DailyQuota: 500}})
		if err != nil {
			t.Fatal(err)
		}
		h := &hotel{T: t, cloud: house, transport: exchange.NewTransport(30 * time.Second), rooms: rooms}
		for n := 1; n <= rooms; n++ {
			h.must(house.Ensure(dayPlant, fmt.Sprintf(dayModule, n), "Europe/Rome", nil))
		}
		network := make(pipes)
		h.transport.DialContext = network.dial
		server, served := &http.Server{Handler: house}, make(chan struct{})
		go func() { defer close(served); _ = server.Serve(network) }()
		story(h)
		h.transport.CloseIdleConnections()
		close(network)
		h.must(server.Close())
		<-served
	})
}

func (h *hotel) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// at waits until the clocks in Rome show a time of day, of the next day if it is
// over today.
func (h *hotel) at(clock string) {
	h.Helper()
	rome, err := time.LoadLocation("Europe/Rome")
	h.must(err)
	now := time.Now().In(rome)
	then, err := time.ParseInLocation("2006-01-02 15:04", now.Format("2006-01-02 ")+clock, rome)
	h.must(err)
	if then.Before(now) {
		then = then.AddDate(0, 0, 1)
	}
	time.Sleep(time.Until(then))
}

// setpoint runs the program and demands an exit code.
func (h *hotel) setpoint(code int, args ...string) {
	h.Helper()
	var out strings.Builder
	got := cli.Run(cli.System{
		Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Transport: h.transport,
		Environ: []string{"SMARTHER_SUBSCRIPTION_KEY=0123456789abcdef0123456789abcdef", "SMARTHER_ACCESS_TOKEN=token"},
	})
	h.output = out.String()
	if got != code {
		h.Fatalf("setpoint %s: exit code %d, not %d\n%s", strings.Join(args, " "), got, code, h.output)
	}
}

// says demands that the last command said something; spaces and line ends count alike.
func (h *hotel) says(text string) {
	h.Helper()
	if said := strings.Join(strings.Fields(h.output), " "); !regexp.MustCompile(text).MatchString(said) {
		h.Errorf("it does not say %q:\n%s", text, h.output)
	}
}

// spent counts the calls that reached the cloud since it was asked last.
func (h *hotel) spent() int {
	all := len(h.cloud.Calls())
	spent := all - h.counted
	h.counted = all
	return spent
}

// costs demands how many calls reached the cloud since it was asked last.
func (h *hotel) costs(want int) {
	h.Helper()
	if got := h.spent(); got != want {
		h.Errorf("%d calls, not %d\n%s", got, want, h.output)
	}
}

// knob is a hand at the knob of a thermostat.
func (h *hotel) knob(n int, does string) {
	h.Helper()
	request := httptest.NewRequest(http.MethodPut, simulator.AdminPrefix+"plants/"+dayPlant+"/modules/"+fmt.Sprintf(dayModule, n), strings.NewReader(does))
	request.RemoteAddr = "127.0.0.1:1"
	answer := httptest.NewRecorder()
	h.cloud.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK {
		h.Fatalf("the knob of %d: %d %s", n, answer.Code, answer.Body)
	}
}

// stands is what a thermostat of the house is set to.
func (h *hotel) stands(n int) string {
	h.Helper()
	status, err := h.cloud.Status(dayPlant, fmt.Sprintf(dayModule, n))
	h.must(err)
	if status.Mode == simulator.Manual {
		return fmt.Sprintf("manual %s", status.Setpoint)
	}
	return fmt.Sprintf("%s %d", status.Mode, status.Program)
}

// house counts the thermostats of the house by what they are set to.
func (h *hotel) house() string {
	h.Helper()
	count := map[string]int{}
	for n := 1; n <= h.rooms; n++ {
		count[h.stands(n)]++
	}
	return tallied(count)
}

// record counts the thermostats of the record by what they were set to, and how
// certain that is where nothing else than the cloud says so.
func (h *hotel) record() string {
	h.Helper()
	count := map[string]int{}
	for _, entry := range h.recorded().Thermostats {
		text := fmt.Sprintf("%s %s", entry.Settings.Mode, entry.Settings.Setpoint)
		if entry.Outcome != state.Confirmed {
			text += " " + string(entry.Outcome)
		}
		count[text]++
	}
	return tallied(count)
}

func (h *hotel) recorded() *state.State {
	h.Helper()
	content, err := os.ReadFile("setpoint.state.json")
	h.must(err)
	s, err := state.Decode("setpoint.state.json", content)
	h.must(err)
	return s
}

// tallied is "10 × manual 17, 90 × manual 20".
func tallied(count map[string]int) string {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(count)) {
		parts = append(parts, fmt.Sprintf("%d × %s", count[what], what))
	}
	return strings.Join(parts, ", ")
}

// is demands what house or record look like.
func (h *hotel) is(what, want, got string) {
	h.Helper()
	if got != want {
		h.Errorf("%s: %s, not %s", what, got, want)
	}
}
