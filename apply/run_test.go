package apply_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"setpoint/apply"
	"setpoint/config/address"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// TestKinds: a meets the same answer at every attempt; b depends on a, c does not.
func TestKinds(t *testing.T) {
	const unaffected, stopped = ", b not_attempted 0 because a, c applied 1", ", b not_attempted 0 because a, c not_attempted 0"
	tests := map[provider.Kind]struct {
		want    string
		results string
		stop    dispatch.StopReason
		cause   apply.Cause
	}{
		provider.KindRejected:         {"a failed 1" + unaffected, "rejected 400", 0, apply.CauseSteps},
		provider.KindUnauthorized:     {"a failed 2" + unaffected, "rejected 401, rejected 401", dispatch.StopAccount, apply.CausePerson},
		provider.KindQuota:            {"a failed 1" + stopped, "rejected 403", dispatch.StopQuota, apply.CauseQuota},
		provider.KindNotFound:         {"a failed 2" + unaffected, "rejected 404, rejected 404", 0, apply.CauseSteps},
		provider.KindTimeout:          {"a unknown 3" + unaffected, "unknown 408, unknown 408, unknown 408", 0, apply.CauseSteps},
		provider.KindRateLimited:      {"a failed 3" + unaffected, "rejected 429, rejected 429, rejected 429", 0, apply.CauseSteps},
		provider.KindPasswordExpired:  {"a failed 1" + stopped, "rejected 469", dispatch.StopAccount, apply.CausePerson},
		provider.KindTermsNotAccepted: {"a failed 1" + stopped, "rejected 470", dispatch.StopAccount, apply.CausePerson},
		provider.KindBusy:             {"a failed 3" + unaffected, "rejected 486, rejected 486, rejected 486", 0, apply.CauseSteps},
		provider.KindServer:           {"a unknown 3" + unaffected, "unknown 502, unknown 502, unknown 502", 0, apply.CauseSteps},
		provider.KindRedirect:         {"a failed 1" + unaffected, "rejected 302", 0, apply.CauseSteps},
		provider.KindUnreachable:      {"a failed 3" + unaffected, "rejected 0, rejected 0, rejected 0", 0, apply.CauseSteps},
		provider.KindInterrupted:      {"a unknown 3" + unaffected, "unknown 0, unknown 0, unknown 0", 0, apply.CauseSteps},
		provider.KindCanceled:         {"a not_attempted 0" + unaffected, "rejected 0", 0, apply.CauseSteps},
		provider.KindUnusable:         {"a unknown 1" + unaffected, "unknown 199", 0, apply.CauseSteps},
	}
	for _, kind := range provider.Kinds() {
		t.Run(kind.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				want, known := tests[kind]
				if !known {
					t.Fatal("a kind without a test")
				}
				w := &world{answers: map[string][]answer{"a": slices.Repeat([]answer{now(fault(kind))}, 9)}}
				account := w.run(add("a", manual(200)), add("b", manual(200), "thermostat.a"), add("c", manual(200)))
				same(t, "outcomes", want.want, outcomes(account))
				same(t, "results", want.results, w.results("a"))
				stop := dispatch.StopReason(0)
				if account.Stop != nil {
					stop = account.Stop.Reason
				}
				same(t, "stop", want.stop, stop)
				same(t, "cause", want.cause, account.Cause())
				same(t, "complete", false, account.Complete())
				var failed *provider.Error
				if !errors.As(account.Results[0].Err, &failed) || failed.Kind != kind {
					t.Errorf("the error of a is %v", account.Results[0].Err)
				}
			})
		})
	}
}

func TestSequence(t *testing.T) {
	bubble(t, func(t *testing.T) {
		left, kept := manual(70), manual(50)
		b := add("b", manual(190))
		b.OnRemove = &kept
		exchanged := add("c", boost(30))
		before := confirmed("other", manual(150))
		exchanged.Action, exchanged.Before, exchanged.TimeZone = plan.Exchange, &before, "Europe/Rome"
		w := &world{answers: map[string][]answer{"a": {now(fault(provider.KindServer)), later(nil)}}}
		account := w.run(add("a", manual(205)), b, exchanged, destroy("d", left), forget("e"), record("f", kept))
		same(t, "lines", byName([]string{
			"0s a intent manual 20.5", "0s a sent manual 20.5", "0s a result unknown 502",
			"0s b intent manual 19, on_remove manual 5", "0s b sent manual 19", "0s b result confirmed 200",
			"0s c intent boost 30 2000-01-01T01:00:00/2000-01-01T01:30:00", "0s c sent boost 30 2000-01-01T01:00:00/2000-01-01T01:30:00", "0s c result confirmed 200",
			"0s d intent manual 7, on_remove manual 7, remove", "0s d sent manual 7", "0s d result confirmed 200",
			"500ms a intent manual 20.5", "500ms a sent manual 20.5", "10.5s a result confirmed 200",
			"10.5s thermostat.e drop", "10.5s thermostat.f put manual 5",
		}), byName(w.lines))
		same(t, "events", byName([]string{
			"a started 1", "a retrying after 1 of 3 in 500ms", "b started 1", "b applied", "c started 1", "c applied",
			"d started 1", "d applied", "a started 2", "a applied", "e applied", "f applied",
		}), byName(w.events))
		same(t, "outcomes", "a applied 2, b applied 1, c applied 1, d applied 1, e applied 0, f applied 0", outcomes(account))
		same(t, "counts", apply.Counts{Applied: 6, Added: 3, Changed: 1, Destroyed: 1, Forgotten: 2}, account.Count())
		same(t, "calls", 5, account.Calls)
		same(t, "complete", true, account.Complete())
		same(t, "cause", apply.CauseNone, account.Cause())
		same(t, "elapsed", 10500*time.Millisecond, account.Results[0].Elapsed)
	})
}

// TestUncertainty: what an earlier attempt may have done is not forgotten for
// a later answer, unless that confirms.
func TestUncertainty(t *testing.T) {
	server, rejected := now(fault(provider.KindServer)), now(fault(provider.KindRejected))
	for want, answers := range map[string][]answer{
		"a unknown 2": {server, rejected},
		"a applied 2": {server, now(nil)},
		"a failed 2":  {now(fault(provider.KindBusy)), rejected},
		"a unknown 1": {now(errors.New("a provider that breaks its word"))},
	} {
		bubble(t, func(t *testing.T) {
			w := &world{answers: map[string][]answer{"a": answers}}
			if want == "a unknown 1" {
				w.policy = dispatch.Policy{Attempts: 1}
			}
			same(t, "outcome", want, outcomes(w.run(add("a", manual(200)))))
		})
	}
}

func TestDependencies(t *testing.T) {
	fail := map[string][]answer{"a": {now(fault(provider.KindRejected))}}
	room := func(key string) address.Address { return address.Address{Name: "room", Key: address.String(key)} }
	tests := map[string]struct {
		steps []plan.Step
		want  string
		fail  map[string][]answer
	}{
		"through a chain": {
			[]plan.Step{add("a", manual(200)), add("b", manual(200), "thermostat.a"), add("c", manual(200), "thermostat.b")},
			"a failed 1, b not_attempted 0 because a, c not_attempted 0 because a", fail,
		},
		"through what is unchanged": {
			[]plan.Step{add("a", manual(200)), noOp("b", "thermostat.a"), add("c", manual(200), "thermostat.b")},
			"a failed 1, b unchanged 0, c not_attempted 0 because a", fail,
		},
		"a record waits too": {
			[]plan.Step{add("a", manual(200)), noOp("b", "thermostat.a"), record("c", manual(70), "thermostat.b"), record("d", manual(70))},
			"a failed 1, b unchanged 0, c not_attempted 0 because a, d applied 0", fail,
		},
		"a record's cause is the root": {
			[]plan.Step{add("a", manual(200)), add("b", manual(200), "thermostat.a"), record("c", manual(70), "thermostat.b")},
			"a failed 1, b not_attempted 0 because a, c not_attempted 0 because a", fail,
		},
		"all succeed": {
			[]plan.Step{add("a", manual(200)), noOp("b", "thermostat.a"), record("c", manual(70), "thermostat.b", "thermostat.a")},
			"a applied 1, b unchanged 0, c applied 0", nil,
		},
		"nobody waits for what is destroyed": {
			func() []plan.Step {
				kept, gone := add("a2", manual(200)), destroy("a", manual(70))
				kept.Address, gone.Address = room("kept"), room("gone")
				return []plan.Step{kept, add("b", manual(200), "thermostat.room"), gone}
			}(),
			"room applied 1, b applied 1, room applied 1", nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := &world{answers: test.fail}
				same(t, "outcomes", test.want, outcomes(w.run(test.steps...)))
			})
		})
	}
}

// TestDestroyIsNotWaitedFor: it comes after what is declared, also where it was
// of a block that others depend on.
func TestDestroyIsNotWaitedFor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		gone := destroy("gone", manual(70))
		gone.Address = address.Address{Name: "room", Key: address.String("gone")}
		w := &world{answers: map[string][]answer{"room": {now(fault(provider.KindRejected))}}}
		account := w.run(add("b", manual(200), "thermostat.room"), gone)
		same(t, "outcomes", "b applied 1, room failed 1", outcomes(account))
		same(t, "events", byName([]string{"b started 1", "b applied", "room started 1", "room failed"}), byName(w.events))
	})
}

func TestRetryingNamesTheBound(t *testing.T) {
	for kind, want := range map[provider.Kind]string{
		provider.KindNotFound:     "a retrying after 1 of 2 in 500ms",
		provider.KindUnauthorized: "a retrying after 1 of 2 in 500ms",
		provider.KindServer:       "a retrying after 1 of 3 in 500ms",
	} {
		bubble(t, func(t *testing.T) {
			w := &world{answers: map[string][]answer{"a": {now(fault(kind))}}}
			w.run(add("a", manual(200)))
			same(t, "event", want, w.events[1])
		})
	}
	bubble(t, func(t *testing.T) {
		w := &world{answers: map[string][]answer{"a": {now(fault(provider.KindServer)), now(fault(provider.KindUnauthorized))}}}
		w.run(add("a", manual(200)))
		same(t, "event", "a retrying after 2 of 3 in 1s", w.events[3])
	})
}

func TestRateLimitPausesAll(t *testing.T) {
	bubble(t, func(t *testing.T) {
		limited := fault(provider.KindRateLimited)
		limited.RetryAfter = 42 * time.Second
		w := &world{answers: map[string][]answer{"a": {now(limited)}}}
		account := w.run(add("a", manual(200)), add("b", manual(190)))
		same(t, "outcomes", "a applied 2, b applied 1", outcomes(account))
		same(t, "paused", "paused for 42s", w.events[2])
		sent := slices.DeleteFunc(w.lines, func(line string) bool { return !strings.Contains(line, " sent ") })
		same(t, "calls", []string{"0s a sent manual 20", "42s a sent manual 20", "42s b sent manual 19"}, sent)
	})
}

func TestLongRetryAfter(t *testing.T) {
	bubble(t, func(t *testing.T) {
		away := fault(provider.KindServer)
		away.RetryAfter = 20 * time.Minute
		w := &world{answers: map[string][]answer{"a": {now(away)}}}
		account := w.run(add("a", manual(200)), add("b", manual(190)))
		same(t, "outcomes", "a unknown 1, b applied 1", outcomes(account))
		same(t, "retry after", 20*time.Minute, account.Results[0].RetryAfter)
	})
}

func TestMaxCalls(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := &world{policy: exact(), answers: map[string][]answer{"a": {now(fault(provider.KindServer))}}}
		w.policy.MaxCalls = 2
		account := w.run(add("a", manual(200)), add("b", manual(190)), add("c", manual(180)), forget("d"))
		same(t, "outcomes", "a unknown 1, b applied 1, c not_attempted 0, d not_attempted 0", outcomes(account))
		same(t, "stop", &dispatch.Stop{Reason: dispatch.StopCallLimit}, account.Stop)
		same(t, "calls", 2, account.Calls)
	})
}

func TestOutputs(t *testing.T) {
	old, fresh := state.Output{Value: []byte(`1`), Type: []byte(`"number"`)}, state.Output{Value: []byte(`2`), Type: []byte(`"number"`)}
	changed := []plan.Output{{Name: "kept", Before: &old, After: &old}, {Name: "new", After: &fresh}, {Name: "gone", Before: &old}}
	all := []map[string]state.Output{{"kept": old, "new": fresh}}
	for name, test := range map[string]struct {
		outputs []plan.Output
		answers []answer
		want    []map[string]state.Output
	}{
		"complete":   {changed, nil, all},
		"incomplete": {changed, []answer{now(fault(provider.KindRejected))}, nil},
		"as before":  {changed[:1], nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := &world{outputs: test.outputs, answers: map[string][]answer{"a": test.answers}}
				w.run(add("a", manual(200)))
				same(t, "outputs", test.want, w.outSet)
			})
		})
	}
}

func until(s provider.Settings, at time.Time) plan.Step {
	s.End = provider.WallClock(at)
	step := add("a", s)
	step.Until = at
	return step
}

// TestTooLate: the end must lie a minute ahead at every attempt.
func TestTooLate(t *testing.T) {
	server, busy := fault(provider.KindServer), fault(provider.KindBusy)
	for name, test := range map[string]struct {
		ahead   time.Duration
		answers []answer
		want    string
		reason  string
	}{
		"just in time":          {time.Minute, nil, "a applied 1", ""},
		"too late at first":     {time.Minute - time.Second, nil, "a expired 0", "its end is over or less than a minute ahead"},
		"too late at the retry": {70 * time.Second, []answer{now(busy)}, "a expired 1", "486 thermostat's screen in use; then: its end is over or less than a minute ahead"},
		"after a doubt":         {70 * time.Second, []answer{later(server)}, "a unknown 1", "502 trouble in the cloud; then: its end is over or less than a minute ahead"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := &world{answers: map[string][]answer{"a": test.answers}}
				account := w.run(until(manual(200), time.Now().Add(test.ahead)), add("b", manual(200), "thermostat.a"))
				want := test.want + ", b not_attempted 0 because a"
				if test.reason == "" {
					want = test.want + ", b applied 1"
				}
				same(t, "outcomes", want, outcomes(account))
				reason, _ := provider.Reason(account.Results[0].Err)
				same(t, "reason", test.reason, reason)
				same(t, "complete", test.reason == "", account.Complete())
				same(t, "sentinel", test.reason != "", errors.Is(account.Results[0].Err, apply.ErrTooLate))
			})
		})
	}
}

// TestExpired: what the plan found to be over keeps nothing back; what became
// too late during the run leaves it incomplete, but nothing to do.
func TestExpired(t *testing.T) {
	bubble(t, func(t *testing.T) {
		over := noOp("a")
		over.Reason = plan.ReasonExpired
		w := &world{}
		account := w.run(over, add("b", manual(200), "thermostat.a"))
		same(t, "outcomes", "a expired 0, b applied 1", outcomes(account))
		same(t, "complete", true, account.Complete())
		same(t, "counts", apply.Counts{Applied: 1, Expired: 1, Added: 1}, account.Count())
		account = w.run(until(manual(200), time.Now()))
		same(t, "complete", false, account.Complete())
		same(t, "cause", apply.CauseNone, account.Cause())
	})
}
