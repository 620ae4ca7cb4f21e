package dispatch

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/provider"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// stamped is an event and when it came, counted from the start of the run.
type stamped struct {
	At    time.Duration
	Event Event
}

// start is when an attempt started.
type start struct {
	Key, Attempt int
	At           time.Duration
}

// trace is what a run did.
type trace struct {
	report Report
	events []stamped
	took   time.Duration
}

func (tr *trace) starts() []start {
	var all []start
	for _, e := range tr.events {
		if s, ok := e.Event.(Started); ok {
			all = append(all, start{s.Key, s.Attempt, e.At})
		}
	}
	return all
}

func (tr *trace) result(key int) Result {
	for _, res := range tr.report.Results {
		if res.Key == key {
			return res
		}
	}
	return Result{}
}

// drive runs the items to their end; it must be called inside a bubble.
func drive(ctx, calls context.Context, p Policy, items ...Item) *trace {
	tr, begin := &trace{}, time.Now()
	tr.report = Run(ctx, calls, items, p, func(e Event) {
		tr.events = append(tr.events, stamped{time.Since(begin), e})
	})
	tr.took = time.Since(begin)
	return tr
}

// inBubble runs the items without outside interference.
func inBubble(t *testing.T, p Policy, check func(*trace), items ...Item) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		check(drive(context.Background(), context.Background(), p, items...))
	})
}

// call is an item on a device of its own whose attempts take d each and return
// errs one after the other, then nil.
func call(key int, d time.Duration, errs ...error) Item {
	return Item{
		Key:    key,
		Device: device1(key),
		Do: func(ctx context.Context, attempt int) error {
			if err := spend(ctx, d); err != nil {
				return err
			}
			if attempt <= len(errs) {
				return errs[attempt-1]
			}
			return nil
		},
	}
}

// spend lets time pass as a call would.
func spend(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return &provider.Error{Kind: provider.KindCanceled, MayHaveLanded: true, Err: ctx.Err()}
	}
}

func device1(n int) provider.Device { return provider.Device{PlantID: "p", ModuleID: strconv.Itoa(n)} }

func fault(kind provider.Kind) *provider.Error {
	return &provider.Error{Kind: kind, Op: "set status"}
}

func faultAfter(kind provider.Kind, retryAfter time.Duration) *provider.Error {
	return &provider.Error{Kind: kind, Op: "set status", RetryAfter: retryAfter}
}

func forever(err error) []error {
	errs := make([]error, 50)
	for i := range errs {
		errs[i] = err
	}
	return errs
}

// half is a policy of exact waits: 0.5 s, 1 s, 2 s, 2 s; 37.5 s when busy.
func half() Policy {
	return Policy{
		Parallelism: 1, Attempts: 5,
		MinWait: time.Second, MaxWait: 4 * time.Second, BusyWait: 30 * time.Second,
		Rand: func() float64 { return 0.5 },
	}
}

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateErrors(), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}
