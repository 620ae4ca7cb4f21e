package apply_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"setpoint/apply"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// TestInterrupt: a is in flight for 10 s, b waits for its turn; after 3 s the
// run is told to end.
func TestInterrupt(t *testing.T) {
	tests := map[string]struct {
		calls  time.Duration // when calls in flight are broken off; 0: never
		answer answer
		want   string
	}{
		"in flight may finish":   {0, later(nil), "a applied 1, b not_attempted 0, c not_attempted 0"},
		"broken off":             {5 * time.Second, later(nil), "a unknown 1, b not_attempted 0, c not_attempted 0"},
		"no retry":               {0, later(fault(provider.KindBusy)), "a failed 1, b not_attempted 0, c not_attempted 0"},
		"no retry after a doubt": {0, later(fault(provider.KindServer)), "a unknown 1, b not_attempted 0, c not_attempted 0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				drain, stop := context.WithCancelCause(t.Context())
				calls, kill := context.WithCancel(t.Context())
				defer kill()
				because := errors.New("SIGTERM")
				time.AfterFunc(3*time.Second, func() { stop(because) })
				if test.calls > 0 {
					time.AfterFunc(test.calls, kill)
				}
				w := &world{drain: drain, calls: calls, answers: map[string][]answer{"a": {test.answer}}}
				account := w.run(add("a", manual(200)), add("b", manual(190)), forget("c"))
				same(t, "outcomes", test.want, outcomes(account))
				same(t, "stop", &dispatch.Stop{Reason: dispatch.StopDrained, Err: because}, account.Stop)
				same(t, "cause", apply.CauseInterrupted, account.Cause())
			})
		})
	}
}

// TestBrokenOffBeforeSending: the second attempt's intent is on disk when the
// calls are broken off, but nothing leaves any more.
func TestBrokenOffBeforeSending(t *testing.T) {
	for want, answers := range map[string][]answer{
		"a not_attempted 0": nil,
		"a failed 1":        {now(fault(provider.KindBusy))},
		"a unknown 1":       {now(fault(provider.KindServer))},
	} {
		bubble(t, func(t *testing.T) {
			calls, kill := context.WithCancel(t.Context())
			w := &world{calls: calls, answers: map[string][]answer{"a": answers}}
			w.onIntent = func(call int) error {
				if call > len(answers) {
					kill()
				}
				return nil
			}
			account := w.run(add("a", manual(200)))
			same(t, "outcome", want, outcomes(account))
			same(t, "calls", len(answers), account.Calls)
			same(t, "last line", "rejected 0", w.results("a")[len(w.results("a"))-len("rejected 0"):])
			if len(answers) > 0 && account.Results[0].Err != answers[0].err {
				t.Errorf("the reason is %v, not the last answer", account.Results[0].Err)
			}
		})
	}
}

// TestInterruptedForgetting: there is no call to interrupt.
func TestInterruptedForgetting(t *testing.T) {
	bubble(t, func(t *testing.T) {
		drain, stop := context.WithCancel(t.Context())
		stop()
		w := &world{drain: drain}
		account := w.run(forget("a"), noOp("b"))
		same(t, "outcomes", "a not_attempted 0, b unchanged 0", outcomes(account))
		same(t, "lines", nil, w.lines)
		same(t, "cause", apply.CauseInterrupted, account.Cause())
	})
}
