package dispatch

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"setpoint/provider"
)

func in(item Item, groups ...string) Item    { item.Groups = groups; return item }
func after(item Item, groups ...string) Item { item.After = groups; return item }
func on(item Item, n int) Item               { item.Device = device1(n); return item }

func TestSmallestKeyFirst(t *testing.T) {
	inBubble(t, half(), func(tr *trace) {
		diff(t, "order", []start{{-5, 1, 0}, {1, 1, time.Second}, {2, 1, 2 * time.Second}, {30, 1, 3 * time.Second}}, tr.starts())
	}, call(30, time.Second), call(2, time.Second), call(-5, time.Second), call(1, time.Second))
}

// A retry keeps its place: it overtakes later items once its wait is over, and
// only then.
func TestRetryKeepsItsPlace(t *testing.T) {
	inBubble(t, half(), func(tr *trace) {
		diff(t, "order", []start{
			{1, 1, 0}, {2, 1, 400 * ms}, {3, 1, 800 * ms}, {1, 2, 1200 * ms}, {4, 1, 1600 * ms},
		}, tr.starts())
	}, call(1, 400*ms, fault(provider.KindServer)), call(2, 400*ms), call(3, 400*ms), call(4, 400*ms))
}

func TestParallelism(t *testing.T) {
	p := half()
	p.Parallelism = 3
	inBubble(t, p, func(tr *trace) {
		diff(t, "starts", []start{
			{1, 1, 0}, {2, 1, 0}, {3, 1, 0}, {4, 1, time.Second}, {5, 1, time.Second}, {6, 1, time.Second}, {7, 1, 2 * time.Second},
		}, tr.starts())
		diff(t, "calls", 7, tr.report.Calls)
	}, call(1, time.Second), call(2, time.Second), call(3, time.Second), call(4, time.Second),
		call(5, time.Second), call(6, time.Second), call(7, time.Second))
}

// Items 1, 3, 4 and 6 share a device; the others go past them.
func TestOneCallPerDevice(t *testing.T) {
	p := half()
	p.Parallelism = 3
	inBubble(t, p, func(tr *trace) {
		diff(t, "starts", []start{
			{1, 1, 0}, {2, 1, 0}, {5, 1, 0},
			{3, 1, time.Second}, {4, 1, 2 * time.Second}, {6, 1, 3 * time.Second},
		}, tr.starts())
	}, on(call(1, time.Second), 1), call(2, time.Second), on(call(3, time.Second), 1), on(call(4, time.Second), 1),
		call(5, time.Second), on(call(6, time.Second), 1))
}

// A device is free between two attempts.
func TestDeviceIsFreeDuringAWait(t *testing.T) {
	inBubble(t, half(), func(tr *trace) {
		diff(t, "starts", []start{{1, 1, 0}, {2, 1, 0}, {1, 2, 500 * ms}}, tr.starts())
	}, on(call(1, 0, fault(provider.KindServer)), 1), on(call(2, 100*ms), 1))
}

func TestDependents(t *testing.T) {
	p := half()
	p.Parallelism = 10
	inBubble(t, p, func(tr *trace) {
		diff(t, "starts", []start{
			{3, 1, 0}, {4, 1, 0}, {5, 1, 0}, {2, 1, 2 * time.Second}, {1, 1, 3 * time.Second},
		}, tr.starts())
	},
		after(call(1, time.Second), "b"),
		in(after(call(2, time.Second), "a", "a", "nobody"), "b", "b"),
		in(call(3, time.Second), "a"),
		in(call(4, 2*time.Second), "a"),
		call(5, time.Second))
}

func TestFailureLosesDependents(t *testing.T) {
	p := half()
	p.Parallelism = 2
	rejected := fault(provider.KindRejected)
	inBubble(t, p, func(tr *trace) {
		diff(t, "results", []Result{
			{Key: 1, Outcome: Failed, Attempts: 1, Err: rejected},
			{Key: 2, Outcome: NotAttempted, Because: BecauseFailed, Of: 1},
			{Key: 3, Outcome: NotAttempted, Because: BecauseFailed, Of: 1},
			{Key: 4, Outcome: Succeeded, Attempts: 1},
			{Key: 5, Outcome: NotAttempted, Because: BecauseFailed, Of: 1},
			{Key: 6, Outcome: Succeeded, Attempts: 1},
		}, tr.report.Results)
		diff(t, "stop", (*Stop)(nil), tr.report.Stop)
	},
		in(call(1, 0, rejected), "one", "both"),
		in(after(call(2, 0), "one"), "two"),
		after(call(3, 0), "two", "both"),
		in(call(4, 0), "both", "four"),
		after(call(5, 0), "both", "four"),
		after(call(6, 0), "four"))
}

func TestPrepare(t *testing.T) {
	over := errors.New("its end has passed")
	deadline := func(item Item, d time.Duration) Item {
		begin := time.Time{}
		item.Prepare = func(now time.Time) error {
			if begin.IsZero() {
				begin = now
			}
			if now.Sub(begin) >= d {
				return over
			}
			return nil
		}
		return item
	}
	p := half()
	p.RateLimit = 10
	server := &provider.Error{Kind: provider.KindServer, MayHaveLanded: true}
	inBubble(t, p, func(tr *trace) {
		// Refusals cost no pace, and free the device for the next item.
		diff(t, "starts", []start{{3, 1, 0}, {4, 1, 100 * ms}, {4, 2, 600 * ms}}, tr.starts())
		diff(t, "results", []Result{
			{Key: 1, Outcome: Failed, Err: over},
			{Key: 2, Outcome: NotAttempted, Because: BecauseFailed, Of: 1},
			{Key: 3, Outcome: Succeeded, Attempts: 1},
			{Key: 4, Outcome: Failed, Attempts: 2, Err: over, MayHaveLanded: true},
		}, tr.report.Results)
		diff(t, "calls", 3, tr.report.Calls)
	},
		in(deadline(call(1, 0), 0), "one"), after(call(2, 0), "one"), on(call(3, 0), 1),
		deadline(call(4, 0, server, server, server), 600*ms))
}

// A refused item lets the next one of its device through.
func TestPrepareWithParkedItems(t *testing.T) {
	p := half()
	p.Parallelism = 2
	refuse := func(item Item) Item {
		item.Prepare = func(time.Time) error { return errors.New("over") }
		return item
	}
	inBubble(t, p, func(tr *trace) {
		diff(t, "starts", []start{{1, 1, 0}, {4, 1, time.Second}}, tr.starts())
		diff(t, "last", Succeeded, tr.result(4).Outcome)
	}, on(call(1, time.Second), 1), refuse(on(call(2, 0), 1)), refuse(on(call(3, 0), 1)), on(call(4, 0), 1))
}

func TestCyclesDoNotHang(t *testing.T) {
	inBubble(t, half(), func(tr *trace) {
		cycle := func(key int) Result { return Result{Key: key, Outcome: NotAttempted, Because: BecauseCycle} }
		diff(t, "results", []Result{
			cycle(1), cycle(2), {Key: 3, Outcome: Succeeded, Attempts: 1}, cycle(4), cycle(5),
			{Key: 6, Outcome: Succeeded, Attempts: 2},
		}, tr.report.Results)
		diff(t, "stop", (*Stop)(nil), tr.report.Stop)
	},
		in(after(call(1, 0), "two"), "one"),
		in(after(call(2, 0), "one", "three"), "two"),
		in(call(3, 0), "three"),
		in(after(call(4, 0), "self"), "self"),
		after(call(5, 0), "one"),
		call(6, time.Second, fault(provider.KindServer)))
}

// 10,000 items that all depend on a group of 10,000, and a chain as long: the
// cost is linear, so that this ends at once.
func TestLargeGroups(t *testing.T) {
	for _, failing := range []bool{false, true} {
		const n = 10_000
		var items []Item
		for i := range n {
			item := in(call(i, 0), "all", fmt.Sprint("link ", i))
			if i > 0 {
				item.After = []string{fmt.Sprint("link ", i-1)}
			} else if failing {
				item.Do = func(context.Context, int) error { return fault(provider.KindRejected) }
			}
			items = append(items, item, after(call(n+i, 0), "all"))
		}
		inBubble(t, half(), func(tr *trace) {
			want, calls := Succeeded, 2*n
			if failing {
				want, calls = NotAttempted, 1
			}
			for _, res := range tr.report.Results[1:] {
				if res.Outcome != want || failing && res.Of != 0 {
					t.Fatalf("%+v", res)
				}
			}
			diff(t, "calls", calls, tr.report.Calls)
		}, items...)
	}
}
