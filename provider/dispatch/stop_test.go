package dispatch

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/provider"
)

var errInterrupted = errors.New("interrupted by the user")

func drainAfter(d time.Duration) context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	time.AfterFunc(d, func() { cancel(errInterrupted) })
	return ctx
}

// When the account stops, calls in flight finish and count, waiting retries
// fail with their last error, the rest is not attempted.
func TestAccountStop(t *testing.T) {
	server, terms := fault(provider.KindServer), fault(provider.KindTermsNotAccepted)
	p := half()
	p.Parallelism = 4
	inBubble(t, p, func(tr *trace) {
		diff(t, "results", []Result{
			{Key: 1, Outcome: Succeeded, Attempts: 1},
			{Key: 2, Outcome: Failed, Attempts: 1, Err: server},
			{Key: 3, Outcome: Failed, Attempts: 1, Err: terms},
			{Key: 4, Outcome: Failed, Attempts: 1, Err: server},
			{Key: 5, Outcome: NotAttempted, Because: BecauseStopped},
			{Key: 6, Outcome: NotAttempted, Because: BecauseFailed, Of: 3},
		}, tr.report.Results)
		diff(t, "stop", &Stop{Reason: StopAccount, Err: terms}, tr.report.Stop)
		diff(t, "calls", 4, tr.report.Calls)
		diff(t, "took", 5*time.Second, tr.took)
	},
		in(call(1, 5*time.Second), "one"), call(2, 0, server), in(call(3, 200*ms, terms), "three"),
		call(4, 2*time.Second, server), after(call(5, 0), "one"), after(call(6, 0), "three"))
}

// The first reason stays, also when calls in flight bring others.
func TestFirstStopCounts(t *testing.T) {
	quota := faultAfter(provider.KindQuota, time.Hour)
	p := half()
	p.Parallelism = 2
	inBubble(t, p, func(tr *trace) {
		diff(t, "stop", &Stop{Reason: StopQuota, Err: quota, RetryAfter: time.Hour}, tr.report.Stop)
		diff(t, "second", fault(provider.KindPasswordExpired).Kind, tr.result(2).Err.(*provider.Error).Kind)
	}, call(1, 0, quota), call(2, time.Second, fault(provider.KindPasswordExpired)), call(3, 0))
}

func TestHalt(t *testing.T) {
	disk := errors.New("disk full")
	p := half()
	p.Parallelism = 2
	inBubble(t, p, func(tr *trace) {
		diff(t, "results", []Result{
			{Key: 1, Outcome: Failed, Attempts: 1, Err: disk, MayHaveLanded: true},
			{Key: 2, Outcome: Succeeded, Attempts: 1},
			{Key: 3, Outcome: NotAttempted, Because: BecauseStopped},
		}, tr.report.Results)
		diff(t, "stop", &Stop{Reason: StopHalted, Err: disk}, tr.report.Stop)
	}, call(1, 0, &Halt{Err: disk, MayHaveLanded: true}), call(2, time.Second), call(3, 0))

	diff(t, "text", "disk full", (&Halt{Err: disk}).Error())

	// A Halt outweighs the error it wraps, but not what that says about landing.
	lost := &provider.Error{Kind: provider.KindServer, MayHaveLanded: true}
	inBubble(t, half(), func(tr *trace) {
		diff(t, "stop", StopHalted, tr.report.Stop.Reason)
		diff(t, "landed", true, tr.result(1).MayHaveLanded)
		diff(t, "attempts", 1, tr.result(1).Attempts)
	}, call(1, 0, &Halt{Err: errors.Join(disk, lost)}))

	refused := call(1, 0)
	refused.Prepare = func(time.Time) error { return &Halt{Err: disk} }
	inBubble(t, half(), func(tr *trace) {
		diff(t, "results", []Result{
			{Key: 1, Outcome: Failed, Err: disk}, {Key: 2, Outcome: NotAttempted, Because: BecauseStopped},
		}, tr.report.Results)
		diff(t, "stop", &Stop{Reason: StopHalted, Err: disk}, tr.report.Stop)
	}, refused, call(2, 0))
}

func TestDrain(t *testing.T) {
	server, busy := fault(provider.KindServer), fault(provider.KindBusy)
	limited := faultAfter(provider.KindRateLimited, time.Minute)
	for name, c := range map[string]struct {
		items   []Item
		results []Result
		took    time.Duration
		stopped bool
	}{
		"while waiting": {
			items:   []Item{call(1, 0, busy)},
			results: []Result{{Key: 1, Outcome: Failed, Attempts: 1, Err: busy}},
			took:    time.Second, stopped: true,
		},
		"while in flight": {
			items: []Item{call(1, 2*time.Second, server), call(2, 3*time.Second), call(3, 0)},
			results: []Result{
				{Key: 1, Outcome: Failed, Attempts: 1, Err: server},
				{Key: 2, Outcome: Succeeded, Attempts: 1},
				{Key: 3, Outcome: NotAttempted, Because: BecauseStopped},
			},
			took: 3 * time.Second, stopped: true,
		},
		"while paused": {
			items: []Item{call(1, 0, limited), on(call(2, 0), 1)},
			results: []Result{
				{Key: 1, Outcome: Failed, Attempts: 1, Err: limited},
				{Key: 2, Outcome: NotAttempted, Because: BecauseStopped},
			},
			took: time.Second, stopped: true,
		},
		"last retry given up": {
			items:   []Item{call(1, 2*time.Second, server)},
			results: []Result{{Key: 1, Outcome: Failed, Attempts: 1, Err: server}},
			took:    2 * time.Second, stopped: true,
		},
		"everything was in flight and succeeded": {
			items:   []Item{call(1, 2*time.Second), call(2, 3*time.Second)},
			results: []Result{{Key: 1, Outcome: Succeeded, Attempts: 1}, {Key: 2, Outcome: Succeeded, Attempts: 1}},
			took:    3 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := half()
				p.Parallelism = 2
				tr := drive(drainAfter(time.Second), context.Background(), p, c.items...)
				diff(t, "results", c.results, tr.report.Results)
				diff(t, "took", c.took, tr.took)
				if c.stopped {
					diff(t, "stop", &Stop{Reason: StopDrained, Err: errInterrupted}, tr.report.Stop)
				} else {
					diff(t, "stop", (*Stop)(nil), tr.report.Stop)
				}
				for _, e := range tr.events {
					if _, retry := e.Event.(Retrying); retry && e.At > time.Second {
						t.Errorf("announced a retry that never came: %+v", e)
					}
				}
			})
		})
	}
}

func TestDrainedBeforeTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done, cancel := context.WithCancelCause(context.Background())
		cancel(errInterrupted)
		for _, tr := range []*trace{
			drive(done, context.Background(), half(), call(1, 0)),
			drive(context.Background(), done, half(), call(1, 0)),
		} {
			diff(t, "results", []Result{{Key: 1, Outcome: NotAttempted, Because: BecauseStopped}}, tr.report.Results)
			diff(t, "stop", &Stop{Reason: StopDrained, Err: errInterrupted}, tr.report.Stop)
		}
		diff(t, "nothing to do", Report{}, drive(done, done, half()).report)
	})
}

// flipping is a context that is done from the n-th question on, so that a test
// can put the end between any two steps of a run.
type flipping struct {
	context.Context
	mu   sync.Mutex
	left int
	done chan struct{}
}

func (f *flipping) Done() <-chan struct{} { return f.done }

func (f *flipping) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left--; f.left > 0 {
		return nil
	}
	if f.left == 0 {
		close(f.done)
	}
	return errInterrupted
}

func TestDrainAtAnyStep(t *testing.T) {
	for n := 1; n < 40; n++ {
		for _, second := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				p := half()
				p.RateLimit, p.Parallelism = 2, 2
				var ctx, calls context.Context = context.Background(), context.Background()
				ctx = &flipping{Context: ctx, left: n, done: make(chan struct{})}
				if second {
					ctx, calls = calls, ctx
				}
				server := fault(provider.KindServer)
				tr := drive(ctx, calls, p, call(1, 0, server, server), call(2, 100*ms, server), on(call(3, 0), 1), call(4, 0))
				for _, res := range tr.report.Results {
					if res.Outcome == 0 || res.Outcome != Succeeded && (tr.report.Stop == nil || tr.report.Stop.Reason != StopDrained) {
						t.Errorf("at step %d: %+v, stop %+v", n, res, tr.report.Stop)
					}
				}
			})
		}
	}
}

// What arrived while the observer was at work counts before anything starts.
func TestSlowObserverOfAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := half()
		p.Parallelism = 10
		background := context.Background()
		report := Run(background, background, []Item{call(1, 100*ms, fault(provider.KindQuota)), call(2, 0), call(3, 0)}, p, func(e Event) {
			if s, ok := e.(Started); ok && s.Key == 2 {
				time.Sleep(time.Second)
			}
		})
		diff(t, "calls", 2, report.Calls)
		diff(t, "stop", StopQuota, report.Stop.Reason)
	})
}

// The calls in flight are broken off; nothing new starts though ctx goes on.
func TestCallsBrokenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := half()
		p.Parallelism = 2
		tr := drive(context.Background(), drainAfter(time.Second), p,
			call(1, time.Hour), call(2, 0, fault(provider.KindBusy)), call(3, time.Hour), call(4, 0))
		diff(t, "took", time.Second, tr.took)
		diff(t, "first", Result{Key: 1, Outcome: Failed, Attempts: 1, Err: tr.result(1).Err, MayHaveLanded: true}, tr.result(1))
		diff(t, "second", Result{Key: 2, Outcome: Failed, Attempts: 1, Err: tr.result(2).Err}, tr.result(2))
		diff(t, "last", Result{Key: 4, Outcome: NotAttempted, Because: BecauseStopped}, tr.result(4))
		diff(t, "stop", &Stop{Reason: StopDrained, Err: errInterrupted}, tr.report.Stop)
	})
}

func TestCallsBrokenOffWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := drive(context.Background(), drainAfter(time.Second), half(), call(1, 0, fault(provider.KindBusy)))
		diff(t, "took", time.Second, tr.took)
		diff(t, "stop", &Stop{Reason: StopDrained, Err: errInterrupted}, tr.report.Stop)
	})
}

// Breaking off the last calls is an end before their time as well.
func TestLastCallBrokenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := drive(context.Background(), drainAfter(time.Second), half(), call(1, time.Hour))
		diff(t, "outcome", Failed, tr.result(1).Outcome)
		diff(t, "stop", &Stop{Reason: StopDrained, Err: errInterrupted}, tr.report.Stop)
	})
}

func TestCallLimit(t *testing.T) {
	server, quota, rejected := fault(provider.KindServer), fault(provider.KindQuota), fault(provider.KindRejected)
	limit := &Stop{Reason: StopCallLimit}
	for name, c := range map[string]struct {
		max     int
		items   []Item
		results []Result
		stop    *Stop
	}{
		"just enough": {2, []Item{call(1, 0), call(2, 0)},
			[]Result{{Key: 1, Outcome: Succeeded, Attempts: 1}, {Key: 2, Outcome: Succeeded, Attempts: 1}}, nil},
		"rest not attempted": {1, []Item{call(1, 0), call(2, 0)},
			[]Result{{Key: 1, Outcome: Succeeded, Attempts: 1}, {Key: 2, Outcome: NotAttempted, Because: BecauseStopped}}, limit},
		"waiting retry": {2, []Item{call(1, 0, server), call(2, time.Second)},
			[]Result{{Key: 1, Outcome: Failed, Attempts: 1, Err: server}, {Key: 2, Outcome: Succeeded, Attempts: 1}}, limit},
		"only a cycle left": {1, []Item{call(1, 0), in(after(call(2, 0), "a"), "a")},
			[]Result{{Key: 1, Outcome: Succeeded, Attempts: 1}, {Key: 2, Outcome: NotAttempted, Because: BecauseCycle}}, nil},
		"retry of the last": {1, []Item{call(1, 0, server)},
			[]Result{{Key: 1, Outcome: Failed, Attempts: 1, Err: server}}, limit},
		"retries count": {3, []Item{call(1, 0, forever(server)...)},
			[]Result{{Key: 1, Outcome: Failed, Attempts: 3, Err: server}}, limit},
		"last of them fails by itself": {1, []Item{call(1, 0, rejected)},
			[]Result{{Key: 1, Outcome: Failed, Attempts: 1, Err: rejected}}, nil},
		"dependents of a failure at the limit": {1, []Item{in(call(1, 0, rejected), "a"), after(call(2, 0), "a")},
			[]Result{{Key: 1, Outcome: Failed, Attempts: 1, Err: rejected}, {Key: 2, Outcome: NotAttempted, Because: BecauseFailed, Of: 1}}, nil},
		"the account weighs more": {1, []Item{call(1, 0, quota), call(2, 0)},
			[]Result{{Key: 1, Outcome: Failed, Attempts: 1, Err: quota}, {Key: 2, Outcome: NotAttempted, Because: BecauseStopped}},
			&Stop{Reason: StopQuota, Err: quota}},
	} {
		t.Run(name, func(t *testing.T) {
			p := half()
			p.Parallelism, p.MaxCalls = 2, c.max
			inBubble(t, p, func(tr *trace) {
				diff(t, "results", c.results, tr.report.Results)
				diff(t, "stop", c.stop, tr.report.Stop)
				if tr.report.Calls > c.max || len(tr.starts()) != tr.report.Calls {
					t.Errorf("%d calls, %d starts", tr.report.Calls, len(tr.starts()))
				}
				for _, e := range tr.events {
					if retry, ok := e.Event.(Retrying); ok && retry.Attempt == c.max {
						t.Errorf("announced a retry beyond the limit: %+v", retry)
					}
				}
			}, c.items...)
		})
	}
}
