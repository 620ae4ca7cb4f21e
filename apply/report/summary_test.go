package report_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/apply"
	"setpoint/apply/report"
	"setpoint/plan"
	"setpoint/plan/summary"
	"setpoint/provider/dispatch"
)

// summarized is a summary of a run whose steps are those of the results, each
// declared on a line of its own but for the last two.
func summarized(a *apply.Account) *summary.Summary {
	p := &plan.Plan{Made: reference, Attempts: 5, Steps: make([]plan.Step, len(a.Results))}
	for i := range a.Results {
		p.Steps[i] = *a.Results[i].Step
		p.Steps[i].File, p.Steps[i].Line = "main.hcl", min(10+10*i, 10*len(a.Results)-10)
		a.Results[i].Step = &p.Steps[i]
	}
	return &summary.Summary{Command: "apply", State: "setpoint.state.json", Account: report.SummaryOf(p, a, reference)}
}

func TestSummaryOfUnfinished(t *testing.T) {
	a := &apply.Account{Calls: 9, Stop: &dispatch.Stop{Reason: dispatch.StopDrained, Err: errors.New("interrupt")}, Results: []apply.Result{
		result("a", apply.Applied, 1, nil),
		result("b", apply.Failed, 2, offline()),
		result("c", apply.Unknown, 5, server()),
		result("d", apply.Expired, 0, apply.ErrTooLate),
		{Step: step("f", plan.Forget), Outcome: apply.Failed, Err: errors.New("no space | left\non @device")},
		because("g", "b"),
		result("h", apply.NotAttempted, 0, nil),
		result("i", apply.NotAttempted, 0, nil),
	}}
	a.Results[0].Step.Reason = plan.ReasonDrift
	same(t, "\n<!-- setpoint folder=. state=setpoint.state.json -->\n"+
		"### setpoint apply: not complete, 1 done, 2 failed, 1 unknown, 1 expired, 3 not attempted\n\n"+
		"State `setpoint.state.json`\n\n"+
		"1 applied, 0 unchanged, 2 failed, 3 not attempted, 1 expired, 1 unknown. API calls: 9.\n\n"+
		"**What next:** The run was interrupted. What is done is recorded. Run it again; it does only what is left.\n\n"+
		"#### Not done\n\n| Thermostat | Outcome | Why | Declared |\n|---|---|---|---|\n"+
		"| `thermostat.b` | failed | after 2 attempts: 404 not found or offline: Gateway Offline. Check plant\\_id and module\\_id, and whether the thermostat is online | `main.hcl:20` |\n"+
		"| `thermostat.f` | failed | not recorded: no space &#124; left<br/>on @&#8203;device | `main.hcl:50` |\n"+
		"| `thermostat.c` | unknown | sent, and it is not certain whether that took effect; after 5 attempts: 502 trouble in the cloud | `main.hcl:30` |\n"+
		"| `thermostat.d` | expired | not sent: its end is over or less than a minute ahead | `main.hcl:40` |\n"+
		"| `thermostat.g` | not attempted | because thermostat.b did not succeed | `main.hcl:60` |\n"+
		"| 2 thermostats: `thermostat.h`, `thermostat.i` | not attempted | because the run ended before | `main.hcl:70` |\n\n"+
		"#### Done\n\n|  | Thermostat | Change | Reason | Declared |\n|---|---|---|---|---|\n"+
		"| `~` | `thermostat.a` | heating, manual 20.5 °C until Thu 24 Dec 18:00 | changed outside, put back | `main.hcl:10` |\n\n",
		summary.Markdown(summarized(a)))
}

// TestSummaryOfComplete: what is to be known besides, and the numbers.
func TestSummaryOfComplete(t *testing.T) {
	unread := result("a", apply.Applied, 1, nil)
	unread.Unread = offline()
	s := summarized(&apply.Account{Calls: 3, Results: []apply.Result{
		unread, {Step: step("b", plan.Add), Outcome: apply.Applied}, {Step: step("c", plan.NoOp), Outcome: apply.Unchanged}, {Step: step("d", plan.Destroy), Outcome: apply.Applied},
	}}).Account
	want := &summary.Account{
		Line: "3 applied, 1 unchanged, 0 failed, 0 not attempted, 0 expired, 0 unknown. API calls: 3.", Complete: true,
		Counts: summary.AccountCounts{Applied: 3, Unchanged: 1, Added: 1, Changed: 1, Destroyed: 1}, Calls: 3,
		Done: []summary.Row{
			{Sign: '~', Name: "thermostat.a", Text: "heating, manual 20.5 °C until Thu 24 Dec 18:00", Reason: "declared differently", File: "main.hcl", Line: 10},
			{Sign: '+', Name: "thermostat.b", Text: "heating, manual 20.5 °C until Thu 24 Dec 18:00", Reason: "newly declared", File: "main.hcl", Line: 20},
			{Sign: '-', Name: "thermostat.d", Text: "set to heating, manual 20.5 °C until Thu 24 Dec 18:00, then no longer managed", Reason: "no longer declared", File: "main.hcl", Line: 30},
		},
		Notes: []string{"Confirmed, but not read back: thermostat.a. The progress says why."},
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
