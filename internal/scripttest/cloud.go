package scripttest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"setpoint/provider/simulator"
)

type cloudKey struct{}

// fakeCloud is the simulated cloud of one script. It has one plant in
// Europe/Rome, 1f3c6b1e-0000-4000-8000-000000000001, with thermostats
// 2a9d5c0f-0000-4000-8000-000000000001 to …060.
type fakeCloud struct {
	house   *simulator.Cloud
	open    atomic.Pointer[simulator.Cloud] // the same, for the server
	server  *http.Server
	address string
	skipped int // calls forgotten
	meeting atomic.Pointer[meeting]
	serving atomic.Int32 // requests being answered
}

// settle waits until all that has arrived is answered and on record: a client
// that was cut off is done earlier. What is answered late is not waited for.
func (c *fakeCloud) settle() {
	for deadline := time.Now().Add(time.Second); c.serving.Load() > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}

// meeting holds back the first calls until all of them have arrived.
type meeting struct {
	missing atomic.Int32
	met     chan struct{}
}

// join returns when enough calls have joined, at once for those after them, and
// after 20 s at the latest.
func (m *meeting) join() {
	switch missing := m.missing.Add(-1); {
	case missing == 0:
		close(m.met)
	case missing > 0:
		select {
		case <-m.met:
		case <-time.After(20 * time.Second):
		}
	}
}

const (
	scriptPlant  = "1f3c6b1e-0000-4000-8000-000000000001"
	scriptModule = "2a9d5c0f-0000-4000-8000-%012d"
	scriptSize   = 60
)

func (c *fakeCloud) stop() {
	if c.server != nil {
		_ = c.server.Close()
	}
}

// cloudCommand is the script command
//
//	cloud start [FAULTS] [LATENCY] [login=FILE] [quota=N] [burst=N] [after-end=previous] [meet=N] [size=N]
//	                                 begin to serve; $ENDPOINT, also the variable endpoint; $SMARTHER_LOGIN_URL; with
//	                                 meet, the first N calls are answered when all of them have arrived
//	cloud calls                      print the calls since the last forget, one a line
//	cloud forget                     forget the calls so far
//	cloud await N                    wait until N calls have arrived
//	cloud status N                   print what thermostat N is set to
//	cloud admin METHOD PATH [BODY]   what the simulator's admin endpoint can do, and print the answer; the thermostats
//	                                 are under $MODULES, and BODY may be @FILE
//	cloud knob N JSON                what a hand at thermostat N does, as in {"mode": "manual", "setpoint": 23.5}
//	cloud login FILE                 log in as a person would, and write the credentials file FILE; also
//	                                 $ACCESS_TOKEN and $REFRESH_TOKEN
func cloudCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: cloud start|calls|forget|await|status|admin|knob|login")
	}
	c := ts.Value(cloudKey{}).(*fakeCloud)
	switch args[0] {
	case "start":
		ts.Check(c.start(ts, args[1:]))
	case "calls":
		c.settle()
		_ = ts.Stdout() // so that no call is an empty answer, not the one before
		for _, call := range c.house.Calls()[c.skipped:] {
			about := string(call.Operation)
			if len(call.ModuleID) == len(scriptPlant) {
				about = strings.TrimLeft(call.ModuleID[24:], "0")
			}
			_, err := fmt.Fprintf(ts.Stdout(), "%s %s %d %s\n", call.Method, about, call.Status, call.Body)
			ts.Check(err)
		}
	case "forget":
		c.skipped = len(c.house.Calls())
	case "await":
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		for deadline := time.Now().Add(20 * time.Second); len(c.house.Calls())-c.skipped < n; {
			if time.Now().After(deadline) {
				ts.Fatalf("only %d calls arrived", len(c.house.Calls())-c.skipped)
			}
			time.Sleep(time.Millisecond)
		}
	case "status":
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		status, err := c.house.Status(scriptPlant, fmt.Sprintf(scriptModule, n))
		ts.Check(err)
		_, err = fmt.Fprintf(ts.Stdout(), "%s %s %s %d\n", status.Function, status.Mode, status.Setpoint, status.Program)
		ts.Check(err)
	case "admin":
		ts.Check(c.admin(ts, args[1:]))
	case "knob":
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		path := "plants/" + scriptPlant + "/modules/" + fmt.Sprintf(scriptModule, n)
		ts.Check(c.admin(ts, append([]string{http.MethodPut, path}, args[2:]...)))
	case "login":
		ts.Check(c.login(ts, args[1]))
	default:
		ts.Fatalf("unknown: cloud %s", args[0])
	}
}

// admin does what the admin endpoint can do.
func (c *fakeCloud) admin(ts *testscript.TestScript, args []string) error {
	body := strings.Join(args[2:], " ")
	if file, ok := strings.CutPrefix(body, "@"); ok {
		body = ts.ReadFile(file)
	}
	request := httptest.NewRequest(args[0], simulator.AdminPrefix+args[1], strings.NewReader(body))
	request.RemoteAddr = c.address
	answer := httptest.NewRecorder()
	c.house.ServeHTTP(answer, request)
	if answer.Code/100 != 2 {
		return fmt.Errorf("cloud %s: %d %s", strings.Join(args, " "), answer.Code, answer.Body)
	}
	_, err := fmt.Fprintf(ts.Stdout(), "%s\n", answer.Body)
	return err
}

// login writes what comes of a login to a credentials file.
func (c *fakeCloud) login(ts *testscript.TestScript, file string) error {
	got, err := LogIn(c.house)
	if err != nil {
		return err
	}
	ts.Setenv("ACCESS_TOKEN", got.Access)
	ts.Setenv("REFRESH_TOKEN", got.Refresh)
	c.skipped = len(c.house.Calls())
	return os.WriteFile(ts.MkAbs(file), got.File, 0o600)
}

func (c *fakeCloud) start(ts *testscript.TestScript, args []string) error {
	size := scriptSize
	if last := len(args) - 1; last >= 0 && strings.HasPrefix(args[last], "size=") {
		n, err := strconv.Atoi(strings.TrimPrefix(args[last], "size="))
		if err != nil {
			return err
		}
		size, args = n, args[:last]
	}
	c.meeting.Store(nil)
	args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool {
		n, err := strconv.Atoi(strings.TrimPrefix(arg, "meet="))
		if !strings.HasPrefix(arg, "meet=") || err != nil {
			return false
		}
		m := &meeting{met: make(chan struct{})}
		m.missing.Store(int32(n))
		c.meeting.Store(m)
		return true
	})
	options, err := startOptions(ts, args)
	if err != nil {
		return err
	}
	house, err := simulator.New(options)
	if err != nil {
		return err
	}
	for n := 1; n <= size; n++ {
		if err := house.Ensure(scriptPlant, fmt.Sprintf(scriptModule, n), "Europe/Rome", nil); err != nil {
			return err
		}
	}
	c.house, c.skipped = house, 0
	c.open.Store(house)
	if c.server == nil { // later houses take the place of the first, at its address
		var config net.ListenConfig
		listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		c.address = listener.Addr().String()
		c.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.serving.Add(1)
			defer c.serving.Add(-1)
			if m := c.meeting.Load(); m != nil {
				m.join()
			}
			c.open.Load().ServeHTTP(w, r)
		})}
		go func() { _ = c.server.Serve(listener) }()
	}
	endpoint := "http://" + c.address + simulator.PathPrefix
	ts.Setenv("ENDPOINT", endpoint)
	ts.Setenv("SETPOINT_VAR_endpoint", endpoint)
	ts.Setenv("SMARTHER_LOGIN_URL", "http://"+c.address+simulator.LoginPrefix)
	ts.Setenv("MODULES", "plants/"+scriptPlant+"/modules/"+fmt.Sprintf(scriptModule, 0)[:24])
	return nil
}

func startOptions(ts *testscript.TestScript, args []string) (simulator.Options, error) {
	var options simulator.Options
	var problems []error
	for _, arg := range args {
		var err error
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "login":
			options.Login, err = simulator.ParseLogin([]byte(ts.ReadFile(value)))
		case "quota":
			options.Limits.DailyQuota, err = strconv.Atoi(value)
		case "burst":
			options.Limits.Burst, err = strconv.Atoi(value)
		case "after-end":
			options.AfterEnd = simulator.AfterEndPrevious
		default:
			if latency, wrong := time.ParseDuration(arg); wrong == nil {
				options.Latency = latency
			} else {
				options.Faults, err = simulator.ParseFaults([]byte(ts.ReadFile(arg)))
			}
		}
		problems = append(problems, err)
	}
	return options, errors.Join(problems...)
}
