package dispatch

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/provider"
)

func paced(rate float64, parallelism int) Policy {
	p := half()
	p.RateLimit, p.Parallelism = rate, parallelism
	return p
}

func TestPace(t *testing.T) {
	for name, took := range map[string]time.Duration{"instant": 0, "slower than the pace": 1300 * ms} {
		inBubble(t, paced(2, 10), func(tr *trace) {
			diff(t, name, []start{{1, 1, 0}, {2, 1, 500 * ms}, {3, 1, 1000 * ms}, {4, 1, 1500 * ms}}, tr.starts())
		}, call(1, took), call(2, took), call(3, took), call(4, took))
	}
}

func TestNoPaceNoWait(t *testing.T) {
	inBubble(t, paced(0, 1), func(tr *trace) {
		diff(t, "took", time.Duration(0), tr.took)
	}, call(1, 0), call(2, 0), call(3, 0))
}

// Idle time saves nothing up: after a slow call, and after a long wait of all
// items, starts are as far apart as ever.
func TestNoBurstAfterIdle(t *testing.T) {
	inBubble(t, paced(2, 10), func(tr *trace) {
		diff(t, "after a slow call", []start{
			{1, 1, 0}, {2, 1, 10 * time.Second}, {3, 1, 10500 * ms}, {4, 1, 11000 * ms},
		}, tr.starts())
	}, in(call(1, 10*time.Second), "a"), after(call(2, 0), "a"), after(call(3, 0), "a"), after(call(4, 0), "a"))

	busy := faultAfter(provider.KindBusy, time.Minute)
	inBubble(t, paced(2, 10), func(tr *trace) {
		diff(t, "after waits", []start{
			{1, 1, 0}, {2, 1, 500 * ms}, {1, 2, time.Minute}, {2, 2, time.Minute + 500*ms},
		}, tr.starts())
	}, call(1, 0, busy), call(2, 0, busy))
}

// Retries keep the pace as well.
func TestRetriesArePaced(t *testing.T) {
	inBubble(t, paced(0.5, 10), func(tr *trace) {
		diff(t, "starts", []start{{1, 1, 0}, {1, 2, 2 * time.Second}, {1, 3, 4 * time.Second}, {2, 1, 6 * time.Second}}, tr.starts())
	}, call(1, 0, fault(provider.KindServer), fault(provider.KindServer)), call(2, 0))
}

// An observer that takes its time delays starts but never brings two closer.
func TestSlowObserver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var begun []time.Time
		var items []Item
		for key := range 5 {
			item := call(key, 0)
			item.Do = func(context.Context, int) error { begun = append(begun, time.Now()); return nil }
			items = append(items, item)
		}
		naps := []time.Duration{400 * ms, 0, 700 * ms, 10 * ms, 0}
		background := context.Background()
		Run(background, background, items, paced(2, 1), func(e Event) {
			if s, ok := e.(Started); ok {
				time.Sleep(naps[s.Key])
			}
		})
		for i := 1; i < len(begun); i++ {
			if gap := begun[i].Sub(begun[i-1]); gap < 500*ms {
				t.Errorf("call %d began %v after the one before", i, gap)
			}
		}
	})
}

// 429 holds back every start until its time; calls in flight go on.
func TestRateLimitPausesTheRun(t *testing.T) {
	limited := faultAfter(provider.KindRateLimited, 7*time.Second)
	inBubble(t, paced(1, 2), func(tr *trace) {
		diff(t, "starts", []start{
			{1, 1, 0}, {2, 1, time.Second}, {2, 2, 8 * time.Second}, {3, 1, 9 * time.Second}, {4, 1, 10 * time.Second},
		}, tr.starts())
		var paused []stamped
		for _, e := range tr.events {
			if p, ok := e.Event.(Paused); ok {
				paused = append(paused, stamped{e.At, Paused{Err: p.Err}})
				if left := time.Until(p.Until) + tr.took; left != 8*time.Second {
					t.Errorf("paused until %v", left)
				}
			}
		}
		diff(t, "paused", []stamped{{time.Second, Paused{Err: limited}}}, paused)
		diff(t, "result of the call in flight", Result{Key: 1, Outcome: Succeeded, Attempts: 1}, tr.result(1))
	}, call(1, 3*time.Second), call(2, 0, limited), call(3, 0), call(4, 0))
}

// The longest pause counts, a shorter one is not announced, and the limit holds
// for the account also where the item itself has no attempt left.
func TestPausesOverlap(t *testing.T) {
	p := paced(0, 2)
	p.Attempts = 1
	inBubble(t, p, func(tr *trace) {
		diff(t, "starts", []start{{1, 1, 0}, {2, 1, 0}, {3, 1, 9 * time.Second}}, tr.starts())
		pauses := 0
		for _, e := range tr.events {
			if _, ok := e.Event.(Paused); ok {
				pauses++
			}
		}
		diff(t, "pauses", 1, pauses)
		diff(t, "outcome", Failed, tr.result(1).Outcome)
	}, call(1, 0, faultAfter(provider.KindRateLimited, 9*time.Second)),
		call(2, time.Second, faultAfter(provider.KindRateLimited, 2*time.Second)), call(3, 0))
}

// Nobody waits for a pause when nothing is left to start.
func TestPauseAtTheEnd(t *testing.T) {
	p := half()
	p.Attempts = 1
	inBubble(t, p, func(tr *trace) {
		diff(t, "took", time.Duration(0), tr.took)
		diff(t, "events", 2, len(tr.events))
	}, call(1, 0, faultAfter(provider.KindRateLimited, 9*time.Second)))
}
