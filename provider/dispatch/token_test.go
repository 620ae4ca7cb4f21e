package dispatch

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"setpoint/provider"
)

func noToken(kind provider.Kind, uncalled bool, after time.Duration) error {
	return &provider.Error{Kind: kind, NoToken: true, Uncalled: uncalled, RetryAfter: after}
}

// TestWantOfATokenIsTheRunsTrouble: it is waited for together, asked about by one,
// and costs neither attempts nor calls.
func TestWantOfATokenIsTheRunsTrouble(t *testing.T) {
	missing := noToken(provider.KindServer, true, 0)
	p := half()
	p.Attempts, p.Parallelism, p.MaxCalls, p.MinWait, p.MaxWait = 4, 3, 5, time.Second, 8*time.Second
	p.Rand = func() float64 { return 0.999999 }
	var tries atomic.Int32
	inBubble(t, p, func(tr *trace) {
		if tr.report.Stop != nil || tr.report.Calls != 5 {
			t.Errorf("%d calls, stop %+v", tr.report.Calls, tr.report.Stop)
		}
		pauses := 0
		for _, e := range tr.events {
			switch e := e.Event.(type) {
			case Paused:
				pauses++
			case Retrying:
				t.Errorf("told as a retry: %+v", e)
			}
		}
		if pauses != 3 {
			t.Errorf("%d pauses", pauses)
		}
		for key := range 5 {
			if r := tr.result(key); r.Outcome != Succeeded || r.Attempts != 1 {
				t.Errorf("%+v", r)
			}
		}
		if tries := tries.Load(); tries != 3+2+5 { // three at once, two alone, then those that succeed
			t.Errorf("%d tries", tries)
		}
		if starts := tr.starts(); len(starts) != 5 {
			t.Errorf("told more than once: %+v", starts)
		}
	}, counted(&tries, inTurn(0, missing, missing, missing), inTurn(1, missing), inTurn(2, missing), call(3, time.Millisecond), call(4, time.Millisecond))...)
}

// TestWantOfATokenEndsTheRun when as many tries have failed as an item may have
// attempts; what no call was made for was not attempted.
func TestWantOfATokenEndsTheRun(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		tries  int
		reason StopReason
		after  time.Duration
	}{
		"trouble":          {noToken(provider.KindServer, true, 0), 3, StopLogin, 0},
		"not reached":      {noToken(provider.KindUnreachable, true, 0), 3, StopLogin, 0},
		"rate limit":       {noToken(provider.KindRateLimited, true, time.Second), 3, StopLogin, 0},
		"long rate limit":  {noToken(provider.KindRateLimited, true, time.Hour), 1, StopQuota, time.Hour},
		"long maintenance": {noToken(provider.KindServer, true, time.Hour), 1, StopLogin, time.Hour},
		"login refused":    {&provider.Error{Kind: provider.KindUnauthorized, LoginRefused: true, NoToken: true, Uncalled: true}, 1, StopAccount, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := half()
			p.Attempts, p.Parallelism = 3, 1
			var tries atomic.Int32
			inBubble(t, p, func(tr *trace) {
				stop := tr.report.Stop
				if stop == nil || stop.Reason != tt.reason || stop.RetryAfter != tt.after || tr.report.Calls != 0 || int(tries.Load()) != tt.tries {
					t.Errorf("%d calls, %d tries, stop %+v", tr.report.Calls, tries.Load(), stop)
				}
				for key := range 2 {
					if r := tr.result(key); r.Outcome != NotAttempted || r.Because != BecauseStopped || r.Attempts != 0 {
						t.Errorf("%+v", r)
					}
				}
			}, counted(&tries, always(0, tt.err), always(1, tt.err))...)
		})
	}
}

// TestTokenRefusedAndNotRenewed: the call was made, so it is one.
func TestTokenRefusedAndNotRenewed(t *testing.T) {
	p := half()
	p.Attempts, p.Parallelism = 1, 2
	inBubble(t, p, func(tr *trace) {
		if tr.report.Calls != 2 || tr.result(0).Outcome != Failed || tr.result(1).Outcome != Failed || tr.result(2).Outcome != NotAttempted {
			t.Errorf("%+v", tr.report)
		}
	}, always(0, noToken(provider.KindServer, false, 0)), always(1, noToken(provider.KindServer, false, 0)), call(2, 0))
}

// counted counts how often the items are tried.
func counted(tries *atomic.Int32, items ...Item) []Item {
	for i := range items {
		do := items[i].Do
		items[i].Do = func(ctx context.Context, attempt int) error {
			tries.Add(1)
			return do(ctx, attempt)
		}
	}
	return items
}

// always is an item all of whose attempts fail.
func always(key int, err error) Item {
	return Item{Key: key, Device: device1(key), Do: func(context.Context, int) error { return err }}
}

// inTurn is an item that fails with the errors in turn, however its attempts are
// numbered, and then succeeds.
func inTurn(key int, errs ...error) Item {
	return Item{Key: key, Device: device1(key), Do: func(ctx context.Context, _ int) error {
		if err := spend(ctx, time.Millisecond); err != nil || len(errs) == 0 {
			return err
		}
		err := errs[0]
		errs = errs[1:]
		return err
	}}
}
