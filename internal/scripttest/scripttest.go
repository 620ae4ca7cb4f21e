// Package scripttest is what end-to-end scripts have at hand besides the program:
// a simulated cloud of their own (cloud), a server of states (states), exit codes
// (code), a free port (port), a check of what is written with --json (stream) and a
// browser. It is imported by tests only, and must not know the program that the
// scripts run.
package scripttest

import (
	"errors"
	"net"
	"os/exec"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

// Commands are the script commands. They need Setup.
func Commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"cloud":  cloudCommand,
		"code":   codeCommand,
		"port":   portCommand,
		"states": statesCommand,
		"stream": streamCommand,
	}
}

// Setup prepares a cloud for a script, which begins to serve with "cloud start"
// and ends with the script.
func Setup(env *testscript.Env) {
	cloud := &fakeCloud{}
	env.Values[cloudKey{}] = cloud
	env.Defer(cloud.stop)
	states := &fakeStates{}
	env.Values[statesKey{}] = states
	env.Defer(states.stop)
}

// codeCommand is the script command
//
//	code N COMMAND ARG…   run it and demand this exit code
func codeCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND ARG…")
	}
	code := "0"
	var failed *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &failed):
		code = strconv.Itoa(failed.ExitCode())
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, not %s", code, args[0])
	}
}

// portCommand is the script command
//
//	port NAME   set the variable NAME to a port of this machine that nobody listens on
func portCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port NAME")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	ts.Check(err)
	ts.Check(listener.Close())
	ts.Setenv(args[0], port)
}
