package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"setpoint/internal/cli"
	"setpoint/provider/simulator"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"setpoint": main})
}

// TestScripts runs the real program against the simulated cloud over real HTTP.
// Each script begins with a cloud of its own, see fakeCloud.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"cloud": cloudCommand,
			"code":  codeCommand,
		},
		Setup: func(env *testscript.Env) error {
			root, err := os.Getwd()
			if err != nil {
				return err
			}
			env.Setenv("EXAMPLES", filepath.Join(root, "examples"))
			env.Setenv("SMARTHER_SUBSCRIPTION_KEY", "canary-key-5f3c")
			env.Setenv("SMARTHER_ACCESS_TOKEN", "canary-token-9b1d")
			env.Setenv("CI", "")
			env.Setenv("TZ", "UTC")
			cloud := &fakeCloud{}
			env.Values[cloudKey{}] = cloud
			env.Defer(cloud.stop)
			return nil
		},
	})
}

type cloudKey struct{}

// fakeCloud is the simulated cloud of one script. It has one plant in
// Europe/Rome, 1f3c6b1e-0000-4000-8000-000000000001, with thermostats
// 2a9d5c0f-0000-4000-8000-000000000001 to …060.
type fakeCloud struct {
	house   *simulator.Cloud
	server  *http.Server
	address string
	skipped int // calls forgotten
}

const (
	scriptPlant  = "1f3c6b1e-0000-4000-8000-000000000001"
	scriptModule = "2a9d5c0f-0000-4000-8000-%012d"
	scriptSize   = 60
)

func (c *fakeCloud) stop() {
	if c.server != nil {
		_ = c.server.Close()
		_ = c.house.Close()
	}
}

// cloudCommand is the script command
//
//	cloud start [FAULTS] [LATENCY]   begin to serve; $ENDPOINT, also the variable endpoint
//	cloud calls                      print the calls since the last forget, one a line
//	cloud forget                     forget the calls so far
//	cloud await N                    wait until N calls have arrived
//	cloud status N                   print what thermostat N is set to
func cloudCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: cloud start|calls|forget|await|status")
	}
	c := ts.Value(cloudKey{}).(*fakeCloud)
	switch args[0] {
	case "start":
		ts.Check(c.start(ts, args[1:]))
	case "calls":
		_ = ts.Stdout() // so that no call is an empty answer, not the one before
		for _, call := range c.house.Calls()[c.skipped:] {
			_, err := fmt.Fprintf(ts.Stdout(), "%s %s %d %s\n", call.Method, strings.TrimLeft(call.ModuleID[24:], "0"), call.Status, call.Body)
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
	default:
		ts.Fatalf("unknown: cloud %s", args[0])
	}
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

func (c *fakeCloud) start(ts *testscript.TestScript, args []string) error {
	options := simulator.Options{}
	for _, arg := range args {
		if latency, err := time.ParseDuration(arg); err == nil {
			options.Latency = latency
			continue
		}
		faults, err := simulator.ParseFaults([]byte(ts.ReadFile(arg)))
		if err != nil {
			return err
		}
		options.Faults = faults
	}
	c.stop()
	house, err := simulator.New(options)
	if err != nil {
		return err
	}
	for n := 1; n <= scriptSize; n++ {
		if err := house.Ensure(scriptPlant, fmt.Sprintf(scriptModule, n), "Europe/Rome", nil); err != nil {
			return err
		}
	}
	if c.address == "" {
		c.address = "127.0.0.1:0"
	}
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", c.address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: house}
	c.house, c.server, c.skipped = house, server, 0
	c.address = listener.Addr().String()
	go func() { _ = server.Serve(listener) }()
	endpoint := "http://" + c.address + simulator.PathPrefix
	ts.Setenv("ENDPOINT", endpoint)
	ts.Setenv("SETPOINT_VAR_endpoint", endpoint)
	return nil
}

// TestReadme runs what README.md shows. Every console block is a command and
// what it prints (standard output, or standard error where it fails), in a copy
// of the tree where the first commands have been run and the first hcl block is
// the configuration. Every hcl block is valid and formatted.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS("examples")); err != nil {
		t.Fatal(err)
	}
	rehearsed, err := filepath.Glob(filepath.Join(dir, "examples", "*", ".setpoint"))
	if err != nil {
		t.Fatal(err)
	}
	for _, left := range rehearsed { // whoever tries the examples must not spoil the test
		if err := os.RemoveAll(left); err != nil {
			t.Fatal(err)
		}
	}
	run := func(command string) (stdout, stderr string, code int) {
		var out, errs strings.Builder
		t.Chdir(dir)
		code = cli.Run(cli.System{Args: strings.Fields(command), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
		return out.String(), errs.String(), code
	}
	first, _, _ := strings.Cut(block(t, string(readme), "sh", 0), "\n")
	out, errs, code := run(strings.TrimPrefix(first, "go run . "))
	if want := "\nApply complete! Resources: 5 added, 0 changed, 0 destroyed.\n"; code != 0 || !strings.HasSuffix(out, want) {
		t.Fatalf("%s: exit code %d\n%s%s", first, code, out, errs)
	}
	if out, _, code := run(strings.TrimPrefix(first, "go run . ")); code != 0 || !strings.HasPrefix(out, "No changes.") {
		t.Fatalf("%s, again: exit code %d\n%s", first, code, out)
	}
	for i := range 3 {
		configuration := block(t, string(readme), "hcl", i)
		if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(configuration), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"validate", "fmt --check"} {
			if out, errs, code := run(command); code != 0 {
				t.Errorf("hcl block %d: %s: exit code %d\n%s%s", i, command, code, out, errs)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(block(t, string(readme), "hcl", 0)), 0o600); err != nil {
		t.Fatal(err)
	}
	shown := strings.Count(string(readme), "```console\n")
	for i := range shown {
		text := block(t, string(readme), "console", i)
		command, want, _ := strings.Cut(text, "\n")
		out, errs, code := run(strings.TrimPrefix(command, "$ setpoint "))
		got := out
		if code != 0 {
			got = strings.TrimSuffix(errs, "\n")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-README +program):\n%s", command, diff)
		}
	}
	if shown < 4 {
		t.Errorf("only %d console blocks found", shown)
	}
}

// block is the n-th fenced block of a language, from 0.
func block(t *testing.T, text, language string, n int) string {
	t.Helper()
	parts := strings.Split(text, "```"+language+"\n")
	if len(parts) < n+2 {
		t.Fatalf("README.md has no %s block %d", language, n)
	}
	body, _, _ := strings.Cut(parts[n+1], "```")
	return body
}

// TestWrongConfigurations applies every configuration of testdata/config that
// has an error: none makes a call, which would need a journal, or touches the
// state, which would need the lock.
func TestWrongConfigurations(t *testing.T) {
	const record = `{"version":1,"setpoint_version":"0.1.0","lineage":"6a1c0000-0000-4000-8000-000000000000","serial":7,"thermostats":{},"outputs":{}}`
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	wants, err := filepath.Glob(filepath.Join("testdata", "config", "*", "want.txt"))
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, want := range wants {
		text, err := os.ReadFile(want)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains("\n"+string(text), "\nError: ") {
			continue
		}
		args := []string{"apply", "--auto-approve", "--state", "record.json"}
		if options, err := os.ReadFile(filepath.Join(filepath.Dir(want), "options.txt")); err == nil {
			if strings.Contains(string(options), "planned") {
				continue // is about a saved plan
			}
			args = append(args, strings.Fields(string(options))...)
		}
		tried++
		dir := filepath.Join(t.TempDir(), "folder")
		if err := os.CopyFS(dir, os.DirFS(filepath.Dir(want))); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "record.json"), []byte(record), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs strings.Builder
		t.Chdir(dir)
		code := cli.Run(cli.System{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
		t.Chdir(root)
		if code != 1 || out.Len() > 0 || !strings.Contains(errs.String(), "Error: ") {
			t.Errorf("%s: exit code %d\n%s%s", want, code, &out, &errs)
		}
		if after, err := os.ReadFile(filepath.Join(dir, "record.json")); err != nil || string(after) != record {
			t.Errorf("%s: the state was touched: %v", want, err)
		}
		if beside, _ := filepath.Glob(filepath.Join(dir, "record.json.*")); beside != nil {
			t.Errorf("%s: left %s", want, beside)
		}
	}
	if tried < 25 {
		t.Errorf("only %d configurations tried", tried)
	}
}
