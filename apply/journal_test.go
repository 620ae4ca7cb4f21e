package apply_test

import (
	"errors"
	"strings"
	"testing"

	"setpoint/apply"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

var errDisk = errors.New("no space left on device")

// TestIntentFails: what cannot be recorded is not sent.
func TestIntentFails(t *testing.T) {
	for name, test := range map[string]struct {
		answers []answer
		want    string
		reason  string
	}{
		"at first":      {nil, "a not_attempted 0", errDisk.Error()},
		"at a retry":    {[]answer{now(fault(provider.KindBusy))}, "a failed 1", "486 thermostat's screen in use; then: " + errDisk.Error()},
		"after a doubt": {[]answer{now(fault(provider.KindServer))}, "a unknown 1", "502 trouble in the cloud; then: " + errDisk.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := &world{answers: map[string][]answer{"a": test.answers}}
				w.onIntent = func(call int) error {
					if call > len(test.answers) {
						return errDisk
					}
					return nil
				}
				account := w.run(add("a", manual(200)), add("b", manual(200), "thermostat.a"), forget("c"))
				same(t, "outcomes", test.want+", b not_attempted 0 because a, c not_attempted 0", outcomes(account))
				reason, _ := provider.Reason(account.Results[0].Err)
				same(t, "reason", test.reason, reason)
				same(t, "sent", len(test.answers), w.asked["a"])
				same(t, "calls", len(test.answers), account.Calls)
				if account.Stop == nil || account.Stop.Reason != dispatch.StopHalted || !errors.Is(account.Stop.Err, errDisk) {
					t.Errorf("stop: %+v", account.Stop)
				}
			})
		})
	}
}

// TestResultFails: the record of an answer is lost, or its way back; no account
// calls that applied, and the state holds what is certain.
func TestResultFails(t *testing.T) {
	for name, test := range map[string]struct {
		err    error
		want   string
		reason string
		state  state.Outcome
	}{
		"confirmed": {nil, "a unknown 1", "the cloud confirmed it, but that could not be recorded: no space left on device", state.Unknown},
		"in doubt":  {fault(provider.KindServer), "a unknown 1", "502 trouble in the cloud; then: no space left on device", state.Unknown},
		"rejected":  {fault(provider.KindRejected), "a failed 1", "400 request rejected; then: no space left on device", state.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				session, _ := open(t, nil)
				w := &world{inner: session, answers: map[string][]answer{"a": {now(test.err)}}, onResult: func(int) error { return errDisk }}
				account := w.run(add("a", manual(200)), add("b", manual(200), "thermostat.a"), forget("c"))
				same(t, "outcomes", test.want+", b not_attempted 0 because a, c not_attempted 0", outcomes(account))
				reason, _ := provider.Reason(account.Results[0].Err)
				same(t, "reason", test.reason, reason)
				same(t, "calls", 1, account.Calls)
				same(t, "cause", apply.CauseSteps, account.Cause())
				if account.Stop == nil || account.Stop.Reason != dispatch.StopHalted {
					t.Fatalf("stop: %+v", account.Stop)
				}
				if reason, _ := provider.Reason(account.Stop.Err); !strings.Contains(reason, errDisk.Error()) {
					t.Errorf("the stop hides its cause: %s", reason)
				}
				same(t, "state", test.state, closeSession(t, session).Thermostats["thermostat.a"].Outcome)
			})
		})
	}
}

// TestConfirmedAtARetry: the doubt of an earlier attempt is not given as the reason.
func TestConfirmedAtARetry(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := &world{answers: map[string][]answer{"a": {now(fault(provider.KindServer))}}}
		w.onResult = func(call int) error {
			if call == 2 {
				return errDisk
			}
			return nil
		}
		account := w.run(add("a", manual(200)))
		same(t, "outcome", "a unknown 2", outcomes(account))
		reason, _ := provider.Reason(account.Results[0].Err)
		same(t, "reason", "the cloud confirmed it, but that could not be recorded: no space left on device", reason)
	})
}

func TestRecordFails(t *testing.T) {
	bubble(t, func(t *testing.T) {
		session, _ := open(t, nil)
		closeSession(t, session)
		w := &world{inner: session}
		account := w.run(forget("a"), forget("b"))
		same(t, "outcomes", "a failed 0, b not_attempted 0", outcomes(account))
		var misuse *state.Error
		if account.Stop == nil || !errors.As(account.Stop.Err, &misuse) {
			t.Errorf("stop: %+v", account.Stop)
		}
	})
}

func TestOutputsFail(t *testing.T) {
	bubble(t, func(t *testing.T) {
		session, _ := open(t, nil)
		closeSession(t, session)
		w := &world{inner: session, outputs: []plan.Output{{Name: "o", After: &state.Output{Value: []byte(`1`), Type: []byte(`"number"`)}}}}
		account := w.run()
		same(t, "complete", false, account.Complete())
		same(t, "cause", apply.CauseSteps, account.Cause())
	})
}

// TestStateAfter: what the record says after the last call of each kind of step.
func TestStateAfter(t *testing.T) {
	left := manual(70)
	old := confirmed("a", manual(180))
	old.OnRemove = &left
	elsewhere := old
	elsewhere.Device = device("old")
	exchange := add("a", manual(200))
	exchange.Action, exchange.Before = plan.Exchange, &elsewhere
	change := add("a", manual(200))
	change.Action, change.Before = plan.Change, &old
	wanted := state.Entry{Device: device("a"), Settings: manual(200), Outcome: state.Confirmed}
	unknown := wanted
	unknown.Outcome = state.Unknown
	doubted := unknown
	was := old.Settings
	doubted.Previous = &was
	destroyed := state.Entry{Device: device("a"), Settings: left, Outcome: state.Unknown, Previous: &was, OnRemove: &left}
	server, rejected := fault(provider.KindServer), fault(provider.KindRejected)
	recorded := old
	kept := manual(50)
	recorded.OnRemove = &kept
	for name, test := range map[string]struct {
		before *state.Entry
		step   plan.Step
		err    error
		want   *state.Entry
	}{
		"add":                 {nil, add("a", manual(200)), nil, &wanted},
		"add in doubt":        {nil, add("a", manual(200)), server, &unknown},
		"add rejected":        {nil, add("a", manual(200)), rejected, nil},
		"change":              {&old, change, nil, &wanted},
		"change in doubt":     {&old, change, server, &doubted},
		"change rejected":     {&old, change, rejected, &old},
		"exchange":            {&elsewhere, exchange, nil, &wanted},
		"exchange in doubt":   {&elsewhere, exchange, server, &unknown},
		"exchange rejected":   {&elsewhere, exchange, rejected, &elsewhere},
		"destroy":             {&old, destroy("a", left), nil, nil},
		"destroy in doubt":    {&old, destroy("a", left), server, &destroyed},
		"destroy rejected":    {&old, destroy("a", left), rejected, &old},
		"forget":              {&old, forget("a"), nil, nil},
		"record what remains": {&old, func() plan.Step { s := record("a", kept); s.Before = &old; return s }(), nil, &recorded},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				before := map[string]state.Entry{}
				if test.before != nil {
					before["a"] = *test.before
				}
				session, store := open(t, before)
				w := &world{inner: session, policy: dispatch.Policy{Attempts: 1}, answers: map[string][]answer{"a": {now(test.err)}}}
				w.run(test.step)
				after := closeSession(t, session)
				want := map[string]state.Entry{}
				if test.want != nil {
					want["thermostat.a"] = *test.want
				}
				for _, entries := range []map[string]state.Entry{want, after.Thermostats} {
					for name, e := range entries {
						e.At = old.At
						entries[name] = e
					}
				}
				same(t, "state", want, after.Thermostats)
				read, err := store.Read()
				if err != nil || len(read.InFlight) > 0 {
					t.Errorf("%+v, %v", read, err)
				}
			})
		})
	}
}
