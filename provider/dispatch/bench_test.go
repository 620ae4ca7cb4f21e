package dispatch

import (
	"context"
	"fmt"
	"testing"
)

func many(n int, do func(context.Context, int) error) []Item {
	items := make([]Item, n)
	for i := range items {
		items[i] = Item{Key: i, Device: device1(i), Groups: []string{fmt.Sprint("thermostat.t", i)}, Do: do}
	}
	return items
}

func instantly(context.Context, int) error { return nil }

func bench(b *testing.B, items []Item, parallelism int) {
	p := half()
	p.Parallelism = parallelism
	b.ReportAllocs()
	for b.Loop() {
		report := Run(context.Background(), context.Background(), items, p, nil)
		if report.Calls != len(items) {
			b.Fatal(report.Calls)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(items)), "ns/item")
}

// All on one device: the items behind the call in flight are parked.
func BenchmarkOneDevice(b *testing.B) {
	items := many(100_000, instantly)
	for i := range items {
		items[i].Device = device1(0)
	}
	bench(b, items, 10)
}

// Half of the items depend on all of the other half.
func BenchmarkDependents(b *testing.B) {
	items := many(100_000, instantly)
	for i := range items {
		if i%2 == 0 {
			items[i].Groups = []string{"all"}
		} else {
			items[i].After = []string{"all"}
		}
	}
	bench(b, items, 10)
}
