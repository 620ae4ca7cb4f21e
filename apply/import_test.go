package apply_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"setpoint/apply"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// imported is a step that reads a thermostat which is declared as given.
func imported(name string, declared provider.Settings, dependsOn ...string) plan.Step {
	step := add(name, declared, dependsOn...)
	step.Action = plan.Import
	return step
}

func TestImport(t *testing.T) {
	bubble(t, func(t *testing.T) {
		left := manual(70)
		session, _ := open(t, nil)
		a := imported("a", manual(200))
		a.OnRemove = &left
		w := &world{inner: session, readings: map[string]provider.Settings{"a": manual(190), "b": manual(200)}}
		account := w.run(a, imported("b", manual(200)), add("c", manual(200)))
		same(t, "lines", byName([]string{
			"0s a read", "0s thermostat.a put manual 19, observed", "0s b read", "0s thermostat.b put manual 20, observed",
			"0s c intent manual 20", "0s c sent manual 20", "0s c result confirmed 200",
		}), byName(w.lines))
		same(t, "outcomes", "a applied 1, b applied 1, c applied 1", outcomes(account))
		same(t, "counts", apply.Counts{Applied: 3, Imported: 2, Added: 1}, account.Count())
		same(t, "calls", 3, account.Calls)
		same(t, "complete", true, account.Complete())
		same(t, "differing", []bool{true, false, false}, []bool{account.Results[0].Differs(), account.Results[1].Differs(), account.Results[2].Differs()})
		e := closeSession(t, session).Thermostats["thermostat.a"]
		same(t, "entry", true, e.Equal(state.Entry{Device: device("a"), Settings: manual(190), Outcome: state.Observed, At: e.At, OnRemove: &left}))
		same(t, "time", true, e.At.Equal(w.begin))
	})
}

// TestImportAsItIs: what a reading may be, and whether the next plan has something to say about it.
func TestImportAsItIs(t *testing.T) {
	end, err := provider.ParseLocalTime("2026-12-24T18:00:00")
	if err != nil {
		t.Fatal(err)
	}
	running := provider.Settings{Function: provider.Heating, Mode: provider.Boost, End: end}
	temporary := manual(200)
	temporary.End = end
	for name, test := range map[string]struct {
		read     provider.Settings
		declared provider.Settings
		ignored  []string
		differs  bool
	}{
		"as declared":                     {manual(200), manual(200), nil, false},
		"otherwise":                       {manual(210), manual(200), nil, true},
		"otherwise, but that is ignored":  {manual(210), manual(200), []string{"setpoint"}, false},
		"until somebody's end":            {temporary, manual(200), nil, true},
		"until some end that is ignored":  {temporary, manual(200), []string{"until"}, false},
		"a boost, whose length is hidden": {running, boost(30), nil, true},
		"a boost, whose mode is ignored":  {running, manual(200), []string{"mode"}, false},
		"a boost that does not say when":  {provider.Settings{Function: provider.Heating, Mode: provider.Boost}, manual(200), nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				session, store := open(t, nil)
				w := &world{inner: session, readings: map[string]provider.Settings{"a": test.read}}
				step := imported("a", test.declared)
				step.Ignored = test.ignored
				account := w.run(step)
				same(t, "outcome", "a applied 1", outcomes(account))
				same(t, "differs", test.differs, account.Results[0].Differs())
				closeSession(t, session)
				read, err := store.Read()
				if err != nil {
					t.Fatal(err)
				}
				same(t, "recorded", true, read.State.Thermostats["thermostat.a"].Settings == test.read)
			})
		})
	}
}

// TestImportKinds: a reading that failed leaves no doubt and no record, whatever
// the error says of having landed.
func TestImportKinds(t *testing.T) {
	for kind, want := range map[provider.Kind]string{
		provider.KindServer: "a failed 3", provider.KindTimeout: "a failed 3", provider.KindInterrupted: "a failed 3", provider.KindUnusable: "a failed 1",
		provider.KindNotFound: "a failed 2", provider.KindBusy: "a failed 3", provider.KindRejected: "a failed 1", provider.KindPasswordExpired: "a failed 1",
	} {
		bubble(t, func(t *testing.T) {
			session, _ := open(t, nil)
			always := now(fault(kind))
			w := &world{inner: session, answers: map[string][]answer{"a": {always, always, always}}}
			account := w.run(imported("a", manual(200)), add("b", manual(200), "thermostat.a"))
			same(t, kind.String(), want+", b not_attempted 0 because a", outcomes(account))
			same(t, "state", 0, len(closeSession(t, session).Thermostats))
		})
	}
	bubble(t, func(t *testing.T) {
		w := &world{answers: map[string][]answer{"a": {now(errors.New("a provider that breaks its word"))}}, policy: dispatch.Policy{Attempts: 1}}
		account := w.run(imported("a", manual(200)))
		same(t, "outcome", "a failed 1", outcomes(account))
		if err := account.Results[0].Err; !strings.Contains(err.Error(), "get status") {
			t.Error(err)
		}
	})
}

func TestImportIsRepeatedAndPaced(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := &world{policy: exact(), readings: map[string]provider.Settings{"a": manual(200), "b": manual(200)}, answers: map[string][]answer{"a": {now(fault(provider.KindServer))}}}
		w.policy.RateLimit = 0.5
		account := w.run(imported("a", manual(200)), imported("b", manual(200)))
		same(t, "outcomes", "a applied 2, b applied 1", outcomes(account))
		same(t, "lines", []string{"0s a read", "2s a read", "2s thermostat.a put manual 20, observed", "4s b read", "4s thermostat.b put manual 20, observed"}, w.lines)
		same(t, "events", "a retrying after 1 of 3 in 500ms", w.events[1])
	})
}

func TestImportWaitsOnlyForDependsOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := &world{readings: map[string]provider.Settings{"c": manual(200)}, answers: map[string][]answer{"a": {now(fault(provider.KindRejected))}}}
		account := w.run(add("a", manual(200)), imported("b", manual(200), "thermostat.a"), imported("c", manual(200)))
		same(t, "outcomes", "a failed 1, b not_attempted 0 because a, c applied 1", outcomes(account))
	})
}

func TestImportThatCannotBeRecorded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := &world{readings: map[string]provider.Settings{"a": manual(200)}, onPut: func() error { return errDisk }}
		account := w.run(imported("a", manual(200)), imported("b", manual(200)))
		same(t, "outcomes", "a failed 1, b not_attempted 0", outcomes(account))
		reason, _ := provider.Reason(account.Results[0].Err)
		same(t, "reason", "it was read, but that could not be recorded: no space left on device", reason)
		if account.Stop == nil || account.Stop.Reason != dispatch.StopHalted || account.Results[0].Read != nil {
			t.Errorf("%+v", account)
		}
	})
}

// TestImportInterrupted: a reading that was broken off leaves nothing, but counts.
func TestImportInterrupted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		calls, kill := context.WithCancel(t.Context())
		defer kill()
		time.AfterFunc(5*time.Second, kill)
		w := &world{calls: calls, answers: map[string][]answer{"a": {later(nil)}}}
		account := w.run(imported("a", manual(200)), imported("b", manual(200)))
		same(t, "outcomes", "a failed 1, b not_attempted 0", outcomes(account))
		same(t, "calls", 1, account.Calls)
		same(t, "lines", []string{"0s a read"}, w.lines)
	})
}
