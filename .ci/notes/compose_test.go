package main

import "testing"

func TestCompose(t *testing.T) {
	log := mark + "Name the line of a wrong setpoint\n\n" +
		"3\t1\tconfig/thermostat.go\n40\t0\tconfig/thermostat_test.go\n2\t2\tinternal/cli/plan.go\n" +
		mark + "Hold a rule that no test missed\n\n90\t0\tplan/make_test.go\n-\t-\ttestdata/plans/x.bin\n" +
		mark + "Say how to log in\n\n5\t0\tREADME.md\n" +
		mark + "Nothing but a word\n"
	want := `# setpoint 1.2.0 (2026-11-23)

A draft from 4 commits since v1.1.0: keep what a user would notice.

## Configuration

- Name the line of a wrong setpoint

## Documentation and examples

- Say how to log in

## Under the hood

- Hold a rule that no test missed
- Nothing but a word
`
	if got := compose("1.2.0", "2026-11-23", "v1.1.0", parse(log)); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
