package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/apply"
	"setpoint/apply/report"
	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/internal/scripttest"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// lines are what a run writes as a stream: checked, untimed, and without what is
// in every line.
func lines(t *testing.T, run func(*report.Lines)) string {
	t.Helper()
	return streamed(t, func(s *render.Stream) {
		l := report.NewLines(s, reference, located)
		run(l)
		l.Close()
	})
}

// located knows no place.
func located(d diag.Diagnostic) diag.Diagnostic { return d }

// streamed are the lines that are written to a stream.
func streamed(t *testing.T, write func(*render.Stream)) string {
	t.Helper()
	var b bytes.Buffer
	stream := render.NewStream(&b)
	if err := stream.Version("0.1.0"); err != nil {
		t.Fatal(err)
	}
	write(stream)
	elapsed := regexp.MustCompile(`"elapsed_seconds":\d+`).FindAllString(b.String(), -1)
	text, err := scripttest.Stream("../../testdata/stream.schema.json", b.Bytes())
	if err != nil {
		t.Errorf("%v\n%s", err, b.String())
	}
	for _, seconds := range elapsed {
		text = strings.Replace(text, `"elapsed_seconds":0`, strings.ToUpper(seconds), 1)
	}
	_, text, _ = strings.Cut(text, "\n")
	return regexp.MustCompile(`,"@module":"setpoint.ui","@timestamp":"T"|"resource":\{[^}]*\},|"id_key":"id","id_value":"[^"]*",?`).ReplaceAllString(text, "")
}

// at is a step of its own for each name.
func at(name string, action plan.Action) *plan.Step {
	s := step(name, action)
	s.Device = provider.Device{PlantID: "p", ModuleID: name}
	return s
}

func settled(s *plan.Step, outcome apply.Outcome, attempts int, err error) apply.Settled {
	return apply.Settled{Result: apply.Result{Step: s, Outcome: outcome, Attempts: attempts, Err: err, Elapsed: 1340 * time.Millisecond}}
}

func TestLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		add, bad, lost, late, read, gone := at("add", plan.Add), at("bad", plan.Change), at("lost", plan.Exchange), at("late", plan.Change), at("read", plan.Import), at("gone", plan.Forget)
		got := lines(t, func(l *report.Lines) {
			wait := settled(late, apply.Expired, 0, apply.ErrTooLate)
			wait.Result.RetryAfter = 90 * time.Second
			odd := apply.Result{Step: add, Outcome: apply.Unknown, Attempts: 1, Back: &provider.Settings{Function: provider.Heating, Mode: provider.Off}}
			for _, e := range []apply.Event{
				apply.Started{Step: add, Attempt: 1},
				apply.Retrying{Step: add, Attempt: 1, Of: 2, Err: offline(), Wait: 640 * time.Millisecond},
				apply.Started{Step: add, Attempt: 2},
				apply.Retrying{Step: add, Attempt: 2, Of: 5, Err: errors.New("lost"), Wait: time.Second},
				apply.Paused{Until: time.Now().Add(42 * time.Second), Err: server()},
				apply.Paused{Until: time.Now().Add(43 * time.Second), Err: server()}, // told
				settled(add, apply.Applied, 2, nil),
				settled(bad, apply.Failed, 2, offline()),
				apply.Started{Step: lost, Attempt: 1},
				settled(lost, apply.Unknown, 1, server()),
				wait,
				apply.Started{Step: read, Attempt: 1},
				settled(read, apply.Failed, 1, server()),
				settled(gone, apply.Applied, 0, nil),
				apply.Settled{Result: because("hall", "door")},
				apply.Verified{Result: apply.Result{Step: add, Outcome: apply.Applied}},
				apply.Verified{Result: apply.Result{Step: add, Outcome: apply.Applied, Unread: offline()}},
				apply.Verified{Result: odd},
			} {
				l.Observe(e)
			}
		})
		same(t, `
{"@level":"info","@message":"thermostat.add: setting to heating, manual 20.5 °C until Thu 24 Dec 18:00","type":"apply_start","hook":{"action":"create",}}
{"@level":"warn","@message":"thermostat.add: attempt 1 of 2 failed (404 not found or offline: Gateway Offline); again in 0 ms","type":"apply_retry","hook":{"action":"create","attempt":1,"status":404,"wait_seconds":0}}
`, first(got, 2))
		for _, want := range []string{
			`"type":"apply_retry","hook":{"action":"create","attempt":2,"status":null,"wait_seconds":0}}`,
			`{"@level":"warn","@message":"All calls pause for 42 s: 502 trouble in the cloud","type":"log"}`,
			`"@message":"thermostat.add: done after 0 ms and 2 attempts","type":"apply_complete","hook":{"action":"create","ELAPSED_SECONDS":1}}`,
			`"type":"apply_errored","hook":{"action":"update","ELAPSED_SECONDS":1,"outcome":"failed"}}`,
			`{"severity":"error","summary":"Not set","detail":"After 2 attempts: 404 not found or offline: Gateway Offline. Check plant_id and module_id, and whether the thermostat is online.","address":"thermostat.bad"}}`,
			`"type":"apply_errored","hook":{"action":"replace","ELAPSED_SECONDS":1,"outcome":"unknown"}}`,
			`"summary":"Outcome unknown"`,
			`"outcome":"expired"}}`,
			`{"@level":"warn","@message":"Warning: Expired","type":"diagnostic","diagnostic":{"severity":"warning","summary":"Expired","detail":"Not sent: its end is over or less than a minute ahead. Try again in 0 ms.","address":"thermostat.late"},"retry_after":1,"retry_at":"T"}`,
			`"summary":"Not read","detail":"After 1 attempt: 502 trouble in the cloud.","address":"thermostat.read"}`,
			`"type":"apply_start","hook":{"action":"remove",}}`,
			`"type":"apply_complete","hook":{"action":"remove","ELAPSED_SECONDS":1}}`,
			`{"@level":"warn","@message":"thermostat.hall: not attempted, because thermostat.door did not succeed","type":"log"}`,
			`{"@level":"info","@message":"thermostat.add: read back as set","type":"log"}`,
			`"severity":"warning","summary":"Not read back","detail":"Confirmed, but not read back: 404 not found or offline: Gateway Offline.","address":"thermostat.add"}`,
			`"severity":"error","summary":"Not as it was set","detail":"Confirmed, but read back as heating, off instead of heating, manual 20.5 °C until Thu 24 Dec 2026 18:00.","address":"thermostat.add"}}`,
		} {
			if strings.Count(got, want) != 1 {
				t.Errorf("not once: %s\nin\n%s", want, got)
			}
		}
		if n := strings.Count(got, "apply_start"); n != 6 {
			t.Errorf("%d beginnings:\n%s", n, got)
		}
	})
}

func first(text string, n int) string {
	return strings.Join(strings.SplitAfter(text, "\n")[:n], "")
}

// A call or a wait that goes on is told of every ten seconds, each step by its own
// time, until it is done or the run is.
func TestProgressOfWhatGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, slower, never := at("slow", plan.Add), at("slower", plan.Change), at("never", plan.Destroy)
		got := lines(t, func(l *report.Lines) {
			l.Observe(apply.Started{Step: slow, Attempt: 1})
			time.Sleep(3 * time.Second)
			l.Observe(apply.Started{Step: slower, Attempt: 1})
			time.Sleep(22 * time.Second) // 25
			l.Observe(settled(slow, apply.Applied, 1, nil))
			time.Sleep(9 * time.Second) // 34
			l.Observe(settled(slower, apply.Applied, 1, nil))
			time.Sleep(time.Minute)
			l.Observe(apply.Started{Step: never, Attempt: 1})
			time.Sleep(11 * time.Second)
			l.Observe(settled(never, apply.Failed, 1, nil))
			l.Close()
			time.Sleep(time.Hour)
		})
		var told []string
		for _, m := range regexp.MustCompile(`thermostat\.(\w+): not done after [^"]*","type":"apply_progress","hook":\{"action":"(\w+)","ELAPSED_SECONDS":(\d+)\}`).FindAllStringSubmatch(got, -1) {
			told = append(told, strings.Join(m[1:], " "))
		}
		same(t, "slow create 10, slower update 10, slow create 20, slower update 20, slower update 30, never delete 10", strings.Join(told, ", "))
	})
}

func TestLinesAccount(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	outputs := []plan.Output{
		{Name: "open", After: &state.Output{Value: []byte("20.5"), Type: []byte(`"number"`)}},
		{Name: "gone", Before: &state.Output{Value: []byte("1")}},
		{Name: "hidden", Sensitive: true, After: &state.Output{Value: []byte(`"canary"`), Sensitive: true}},
	}
	moved, noop := at("m", plan.Move), at("n", plan.NoOp)
	for name, tt := range map[string]struct {
		account apply.Account
		want    string
	}{
		"complete": {apply.Account{Calls: 3, Results: []apply.Result{
			{Step: at("a", plan.Add), Outcome: apply.Applied}, {Step: at("b", plan.Exchange), Outcome: apply.Applied}, {Step: at("c", plan.Destroy), Outcome: apply.Applied},
			{Step: at("d", plan.Import), Outcome: apply.Applied}, {Step: moved, Outcome: apply.Applied}, {Step: noop, Outcome: apply.Unchanged},
		}}, `
{"@level":"info","@message":"Outputs: 2.","type":"outputs","outputs":{"hidden":{"sensitive":true},"open":{"sensitive":false,"type":"number","value":20.5}}}
{"@level":"info","@message":"API calls: 3.","type":"call_budget","call_budget":{"calls":4,"most":20,"made":3}}
{"@level":"info","@message":"Apply complete! Resources: 1 imported, 2 added, 0 changed, 1 destroyed, 1 forgotten.","type":"change_summary","changes":{"add":2,"change":0,"import":1,"remove":1,"forget":1,"move":1,"operation":"destroy","unchanged":1,"failed":0,"not_attempted":0,"expired":0,"unknown":0}}
`},
		"quota": {apply.Account{Calls: 1, Stop: &dispatch.Stop{Reason: dispatch.StopQuota, Err: server(), RetryAfter: time.Hour}, Results: []apply.Result{
			result("a", apply.Failed, 1, server()), result("b", apply.NotAttempted, 0, nil), result("c", apply.Unknown, 1, server()), result("d", apply.Expired, 0, nil),
		}}, `
{"@level":"error","@message":"Error: Quota used up","type":"diagnostic","diagnostic":{"severity":"error","summary":"Quota used up","detail":"The run was stopped, because the account may make no more calls for now: 502 trouble in the cloud. Run it again in 60 min, after 2026-11-22 11:00 UTC; it does only what is left."},"retry_after":1,"retry_at":"T"}
{"@level":"info","@message":"API calls: 1.","type":"call_budget","call_budget":{"calls":4,"most":20,"made":1}}
{"@level":"info","@message":"0 applied, 0 unchanged, 1 failed, 1 not attempted, 1 expired, 1 unknown. API calls: 1.","type":"change_summary","changes":{"add":0,"change":0,"import":0,"remove":0,"forget":0,"move":0,"operation":"destroy","unchanged":0,"failed":1,"not_attempted":1,"expired":1,"unknown":1}}
`},
		"call limit": {apply.Account{Stop: &dispatch.Stop{Reason: dispatch.StopCallLimit}}, `
{"@level":"error","@message":"Error: Too few calls allowed","type":"diagnostic","diagnostic":{"severity":"error","summary":"Too few calls allowed","detail":"The run was stopped, because it has made as many calls as --max-calls allows. Run it again; it does only what is left."}}
{"@level":"info","@message":"API calls: 0.","type":"call_budget","call_budget":{"calls":4,"most":20,"made":0}}
{"@level":"info","@message":"0 applied, 0 unchanged, 0 failed, 0 not attempted, 0 expired, 0 unknown. API calls: 0.","type":"change_summary","changes":{"add":0,"change":0,"import":0,"remove":0,"forget":0,"move":0,"operation":"destroy","unchanged":0,"failed":0,"not_attempted":0,"expired":0,"unknown":0}}
`},
		"login": {apply.Account{Stop: &dispatch.Stop{Reason: dispatch.StopLogin, Err: errors.New("the login service is in trouble"), RetryAfter: time.Hour}}, `
{"@level":"error","@message":"Error: No access token","type":"diagnostic","diagnostic":{"severity":"error","summary":"No access token","detail":"The run was stopped, because without an access token no call can be made: the login service is in trouble. Run it again in 60 min; it does only what is left."},"retry_after":1,"retry_at":"T"}
{"@level":"info","@message":"API calls: 0.","type":"call_budget","call_budget":{"calls":4,"most":20,"made":0}}
{"@level":"info","@message":"0 applied, 0 unchanged, 0 failed, 0 not attempted, 0 expired, 0 unknown. API calls: 0.","type":"change_summary","changes":{"add":0,"change":0,"import":0,"remove":0,"forget":0,"move":0,"operation":"destroy","unchanged":0,"failed":0,"not_attempted":0,"expired":0,"unknown":0}}
`},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, tt.want, streamed(t, func(s *render.Stream) {
				l := report.NewLines(s, reference, located)
				if err := l.Account(&tt.account, &plan.Plan{Outputs: outputs}, render.CallBudget{Calls: 4, Most: 20, Made: &tt.account.Calls}, now); err != nil {
					t.Error(err)
				}
				if err := report.Changes(s, &tt.account, "destroy", ""); err != nil {
					t.Error(err)
				}
			}))
		})
	}
}

func BenchmarkLines(b *testing.B) {
	steps := make([]*plan.Step, 10_000)
	for i := range steps {
		steps[i] = at("room", plan.Change)
		steps[i].Address.Key = address.String(fmt.Sprint(i))
	}
	for b.Loop() {
		l := report.NewLines(render.NewStream(io.Discard), reference, located)
		for _, s := range steps {
			l.Observe(apply.Started{Step: s, Attempt: 1})
			l.Observe(settled(s, apply.Applied, 1, nil))
		}
		l.Close()
	}
}
