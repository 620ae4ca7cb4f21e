package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/provider"
)

// diary is what items do, each with the time since the start of the bubble.
type diary struct {
	mu    sync.Mutex
	began time.Time
	lines []string
}

func (d *diary) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf("%v ", time.Since(d.began))+fmt.Sprintf(format, args...))
}

// slow lets what comes before and after an item's call take 100 ms each.
func (d *diary) slow(item Item) Item {
	do := item.Do
	item.Ahead = func() error { d.note("%d ahead", item.Key); time.Sleep(100 * ms); return nil }
	item.Withdraw = func() { time.Sleep(100 * ms); d.note("%d withdrawn", item.Key) }
	item.Do = func(ctx context.Context, attempt int) error { d.note("%d called", item.Key); return do(ctx, attempt) }
	item.Record = func() error { time.Sleep(100 * ms); d.note("%d recorded", item.Key); return nil }
	return item
}

// keeping runs the items in a bubble, with what they note.
func keeping(t *testing.T, run func(d *diary)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { run(&diary{began: time.Now()}) })
}

func (d *diary) expect(t *testing.T, want ...string) {
	t.Helper()
	slices.Sort(want) // what is done at one instant is done side by side
	slices.Sort(d.lines)
	diff(t, "what was done", want, d.lines)
}

// A slot is free when the answer is there, and whoever starts next is ready by then.
func TestSlotIsFreeWhenAnswered(t *testing.T) {
	keeping(t, func(d *diary) {
		p := half()
		p.Parallelism = 2
		tr := drive(context.Background(), context.Background(), p, call(0, 9*time.Second),
			d.slow(call(1, time.Second)), d.slow(call(2, time.Second)), d.slow(call(3, time.Second)))
		d.expect(t, "0s 1 called", "0s 2 ahead", "0s 3 ahead", "1s 2 called", "1.1s 1 recorded", "2s 3 called", "2.1s 2 recorded", "3.1s 3 recorded")
		diff(t, "starts", []start{{0, 1, 0}, {1, 1, 0}, {2, 1, time.Second}, {3, 1, 2 * time.Second}}, tr.starts())
		diff(t, "calls", 4, tr.report.Calls)
	})
}

// With a parallelism of 1 everything about a call has ended before the next starts.
func TestOneAfterTheOther(t *testing.T) {
	keeping(t, func(d *diary) {
		drive(context.Background(), context.Background(), half(), d.slow(call(1, time.Second)), d.slow(call(2, 0)))
		d.expect(t, "0s 1 called", "0s 2 ahead", "1.1s 1 recorded", "1.1s 2 called", "1.2s 2 recorded")
	})
}

// After an answer that is no success nothing starts until it is recorded and its
// consequences are drawn.
func TestFailureKeepsItsSlot(t *testing.T) {
	keeping(t, func(d *diary) {
		tr := drive(context.Background(), context.Background(), half(), d.slow(call(1, time.Second, fault(provider.KindQuota))), d.slow(call(2, time.Second)))
		d.expect(t, "0s 1 called", "0s 2 ahead", "1.1s 1 recorded", "1.2s 2 withdrawn")
		diff(t, "stop", StopQuota, tr.report.Stop.Reason)
		diff(t, "second", Result{Key: 2, Outcome: NotAttempted, Because: BecauseStopped}, tr.result(2))
	})
}

// What depends on an item waits for its record, and so does what is done to the
// same device.
func TestDependentsWaitForTheRecord(t *testing.T) {
	keeping(t, func(d *diary) {
		p := half()
		p.Parallelism = 2
		drive(context.Background(), context.Background(), p, in(d.slow(call(1, time.Second)), "a"), after(d.slow(call(2, 0)), "a"),
			on(call(3, 5*time.Second), 9), on(d.slow(call(4, 0)), 1))
		d.expect(t, "0s 1 called", "1.1s 1 recorded", "1.1s 2 called", "1.1s 4 called", "1.2s 2 recorded", "1.2s 4 recorded")
	})
}

// An item whose turn comes while its Ahead runs has its slot, and waits for it.
func TestTurnComesDuringAhead(t *testing.T) {
	keeping(t, func(d *diary) {
		tr := drive(context.Background(), context.Background(), half(), call(1, 30*ms), d.slow(call(2, time.Second)), d.slow(call(3, 0)))
		d.expect(t, "0s 2 ahead", "30ms 3 ahead", "100ms 2 called", "1.2s 2 recorded", "1.2s 3 called", "1.3s 3 recorded")
		diff(t, "starts", []start{{1, 1, 0}, {2, 1, 30 * ms}, {3, 1, 1200 * ms}}, tr.starts())
	})
}

// An error of Ahead is that of the attempt, which is not made.
func TestAheadFails(t *testing.T) {
	keeping(t, func(d *diary) {
		broken := d.slow(call(2, 0))
		broken.Ahead = func() error { return &Halt{Err: errors.New("disk full")} }
		tr := drive(context.Background(), context.Background(), half(), call(1, time.Second), broken, d.slow(call(3, 0)))
		d.expect(t, "1s 3 ahead", "1.2s 3 withdrawn")
		diff(t, "stop", StopHalted, tr.report.Stop.Reason)
		diff(t, "outcome", Failed, tr.result(2).Outcome)
	})
}

// A retry that becomes ready goes before those that are ahead, which stay so.
func TestRetryGoesBeforeThoseAhead(t *testing.T) {
	keeping(t, func(d *diary) {
		tr := drive(context.Background(), context.Background(), half(), call(1, 0, fault(provider.KindServer)), call(2, time.Second), d.slow(call(3, time.Second)))
		d.expect(t, "0s 3 ahead", "1s 3 called", "2.1s 3 recorded")
		diff(t, "starts", []start{{1, 1, 0}, {2, 1, 0}, {1, 2, time.Second}, {3, 1, time.Second}}, tr.starts())
	})
}

// Where it is not the slots that hold back the next start, nobody is ahead.
func TestNobodyAhead(t *testing.T) {
	paced, last := half(), half()
	paced.RateLimit, last.MaxCalls = 1, 1
	for name, p := range map[string]Policy{"pace": paced, "call limit": last} {
		t.Run(name, func(t *testing.T) {
			keeping(t, func(d *diary) {
				drive(context.Background(), context.Background(), p, d.slow(call(1, 3*time.Second)), d.slow(call(2, 0)))
				if slices.Contains(d.lines, "0s 2 ahead") {
					t.Error(d.lines)
				}
			})
		})
	}
	keeping(t, func(d *diary) { // the third call is the last one
		p := half()
		p.Parallelism, p.MaxCalls = 2, 3
		drive(context.Background(), context.Background(), p, call(1, time.Second), call(2, time.Second), d.slow(call(3, 0)), d.slow(call(4, 0)))
		d.expect(t, "0s 3 ahead", "1s 3 called", "1.1s 3 recorded")
	})
	keeping(t, func(d *diary) {
		shared := on(d.slow(call(2, 0)), 1)
		drive(context.Background(), context.Background(), half(), on(d.slow(call(1, time.Second)), 1), shared)
		d.expect(t, "0s 1 called", "1.1s 1 recorded", "1.1s 2 called", "1.2s 2 recorded")
	})
}

// As many are ahead as calls can be in flight.
func TestFewAreAhead(t *testing.T) {
	keeping(t, func(d *diary) {
		p := half()
		p.Parallelism = 2
		var items []Item
		for key := range 9 {
			items = append(items, d.slow(call(key, time.Hour)))
		}
		calls := drainAfter(time.Minute)
		drive(calls, calls, p, items...)
		d.expect(t, "0s 0 called", "0s 1 called", "0s 2 ahead", "0s 3 ahead",
			"1m0.1s 0 recorded", "1m0.1s 1 recorded", "1m0.1s 2 withdrawn", "1m0.1s 3 withdrawn")
	})
}

// Where records take longer than calls, as many calls again as may be in flight
// wait for their record, and then the next ones wait, too.
func TestRecordsHoldBackCalls(t *testing.T) {
	keeping(t, func(d *diary) {
		p := half()
		p.Parallelism = 2
		var items []Item
		for key := range 7 {
			item := call(key, time.Second)
			item.Record = func() error { time.Sleep(time.Minute); return nil }
			items = append(items, item)
		}
		tr := drive(context.Background(), context.Background(), p, items...)
		diff(t, "starts", []start{{0, 1, 0}, {1, 1, 0}, {2, 1, time.Second}, {3, 1, time.Second},
			{4, 1, 61 * time.Second}, {5, 1, 61 * time.Second}, {6, 1, 62 * time.Second}}, tr.starts())
	})
}

// A run that is interrupted when everything is answered did not end early.
func TestInterruptedWhileRecording(t *testing.T) {
	keeping(t, func(d *diary) {
		tr := drive(drainAfter(1050*ms), context.Background(), half(), d.slow(call(1, time.Second)))
		diff(t, "stop", (*Stop)(nil), tr.report.Stop)
		diff(t, "outcome", Succeeded, tr.result(1).Outcome)
	})
}

// Whatever keeps an item that is ahead from being called, it is withdrawn before
// Run returns.
func TestWithdrawals(t *testing.T) {
	limited := half()
	limited.MaxCalls = 3
	refusing := func(item Item) Item {
		item.Prepare = func(time.Time) error { return errors.New("over") }
		return item
	}
	for name, test := range map[string]struct {
		policy Policy
		first  Item
		second func(Item) Item
		drain  time.Duration
		want   Result
	}{
		"interrupt":              {half(), call(1, time.Second), nil, 500 * ms, Result{Key: 2, Outcome: NotAttempted, Because: BecauseStopped}},
		"account":                {half(), call(1, time.Second, fault(provider.KindTermsNotAccepted)), nil, 0, Result{Key: 2, Outcome: NotAttempted, Because: BecauseStopped}},
		"no token":               {half(), call(1, time.Second, &provider.Error{Kind: provider.KindUnauthorized, LoginRefused: true, NoToken: true}), nil, 0, Result{Key: 2, Outcome: NotAttempted, Because: BecauseStopped}},
		"refused when its turns": {half(), call(1, time.Second), refusing, 0, Result{Key: 2, Outcome: Failed, Err: errors.New("over")}},
	} {
		t.Run(name, func(t *testing.T) {
			keeping(t, func(d *diary) {
				second := d.slow(call(2, 0))
				if test.second != nil {
					second = test.second(second)
				}
				ctx := context.Background()
				if test.drain > 0 {
					ctx = drainAfter(test.drain)
				}
				tr := drive(ctx, context.Background(), test.policy, test.first, second)
				if len(d.lines) != 2 || d.lines[0] != "0s 2 ahead" || d.lines[1][len(d.lines[1])-len("2 withdrawn"):] != "2 withdrawn" {
					t.Error(d.lines)
				}
				got := tr.result(2)
				if fmt.Sprint(got) != fmt.Sprint(test.want) {
					t.Errorf("%+v, not %+v", got, test.want)
				}
			})
		})
	}
	keeping(t, func(d *diary) { // a retry takes the last call
		tr := drive(context.Background(), context.Background(), limited,
			call(1, 0, fault(provider.KindServer)), call(2, time.Second), d.slow(call(3, 0)))
		d.expect(t, "0s 3 ahead", "1.1s 3 withdrawn")
		diff(t, "stop", StopCallLimit, tr.report.Stop.Reason)
	})
}
