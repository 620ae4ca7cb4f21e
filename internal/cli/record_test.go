package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

// Nothing that is known of a trouble with the state is lost: neither what lies
// below it nor what was being done and how to go on.
func TestStateErrorKeepsEverything(t *testing.T) {
	full := &state.Error{Kind: state.KindJournalFailed, Path: "s.journal", Detail: "a record could not be written",
		Remedy: "Mend the cause", Err: errors.New("no space left on device")}
	entry := &state.Error{Kind: state.KindEntry, Path: "s", Line: 3, Column: 2, Address: "thermostat.a", Detail: "no mode"}
	for _, test := range []struct {
		name string
		err  error
		want diag.List
	}{
		{"with its cause", full, diag.List{{Severity: diag.Error, Summary: "Journal not written",
			Detail: "s.journal: a record could not be written: no space left on device. Mend the cause"}}},
		{"within another", fmt.Errorf("save the state: %w. What is recorded stays in s.journal", full), diag.List{{
			Severity: diag.Error, Summary: "Journal not written", Detail: "Save the state: s.journal: a record could not be written: " +
				"no space left on device. Mend the cause. What is recorded stays in s.journal."}}},
		{"several", errors.Join(entry, errors.New("release the lock: gone")), diag.List{
			{Severity: diag.Error, Summary: "State not usable", Address: "thermostat.a", Detail: "s:3:2: no mode."},
			{Severity: diag.Error, Summary: "State not usable", Detail: "Release the lock: gone."},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, stateError(test.err).diags); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What a message calls UTC is UTC, whatever zone an entry was made in.
func TestEntriesAreDatedInUTC(t *testing.T) {
	entry := state.Entry{
		Settings: provider.Settings{Function: provider.Heating, Mode: provider.Off}, Outcome: state.Confirmed,
		At: time.Date(2026, 1, 1, 0, 30, 5, 0, time.FixedZone("", 2*60*60)),
	}
	stale := entryText(&entry, &plan.Plan{Made: entry.At})
	var recorded *exitError
	if err := refuseRecorded(&state.State{Thermostats: map[string]state.Entry{"thermostat.a": entry}}, "thermostat.a", entry.Device, ""); !errors.As(err, &recorded) {
		t.Fatalf("what is recorded already is not refused: %v", err)
	}
	for _, text := range []string{stale, recorded.diags[0].Detail} {
		if !strings.Contains(text, "2025-12-31 22:30:05 UTC") {
			t.Errorf("%q does not say when in UTC", text)
		}
	}
}

// The lock is held unless the command line says otherwise.
func TestLockFlag(t *testing.T) {
	for _, test := range []struct {
		args     []string
		unlocked bool
	}{
		{nil, false}, {[]string{"--lock"}, false}, {[]string{"--lock=true"}, false},
		{[]string{"--lock=false"}, true}, {[]string{"--lock=0"}, true}, {[]string{"--lock=false", "--lock"}, false},
	} {
		var f recordFlags
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		f.add(flags)
		if err := flags.Parse(test.args); err != nil || f.unlocked != test.unlocked {
			t.Errorf("%q: unlocked %t, error %v", test.args, f.unlocked, err)
		}
	}
	if err := new(negation).Set("maybe"); err == nil {
		t.Error("--lock=maybe is taken")
	}
}
