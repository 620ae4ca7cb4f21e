package dispatch

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/internal/house"
)

// BenchmarkScale calls every thermostat of a house, ten at once; how they are
// declared does not matter. A cloud that answers at once is held against a pool
// of as many goroutines, one that takes 50 ms against the waits that cannot be
// saved. The latter is on the clock of a bubble, so that its ratio is exact and
// its own time that of the dispatcher.
func BenchmarkScale(b *testing.B) {
	const latency, parallelism = 50 * time.Millisecond, 10
	p := half()
	p.Parallelism = parallelism
	house.EachSize(b, "dispatch-instant", func(b *testing.B, n int) {
		items := many(n, instantly)
		house.Against(b, func() { pooled(items, parallelism) }, func() { dispatched(b, items, p) })
	})
	house.EachSize(b, "dispatch-50ms", func(b *testing.B, n int) {
		items := many(n, func(context.Context, int) error { time.Sleep(latency); return nil })
		var took time.Duration
		b.ReportAllocs()
		for b.Loop() {
			synctest.Test(&testing.T{}, func(*testing.T) { // a benchmark has none; nothing in here fails it
				start := time.Now()
				dispatched(b, items, p)
				took += time.Since(start)
			})
		}
		ideal := time.Duration((n+parallelism-1)/parallelism) * latency
		b.ReportMetric(took.Seconds()/(ideal.Seconds()*float64(b.N)), "xfloor")
	})
}

// pooled calls in any order, without pace, retries or dependencies.
func pooled(items []Item, parallelism int) {
	next := make(chan *Item)
	var group sync.WaitGroup
	for range parallelism {
		group.Go(func() {
			for item := range next {
				_ = item.Do(context.Background(), 1) // it answers at once, and well
			}
		})
	}
	for i := range items {
		next <- &items[i]
	}
	close(next)
	group.Wait()
}

func dispatched(b *testing.B, items []Item, p Policy) {
	if report := Run(context.Background(), context.Background(), items, p, nil); report.Calls != len(items) {
		b.Fatal(report.Calls)
	}
}
