package cli

import (
	"testing"

	"setpoint/plan/summary"
)

// TestReportOfAnInterruptedRun: the exit code of a report tells whether somebody
// ended the run.
func TestReportOfAnInterruptedRun(t *testing.T) {
	for code, want := range map[int]bool{codeInterrupted: true, codeDone: false, codeError: false} {
		r := &reports{app: &app{}, flags: &planFlags{}, operation: "apply"}
		if err := r.observe(ended{code: code}); err != nil {
			t.Fatal(err)
		}
		if got := r.summary; got.Exit != code || got.Interrupted != want {
			t.Errorf("%d: %+v, title %s", code, got, summary.Markdown(&got))
		}
	}
}
