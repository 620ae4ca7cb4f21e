package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"setpoint/internal/cli"
	"setpoint/provider/simulator"
)

// codesConfiguration is two thermostats in the house of crashPlant.
const codesConfiguration = `
variable "warm" {
  type    = number
  default = 20
}

provider "smarther" {
  rate_limit = 0

  retry {
    attempts = 1
  }
}

thermostat "t" {
  count     = 2
  plant_id  = "` + crashPlant + `"
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", count.index + 1)
  function  = "heating"
  mode      = "manual"
  setpoint  = var.warm
}
`

// TestExitCodesOfTextAndJSON holds that a command ends with the same code as text
// and as JSON, also where nobody takes its answer.
func TestExitCodesOfTextAndJSON(t *testing.T) {
	answers := func(method string, status int) *simulator.Fault {
		return &simulator.Fault{Module: "*", Method: method, Times: new(0), Status: status}
	}
	gone := &simulator.Fault{Module: fmt.Sprintf(crashModule, 2), Offline: true, Times: new(0)}
	for name, tt := range map[string]struct {
		before  string // commands, each on a line
		fault   *simulator.Fault
		command string
		closed  bool // standard output takes nothing
		want    int
	}{
		"plan":                   {command: "plan", want: 0},
		"changes":                {command: "plan --detailed-exitcode", want: 2},
		"no changes":             {before: "apply --auto-approve", command: "plan --detailed-exitcode", want: 0},
		"nothing to apply":       {before: "apply --auto-approve", command: "apply --auto-approve", want: 0},
		"apply":                  {command: "apply --auto-approve", want: 0},
		"saved plan":             {before: "plan --out p.plan", command: "apply p.plan", want: 0},
		"stale plan":             {before: "plan --out p.plan\napply --auto-approve", command: "apply p.plan", want: 1},
		"no such plan":           {command: "apply p.plan", want: 1},
		"another plan":           {command: "apply --expect 0123456789abcdef", want: 1},
		"usage":                  {command: "plan --bogus", want: 1},
		"flags":                  {command: "plan --refresh-only --replace thermostat.t", want: 1},
		"folder":                 {command: "plan --chdir nowhere", want: 1},
		"configuration":          {command: "plan --var warm=99", want: 1},
		"target":                 {command: "plan --target thermostat.none", want: 1},
		"nobody to ask":          {command: "apply", want: 1},
		"report not possible":    {command: "plan --report markdown=main.hcl", want: 1},
		"too few calls to read":  {before: "apply --auto-approve", command: "plan --refresh --max-calls 1", want: 1},
		"too few calls":          {command: "apply --auto-approve --max-calls 1", want: 4},
		"offline":                {fault: gone, command: "apply --auto-approve", want: 4},
		"person":                 {fault: answers("POST", 469), command: "apply --auto-approve", want: 5},
		"quota":                  {fault: answers("POST", 403), command: "apply --auto-approve", want: 6},
		"person, reading":        {before: "apply --auto-approve", fault: answers("GET", 469), command: "plan --refresh", want: 5},
		"quota, reading":         {before: "apply --auto-approve", fault: answers("GET", 403), command: "apply --refresh --auto-approve", want: 6},
		"destroy":                {before: "apply --auto-approve", command: "destroy --auto-approve", want: 0},
		"plan, closed":           {command: "plan", closed: true, want: 1},
		"apply, closed":          {command: "apply --auto-approve", closed: true, want: 1},
		"quota, reading, closed": {before: "apply --auto-approve", fault: answers("GET", 403), command: "apply --refresh --auto-approve", closed: true, want: 6},
	} {
		for _, form := range []string{"", " --json"} {
			t.Run(name+form, func(t *testing.T) {
				t.Chdir(t.TempDir())
				house, err := simulator.New(simulator.Options{})
				if err != nil {
					t.Fatal(err)
				}
				for n := 1; n <= 2; n++ {
					if err := house.Ensure(crashPlant, fmt.Sprintf(crashModule, n), "Europe/Rome", nil); err != nil {
						t.Fatal(err)
					}
				}
				server := httptest.NewServer(house)
				defer server.Close()
				if err := os.WriteFile("main.hcl", []byte(codesConfiguration), 0o644); err != nil {
					t.Fatal(err)
				}
				run := func(command string, out io.Writer) (int, string) {
					var errs bytes.Buffer
					code := cli.Run(cli.System{Args: strings.Fields(command), Stdin: strings.NewReader(""), Stdout: out, Stderr: &errs, Environ: []string{
						"SMARTHER_ENDPOINT=" + server.URL + "/smarther/v2.0", "SMARTHER_ACCESS_TOKEN=token", "SMARTHER_SUBSCRIPTION_KEY=0123456789abcdef0123456789abcdef"}})
					return code, errs.String()
				}
				for command := range strings.Lines(tt.before) {
					if code, errs := run(command, io.Discard); code != 0 {
						t.Fatalf("%s: exit code %d\n%s", command, code, errs)
					}
				}
				if tt.fault != nil {
					if _, err := house.AddFaults(*tt.fault); err != nil {
						t.Fatal(err)
					}
				}
				out := io.Writer(new(bytes.Buffer))
				if tt.closed {
					out = unread{}
				}
				if code, errs := run(tt.command+form, out); code != tt.want {
					t.Errorf("exit code %d, not %d\n%s\n%s", code, tt.want, out, errs)
				}
			})
		}
	}
}

// unread is a stream that nobody reads.
type unread struct{}

func (unread) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }
