package report_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"setpoint/apply"
	"setpoint/apply/report"
	"setpoint/plan"
	"setpoint/provider"
)

// readAs is an import of a thermostat declared at 20.5 °C.
func readAs(name string, tenths provider.Celsius) apply.Result {
	r := apply.Result{Step: step(name, plan.Import), Outcome: apply.Applied, Attempts: 1, Elapsed: 1340 * time.Millisecond}
	read := *r.Step.After
	read.Setpoint = tenths
	r.Read = &read
	return r
}

func TestImported(t *testing.T) {
	failed := apply.Result{Step: step("attic", plan.Import), Outcome: apply.Failed, Err: errors.New("no such thing")}
	var b strings.Builder
	p := report.NewProgress(&b, reference)
	p.Observe(apply.Started{Step: step("hall", plan.Import), Attempt: 1})
	p.Observe(apply.Settled{Result: readAs("hall", 190)})
	p.Observe(apply.Settled{Result: failed})
	renamed := step("corridor", plan.Move)
	renamed.Call, renamed.Moved = false, "thermostat.hall"
	p.Observe(apply.Settled{Result: apply.Result{Step: renamed, Outcome: apply.Applied}})
	same(t, `
thermostat.hall: reading its status
thermostat.hall: imported as heating, manual 19 °C until Thu 24 Dec 18:00 after 1.3 s
thermostat.attic: failed, not read: no such thing
thermostat.corridor: moved from thermostat.hall
`, b.String())
	a := &apply.Account{Calls: 2, Results: []apply.Result{readAs("hall", 205), readAs("bath", 205)}}
	same(t, `
2 applied, 0 unchanged, 0 failed, 0 not attempted, 0 expired, 0 unknown. API calls: 2.

Apply complete! Resources: 2 imported, 0 added, 0 changed, 0 destroyed.
`, text(t, a))
	a.Results = append(a.Results, readAs("attic", 190))
	for i := range 9 {
		a.Results = append(a.Results, readAs(fmt.Sprintf("room%d", i), 190))
	}
	same(t, `
Imported, but not as declared: thermostat.attic, thermostat.room0, thermostat.room1, thermostat.room2, thermostat.room3, thermostat.room4, thermostat.room5, thermostat.room6 and 2 more. The next plan shows what would be sent.

12 applied, 0 unchanged, 0 failed, 0 not attempted, 0 expired, 0 unknown. API calls: 2.

Apply complete! Resources: 12 imported, 0 added, 0 changed, 0 destroyed.
`, text(t, a))
}
