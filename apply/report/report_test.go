package report_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/apply"
	"setpoint/apply/report"
	"setpoint/config/address"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

func same(t *testing.T, want, got string) {
	t.Helper()
	if d := cmp.Diff(strings.TrimPrefix(want, "\n"), got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func step(name string, action plan.Action) *plan.Step {
	end, err := provider.ParseLocalTime("2026-12-24T18:00:00")
	if err != nil {
		panic(err)
	}
	s := provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 205, End: end}
	before := state.Entry{Settings: s, Outcome: state.Confirmed}
	return &plan.Step{
		Address: address.Address{Name: name}, Action: action, Call: action != plan.Forget && action != plan.NoOp, Before: &before, After: &s,
	}
}

func result(name string, outcome apply.Outcome, attempts int, err error) apply.Result {
	return apply.Result{Step: step(name, plan.Change), Outcome: outcome, Attempts: attempts, Err: err}
}

func because(name, of string) apply.Result {
	return apply.Result{Step: step(name, plan.Change), Outcome: apply.NotAttempted, Because: step(of, plan.Change)}
}

var reference = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func offline() error {
	return &provider.Error{
		Kind: provider.KindNotFound, StatusCode: 404, Message: "Gateway Offline.", Remedy: "Check plant_id and module_id, and whether the thermostat is online.",
	}
}

func server() error { return &provider.Error{Kind: provider.KindServer, StatusCode: 502} }

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recorded := step("hall", plan.Change)
		recorded.Call, recorded.Reason = false, plan.ReasonRecord
		done := result("hall", apply.Applied, 1, nil)
		done.Elapsed = 1340 * time.Millisecond
		again := done
		again.Attempts, again.Elapsed = 3, 75*time.Second
		unrecorded := apply.Result{Step: recorded, Outcome: apply.Failed, Err: errors.New("no space left on device")}
		var b strings.Builder
		p := report.NewProgress(&b, reference)
		for _, e := range []apply.Event{
			apply.Started{Step: step("hall", plan.Change), Attempt: 1},
			apply.Started{Step: step("hall", plan.Destroy), Attempt: 1},
			apply.Started{Step: step("hall", plan.Change), Attempt: 2},
			apply.Retrying{Step: step("hall", plan.Change), Attempt: 1, Of: 2, Err: offline(), Wait: 640 * time.Millisecond},
			apply.Paused{Until: time.Now().Add(42 * time.Second), Err: &provider.Error{Kind: provider.KindRateLimited, StatusCode: 429, Message: "Rate limit is exceeded."}},
			apply.Paused{Until: time.Now().Add(43 * time.Second), Err: limited()}, // told
			apply.Settled{Result: done},
			apply.Settled{Result: again},
			apply.Settled{Result: result("hall", apply.Failed, 2, offline())},
			apply.Settled{Result: result("hall", apply.Failed, 0, apply.ErrClockChange)},
			apply.Settled{Result: result("hall", apply.Unknown, 1, server())},
			apply.Settled{Result: result("hall", apply.Expired, 0, apply.ErrTooLate)},
			apply.Settled{Result: result("hall", apply.Expired, 2, fmt.Errorf("486 busy; then: %w", apply.ErrTooLate))},
			apply.Settled{Result: because("hall", "door")},
			apply.Settled{Result: result("hall", apply.NotAttempted, 0, nil)},
			apply.Settled{Result: apply.Result{Step: step("hall", plan.Forget), Outcome: apply.Applied}},
			apply.Settled{Result: apply.Result{Step: recorded, Outcome: apply.Applied}},
			apply.Settled{Result: unrecorded},
			apply.Settled{Result: result("hall", apply.Unchanged, 0, nil)},
		} {
			p.Observe(e)
		}
		same(t, `
thermostat.hall: setting to heating, manual 20.5 °C until Thu 24 Dec 18:00
thermostat.hall: leaving it at heating, manual 20.5 °C until Thu 24 Dec 18:00
thermostat.hall: attempt 2
thermostat.hall: attempt 1 of 2 failed (404 not found or offline: Gateway Offline); again in 640 ms
All calls pause for 42 s: 429 rate limit exceeded: Rate limit is exceeded
thermostat.hall: done after 1.3 s
thermostat.hall: done after 75 s and 3 attempts
thermostat.hall: failed, after 2 attempts: 404 not found or offline: Gateway Offline
thermostat.hall: failed, not sent: the clocks change during the boost, so its start and end cannot be sent
thermostat.hall: outcome unknown, after 1 attempt: 502 trouble in the cloud
thermostat.hall: expired, not sent: its end is over or less than a minute ahead
thermostat.hall: expired, after 2 attempts: 486 busy; then: its end is over or less than a minute ahead
thermostat.hall: not attempted, because thermostat.door did not succeed
thermostat.hall: not attempted, because the run ended before
thermostat.hall: no longer managed; last set to heating, manual 20.5 °C until Thu 24 Dec 18:00
thermostat.hall: on removal: stay as it is (recorded, no call)
thermostat.hall: failed, not recorded: no space left on device
thermostat.hall: unchanged
`, b.String())
	})
}

func text(t *testing.T, a *apply.Account) string {
	t.Helper()
	var b strings.Builder
	if err := report.Account(&b, a, &plan.Plan{}, time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestComplete(t *testing.T) {
	applied := func(action plan.Action) apply.Result {
		return apply.Result{Step: step("a", action), Outcome: apply.Applied, Attempts: 1}
	}
	a := &apply.Account{Calls: 3, Results: []apply.Result{applied(plan.Add), applied(plan.Change), applied(plan.Destroy)}}
	same(t, `
3 applied, 0 unchanged, 0 failed, 0 not attempted, 0 expired, 0 unknown. API calls: 3.

Apply complete! Resources: 1 added, 1 changed, 1 destroyed.
`, text(t, a))
	over := apply.Result{Step: step("b", plan.NoOp), Outcome: apply.Expired}
	a.Results = append(a.Results, applied(plan.Forget), applied(plan.Exchange), over)
	same(t, `
  expired        thermostat.b: what is declared is over, so nothing is sent.

5 applied, 0 unchanged, 0 failed, 0 not attempted, 1 expired, 0 unknown. API calls: 3.

Apply complete! Resources: 2 added, 1 changed, 1 destroyed, 2 forgotten.
`, text(t, a))
}

func TestUnfinished(t *testing.T) {
	away := result("f", apply.Unknown, 1, server())
	away.RetryAfter = 20*time.Minute + time.Second
	unrecorded := step("i", plan.Forget)
	a := &apply.Account{Calls: 17, Results: []apply.Result{
		result("a", apply.Applied, 1, nil),
		result("b", apply.Failed, 2, offline()),
		because("c", "b"), because("d", "b"),
		result("e", apply.Unknown, 5, server()), away,
		result("g", apply.Expired, 0, apply.ErrTooLate),
		result("h", apply.Failed, 0, apply.ErrClockChange),
		{Step: unrecorded, Outcome: apply.Failed, Err: errors.New("no space left on device")},
		result("j", apply.Failed, 2, offline()),
	}}
	same(t, `
  failed         thermostat.b, thermostat.j: after 2 attempts: 404 not found or offline: Gateway Offline. Check plant_id and module_id, and whether the thermostat is online.
  failed         thermostat.h: not sent: the clocks change during the boost, so its start and end cannot be sent.
  failed         thermostat.i: not recorded: no space left on device.
  unknown        thermostat.e: sent, and it is not certain whether that took effect; after 5 attempts: 502 trouble in the cloud.
  unknown        thermostat.f: sent, and it is not certain whether that took effect; after 1 attempt: 502 trouble in the cloud. Try again in 21 min.
  expired        thermostat.g: not sent: its end is over or less than a minute ahead.
  not attempted  thermostat.c, thermostat.d: because thermostat.b did not succeed.

Not everything is done. What is done is recorded: mend what is named and run it again; it does only what is left.

1 applied, 0 unchanged, 4 failed, 2 not attempted, 1 expired, 2 unknown. API calls: 17.
`, text(t, a))
}

// TestOutputs: they follow the numbers of a run that has recorded them.
func TestOutputs(t *testing.T) {
	p := &plan.Plan{Outputs: []plan.Output{
		{Name: "warm", After: &state.Output{Value: []byte("20.5")}},
		{Name: "gone", Before: &state.Output{Value: []byte("1")}},
		{Name: "key", Sensitive: true, After: &state.Output{Value: []byte(`"canary"`), Sensitive: true}},
	}}
	written := func(r apply.Result) string {
		var b strings.Builder
		if err := report.Account(&b, &apply.Account{Results: []apply.Result{r}}, p, reference); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if _, after, _ := strings.Cut(written(result("a", apply.Applied, 1, nil)), "destroyed.\n"); after != "\nOutputs:\n\nkey = <sensitive>\nwarm = 20.5\n" {
		t.Errorf("after the numbers: %q", after)
	}
	if got := written(result("a", apply.Failed, 1, server())); strings.Contains(got, "Outputs") {
		t.Errorf("outputs that are not recorded:\n%s", got)
	}
}

// TestReadBack: what was read back is told with what was sent.
func TestReadBack(t *testing.T) {
	seen := provider.Settings{Function: provider.Heating, Mode: provider.Off}
	other, away := result("a", apply.Unknown, 1, nil), result("b", apply.Applied, 1, nil)
	other.Back, away.Unread = &seen, offline()
	same(t, `
  unknown        thermostat.a: confirmed, but read back as heating, off instead of heating, manual 20.5 °C until Thu 24 Dec 18:00.

Not everything is certain. What is certain is recorded. Run it again; it does only what is left.

Confirmed, but not read back: thermostat.b. The progress says why.

1 applied, 0 unchanged, 0 failed, 0 not attempted, 0 expired, 1 unknown. API calls: 2.
`, text(t, &apply.Account{Calls: 2, Results: []apply.Result{other, away}}))
	var b strings.Builder
	p := report.NewProgress(&b, reference)
	for _, r := range []apply.Result{other, away, result("c", apply.Applied, 1, nil)} {
		p.Observe(apply.Verified{Result: r})
	}
	same(t, `
thermostat.a: confirmed, but read back as heating, off instead of heating, manual 20.5 °C until Thu 24 Dec 18:00
thermostat.b: not read back: 404 not found or offline: Gateway Offline
thermostat.c: read back as set
`, b.String())
}

// TestUnsaved: of a run that did everything and could not save it, only the state
// is told; nothing is called uncertain that is not.
func TestUnsaved(t *testing.T) {
	done := &apply.Account{Calls: 1, Unsaved: errors.New("no space left on device"), Results: []apply.Result{result("a", apply.Applied, 1, nil)}}
	same(t, `
The state could not be saved. The error says why: mend that and run it again; what is in the journal is taken up then.

1 applied, 0 unchanged, 0 failed, 0 not attempted, 0 expired, 0 unknown. API calls: 1.
`, text(t, done))
	done.Results = append(done.Results, result("b", apply.Unknown, 2, server()))
	if got := text(t, done); !strings.Contains(got, "Not everything is certain.") {
		t.Errorf("an unknown outcome is not told: %s", got)
	}
}

func TestStops(t *testing.T) {
	denied := &provider.Error{
		Kind: provider.KindTermsNotAccepted, StatusCode: 470, Message: "Terms expired", Remedy: "Accept the terms and conditions in the official app.",
	}
	quota := &provider.Error{Kind: provider.KindQuota, StatusCode: 403, Message: "Out of call volume quota.", Remedy: "Wait 3h59m30s: then the quota of calls is replenished."}
	for name, test := range map[string]struct {
		stop dispatch.Stop
		err  error
		want string
	}{
		"person": {dispatch.Stop{Reason: dispatch.StopAccount, Err: denied}, denied, `
  failed         thermostat.a: after 1 attempt: 470, which ended the run.
  not attempted  thermostat.b: because the run ended before.

The run was stopped, because a person must act: 470 terms of the official app not accepted: Terms expired. Accept the terms and conditions in the official app. Then run it again; it does only what is left.

0 applied, 0 unchanged, 1 failed, 1 not attempted, 0 expired, 0 unknown. API calls: 1.
`},
		"quota": {dispatch.Stop{Reason: dispatch.StopQuota, Err: quota, RetryAfter: 3*time.Hour + 59*time.Minute + 30*time.Second}, quota, `
  failed         thermostat.a: after 1 attempt: 403, which ended the run.
  not attempted  thermostat.b: because the run ended before.

The run was stopped, because the account may make no more calls for now: 403 daily quota used up: Out of call volume quota. Run it again in 4 h 0 min, after 2026-11-22 13:59 UTC; it does only what is left.

0 applied, 0 unchanged, 1 failed, 1 not attempted, 0 expired, 0 unknown. API calls: 1.
`},
		"quota until nobody knows when": {dispatch.Stop{Reason: dispatch.StopQuota, Err: server()}, server(), `
  failed         thermostat.a: after 1 attempt: 502 trouble in the cloud.
  not attempted  thermostat.b: because the run ended before.

The run was stopped, because the account may make no more calls for now: 502 trouble in the cloud. Run it again when the quota has returned; it does only what is left.

0 applied, 0 unchanged, 1 failed, 1 not attempted, 0 expired, 0 unknown. API calls: 1.
`},
		"call limit": {dispatch.Stop{Reason: dispatch.StopCallLimit}, offline(), `
  failed         thermostat.a: after 1 attempt: 404 not found or offline: Gateway Offline. Check plant_id and module_id, and whether the thermostat is online.
  not attempted  thermostat.b: because the run ended before.

The run was stopped, because it has made as many calls as --max-calls allows. Run it again; it does only what is left.

0 applied, 0 unchanged, 1 failed, 1 not attempted, 0 expired, 0 unknown. API calls: 1.
`},
		"interrupted": {dispatch.Stop{Reason: dispatch.StopDrained, Err: errors.New("interrupt")}, offline(), `
  failed         thermostat.a: after 1 attempt: 404 not found or offline: Gateway Offline. Check plant_id and module_id, and whether the thermostat is online.
  not attempted  thermostat.b: because the run ended before.

The run was interrupted. What is done is recorded. Run it again; it does only what is left.

0 applied, 0 unchanged, 1 failed, 1 not attempted, 0 expired, 0 unknown. API calls: 1.
`},
		"halted": {dispatch.Stop{Reason: dispatch.StopHalted, Err: errors.New("x.journal: no space left on device. Run the command again")}, offline(), `
  failed         thermostat.a: after 1 attempt: 404 not found or offline: Gateway Offline. Check plant_id and module_id, and whether the thermostat is online.
  not attempted  thermostat.b: because the run ended before.

The run was stopped, because what it does could not be recorded: x.journal: no space left on device. Run the command again.

0 applied, 0 unchanged, 1 failed, 1 not attempted, 0 expired, 0 unknown. API calls: 1.
`},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, test.want, text(t, &apply.Account{Calls: 1, Stop: &test.stop, Results: []apply.Result{
				result("a", apply.Failed, 1, test.err), result("b", apply.NotAttempted, 0, nil),
			}}))
		})
	}
}

// TestAccountWideTroubleIsToldOnce: the account has it with the reason for the
// stop, the progress at the first thermostat.
func TestAccountWideTroubleIsToldOnce(t *testing.T) {
	quota := func(left string) error {
		return &provider.Error{Kind: provider.KindQuota, StatusCode: 403, Message: "Replenished in " + left, Remedy: "Wait."}
	}
	unsure := result("c", apply.Unknown, 2, quota("00:59:58"))
	results := []apply.Result{result("a", apply.Failed, 1, quota("01:00:00")), result("b", apply.Failed, 1, quota("00:59:59")), unsure, result("d", apply.Failed, 2, offline())}
	same(t, `
  failed         thermostat.a, thermostat.b: after 1 attempt: 403, which ended the run.
  failed         thermostat.d: after 2 attempts: 404 not found or offline: Gateway Offline. Check plant_id and module_id, and whether the thermostat is online.
  unknown        thermostat.c: sent, and it is not certain whether that took effect; after 2 attempts: 403, which ended the run.

The run was stopped, because the account may make no more calls for now: 403 daily quota used up: Replenished in 01:00:00. Wait. Run it again when the quota has returned; it does only what is left.

0 applied, 0 unchanged, 3 failed, 0 not attempted, 0 expired, 1 unknown. API calls: 6.
`, text(t, &apply.Account{Calls: 6, Results: results, Stop: &dispatch.Stop{Reason: dispatch.StopQuota, Err: quota("01:00:00")}}))
	var b strings.Builder
	p := report.NewProgress(&b, reference)
	for _, r := range results {
		p.Observe(apply.Settled{Result: r})
	}
	p.Observe(apply.Settled{Result: result("e", apply.Failed, 1, &provider.Error{Kind: provider.KindPasswordExpired, StatusCode: 469})})
	same(t, `
thermostat.a: failed, after 1 attempt: 403 daily quota used up: Replenished in 01:00:00
thermostat.b: failed, after 1 attempt: 403, as before
thermostat.c: outcome unknown, after 2 attempts: 403, as before
thermostat.d: failed, after 2 attempts: 404 not found or offline: Gateway Offline
thermostat.e: failed, after 1 attempt: 469 password of the official app expired
`, b.String())
}

// TestStopAfterAllSucceeded: also then the run is not complete.
func TestStopAfterAllSucceeded(t *testing.T) {
	stop := &dispatch.Stop{Reason: dispatch.StopHalted, Err: errors.New("the outputs")}
	same(t, `
The run was stopped, because what it does could not be recorded: the outputs.

1 applied, 0 unchanged, 0 failed, 0 not attempted, 0 expired, 0 unknown. API calls: 1.
`, text(t, &apply.Account{Calls: 1, Stop: stop, Results: []apply.Result{result("a", apply.Applied, 1, nil)}}))
}

func TestManyAlike(t *testing.T) {
	a := &apply.Account{Calls: 800}
	for i := range 400 {
		a.Results = append(a.Results, result(fmt.Sprintf("room%d", i), apply.Failed, 2, offline()))
	}
	for i := range 9 {
		a.Results = append(a.Results, because(fmt.Sprintf("bath%d", i), "room7"))
	}
	same(t, `
  failed         400 thermostats (thermostat.room0, thermostat.room1, thermostat.room2, thermostat.room3, thermostat.room4, thermostat.room5, thermostat.room6, thermostat.room7 and 392 more): after 2 attempts: 404 not found or offline: Gateway Offline. Check plant_id and module_id, and whether the thermostat is online.
  not attempted  9 thermostats (thermostat.bath0, thermostat.bath1, thermostat.bath2, thermostat.bath3, thermostat.bath4, thermostat.bath5, thermostat.bath6, thermostat.bath7 and 1 more): because thermostat.room7 did not succeed.

Not everything is done. What is done is recorded: mend what is named and run it again; it does only what is left.

0 applied, 0 unchanged, 400 failed, 9 not attempted, 0 expired, 0 unknown. API calls: 800.
`, text(t, a))
}

func TestManyDifferent(t *testing.T) {
	a := &apply.Account{}
	for i := range 400 {
		err := &provider.Error{Kind: provider.KindRejected, StatusCode: 400, Message: fmt.Sprintf("request %d", i)}
		a.Results = append(a.Results, result(fmt.Sprintf("room%d", i), apply.Failed, 1, err))
	}
	got := text(t, a)
	if lines := strings.Count(got, "\n"); lines != 20+1+1+1+1+1 {
		t.Errorf("%d lines", lines)
	}
	if want := "  failed         380 more: the progress names each, with its reason.\n"; !strings.Contains(got, want) {
		t.Error(got)
	}
}

// TestForeignText: nothing that a server or a file says moves the cursor, and
// each stays on its line.
func TestForeignText(t *testing.T) {
	const evil = "a\x1b[2Jb\rc\nd\u009be\u202ef\u2066g\x00h\xff"
	err := &provider.Error{Kind: provider.KindRejected, StatusCode: 400, Message: evil, Remedy: evil}
	failed := result("hall", apply.Failed, 1, err)
	failed.Step.Address.Key = address.String(evil)
	var b strings.Builder
	p := report.NewProgress(&b, reference)
	p.Observe(apply.Settled{Result: failed})
	p.Observe(apply.Retrying{Step: failed.Step, Err: errors.New(evil)})
	p.Observe(apply.Paused{Err: errors.New(evil)})
	progress := b.String()
	account := text(t, &apply.Account{Results: []apply.Result{failed}, Stop: &dispatch.Stop{Reason: dispatch.StopHalted, Err: errors.New(evil)}})
	for name, got := range map[string]struct {
		text  string
		lines int
	}{"progress": {progress, 3}, "account": {account, 5}} {
		if strings.ContainsAny(strings.ReplaceAll(got.text, "\n", ""), "\x1b\r\x00\u009b\u202e\u2066") || strings.Contains(got.text, "\xff") {
			t.Errorf("%s: %q", name, got.text)
		}
		if lines := strings.Count(got.text, "\n"); lines != got.lines {
			t.Errorf("%s: %d lines: %q", name, lines, got.text)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 ms", 0: "0 ms", 1500 * time.Microsecond: "2 ms", 999*time.Millisecond + 900*time.Microsecond: "1.0 s",
		9949 * time.Millisecond: "9.9 s", 9960 * time.Millisecond: "10 s", 119400 * time.Millisecond: "119 s", 119600 * time.Millisecond: "2 min",
		119 * time.Minute: "119 min", 120*time.Minute - time.Second: "2 h 0 min", 3*time.Hour + 59*time.Minute + 40*time.Second: "4 h 0 min",
	} {
		if got := report.Duration(d); got != want {
			t.Errorf("%v is %q, not %q", d, got, want)
		}
	}
}
