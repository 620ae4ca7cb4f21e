package cli

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config/diag"
	"setpoint/plan/state"
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
