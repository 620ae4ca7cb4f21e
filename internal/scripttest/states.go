package scripttest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"setpoint/plan/state/server"
)

type statesKey struct{}

// fakeStates is the server of states of one script.
type fakeStates struct {
	server  *http.Server
	handler http.Handler

	mu       sync.Mutex
	requests []string
	fault    string // of all that is to come; "" for none
}

func (s *fakeStates) stop() {
	if s.server != nil {
		_ = s.server.Close()
	}
}

// ServeHTTP notes the request and fails it, if it is to fail.
func (s *fakeStates) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	entry := r.Method + " " + r.URL.Path
	if r.URL.Query().Has("ID") {
		entry += "?ID"
	}
	s.requests = append(s.requests, entry)
	method, what, _ := strings.Cut(s.fault, " ")
	handler := s.handler
	s.mu.Unlock()
	if method != r.Method && method != "*" {
		handler.ServeHTTP(w, r)
		return
	}
	switch what {
	case "redirect":
		http.Redirect(w, r, "http://192.0.2.1/elsewhere", http.StatusFound)
	case "reset":
		panic(http.ErrAbortHandler)
	case "401":
		http.Error(w, "who are you?", http.StatusUnauthorized)
	default:
		http.Error(w, "out of order", http.StatusInternalServerError)
	}
}

// statesCommand is the script command
//
//	states start [USER PASSWORD]   begin to serve; $STATES is the address. It is what TF_HTTP_ADDRESS names, with
//	                               the state house and its lock
//	states requests                print the requests since the last forget, one a line
//	states forget                  forget the requests so far
//	states fail METHOD WHAT        from now on fail those of a method, or all (*): 500, 401, redirect, reset
//	states heal                    fail none any more
//	states do METHOD PATH [BODY]   what somebody else does, and print the answer
func statesCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: states start|requests|forget|fail|heal|do")
	}
	s := ts.Value(statesKey{}).(*fakeStates)
	if args[0] == "start" {
		ts.Check(s.start(ts, args[1:]))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch args[0] {
	case "requests":
		_, err := fmt.Fprint(ts.Stdout(), strings.Join(append(s.requests, ""), "\n"))
		ts.Check(err)
	case "forget":
		s.requests = nil
	case "fail":
		s.fault = strings.Join(args[1:], " ")
	case "heal":
		s.fault = ""
	case "do":
		answer := httptest.NewRecorder()
		s.handler.ServeHTTP(answer, httptest.NewRequest(args[1], args[2], strings.NewReader(strings.Join(args[3:], " "))))
		_, err := fmt.Fprintf(ts.Stdout(), "%d %s\n", answer.Code, answer.Body)
		ts.Check(err)
	default:
		ts.Fatalf("unknown: states %s", args[0])
	}
}

func (s *fakeStates) start(ts *testscript.TestScript, args []string) error {
	options := server.Options{Folder: ts.MkAbs(".states")}
	if len(args) == 2 {
		options.Username, options.Password = args[0], args[1]
	}
	if err := os.MkdirAll(options.Folder, 0o700); err != nil {
		return err
	}
	s.handler = server.New(options)
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.server = &http.Server{Handler: s}
	go func() { _ = s.server.Serve(listener) }()
	address := "http://" + listener.Addr().String()
	ts.Setenv("STATES", address)
	ts.Setenv("TF_HTTP_ADDRESS", address+"/house")
	ts.Setenv("TF_HTTP_LOCK_ADDRESS", address+"/house/lock")
	ts.Setenv("TF_HTTP_RETRY_MAX", "0")
	return nil
}
