package dispatch

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/provider"
)

// inARow runs each list of items to its end, one after the other.
func inARow(t *testing.T, p Policy, check func([]*trace), lists ...[]Item) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		var traces []*trace
		for _, items := range lists {
			traces = append(traces, drive(context.Background(), context.Background(), p, items...))
		}
		check(traces)
	})
}

func shared() Policy {
	p := half()
	p.Account = &Account{}
	return p
}

func TestRunsShareThePace(t *testing.T) {
	p := shared()
	p.RateLimit = 0.5
	inARow(t, p, func(traces []*trace) {
		if took := traces[1].starts()[0].At; took != 2*time.Second {
			t.Errorf("the second run started after %s, want the 2 s of the pace", took)
		}
	}, []Item{call(1, 0)}, []Item{call(1, 0)})
}

func TestRunsShareThePauseEvenOfALastFailure(t *testing.T) {
	limited := faultAfter(provider.KindRateLimited, 7*time.Second)
	p := shared()
	p.Attempts = 1
	inARow(t, p, func(traces []*trace) {
		if took := traces[1].starts()[0].At; took != 7*time.Second {
			t.Errorf("the second run started after %s, want the 7 s that the server asked for", took)
		}
		for _, e := range traces[0].events {
			if _, paused := e.Event.(Paused); paused {
				t.Error("a pause is told though nobody waits for it")
			}
		}
	}, []Item{call(1, 0, limited)}, []Item{call(1, 0)})
}

func TestRunsShareTheCallLimit(t *testing.T) {
	p := shared()
	p.MaxCalls = 3
	inARow(t, p, func(traces []*trace) {
		diff(t, "calls", []int{2, 1, 0}, []int{traces[0].report.Calls, traces[1].report.Calls, traces[2].report.Calls})
		if traces[0].report.Stop != nil || p.Account.Calls() != 3 {
			t.Errorf("stopped by %+v, %d calls in all", traces[0].report.Stop, p.Account.Calls())
		}
		for _, tr := range traces[1:] {
			diff(t, "stop", &Stop{Reason: StopCallLimit}, tr.report.Stop)
		}
	}, []Item{call(1, 0), call(2, 0)}, []Item{call(1, 0), call(2, 0)}, []Item{call(1, 0)})
}

func TestRunsShareTheCountOf401(t *testing.T) {
	refused := fault(provider.KindUnauthorized)
	inARow(t, shared(), func(traces []*trace) {
		if traces[0].report.Stop != nil {
			t.Errorf("the first 401 stops: %+v", traces[0].report.Stop)
		}
		diff(t, "stop", &Stop{Reason: StopAccount, Err: refused}, traces[1].report.Stop)
		if traces[1].report.Calls != 1 {
			t.Errorf("%d calls", traces[1].report.Calls)
		}
	}, []Item{call(1, 0, refused)}, []Item{call(1, 0, refused)})
}

func TestRunsOfTheirOwnShareNothing(t *testing.T) {
	p := half()
	p.MaxCalls, p.RateLimit = 1, 0.5
	inARow(t, p, func(traces []*trace) {
		if traces[1].report.Calls != 1 || traces[1].took != 0 {
			t.Errorf("%d calls in %s", traces[1].report.Calls, traces[1].took)
		}
	}, []Item{call(1, 0)}, []Item{call(1, 0)})
}
