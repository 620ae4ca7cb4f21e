package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// browser is the program that scripts open the login page with:
//
//	browser [forge|gone] ADDRESS
//
// It goes to the address, and to where that leads, as a person's browser does.
// It is a program of few words. With forge it comes back with the state of
// another login; with gone it is closed before anything happens.
func browser() {
	if err := browse(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func browse(args []string) error {
	how, address := "", args[len(args)-1]
	if len(args) > 1 {
		how = args[0]
	}
	if how == "gone" {
		return nil
	}
	client := http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if how == "forge" {
			query := r.URL.Query()
			query.Set("state", "of-another-login")
			r.URL.RawQuery = query.Encode()
		}
		return nil
	}}
	answer, err := client.Get(address)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if log := os.Getenv("BROWSER_LOG"); log != "" {
		return os.WriteFile(log, fmt.Appendf(nil, "%s\n%d\n%s\n", address, answer.StatusCode, page), 0o600)
	}
	return nil
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
