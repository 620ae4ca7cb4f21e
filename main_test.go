package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"setpoint/internal/cli"
	"setpoint/internal/scripttest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"setpoint": main, "setpoint-hasty": hasty, "browser": browser})
}

// hasty is the program, but that it does not wait long before it reads back what
// was set: 300 ms, so that a hand can be at the knob before.
func hasty() {
	os.Exit(cli.Run(cli.System{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(),
		Verify: []time.Duration{300 * time.Millisecond, time.Millisecond, time.Millisecond},
	}))
}

func browser() {
	if err := scripttest.Browse(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestScripts runs the real program against the simulated cloud over real HTTP.
// Each script has a cloud of its own, see package scripttest.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds:          scripttest.Commands(),
		Setup: func(env *testscript.Env) error {
			root, err := os.Getwd()
			if err != nil {
				return err
			}
			env.Setenv("EXAMPLES", filepath.Join(root, "examples"))
			env.Setenv("STREAM_SCHEMA", filepath.Join(root, "testdata", "stream.schema.json"))
			env.Setenv("SMARTHER_SUBSCRIPTION_KEY", "canary-key-5f3c")
			env.Setenv("SMARTHER_ACCESS_TOKEN", "canary-token-9b1d")
			env.Setenv("CI", "")
			env.Setenv("TZ", "UTC")
			scripttest.Setup(env)
			return nil
		},
	})
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
	if want := "\nApply complete! Resources: 5 added, 0 changed, 0 destroyed.\n\nOutputs:\n\ncomfort = 20.5\n"; code != 0 || !strings.HasSuffix(out, want) {
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
