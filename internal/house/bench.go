package house

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// Sizes are the sizes of houses to measure. The largest, 100,000, takes minutes
// and is there only where SETPOINT_BENCH is "all".
func Sizes() []int {
	sizes := []int{1, 100, 1_000, 10_000}
	if os.Getenv("SETPOINT_BENCH") == "all" {
		sizes = append(sizes, 100_000)
	}
	return sizes
}

// Each runs a benchmark for every size.
func Each(b *testing.B, run func(b *testing.B, n int)) {
	for _, n := range Sizes() {
		b.Run(fmt.Sprint(n), func(b *testing.B) { run(b, n) })
	}
}

// Against measures work, and in the same run its floor: what could not be saved
// by any means. It reports how many times longer the work takes as "xfloor".
func Against(b *testing.B, floor, work func()) {
	b.Helper()
	b.ReportAllocs()
	var least time.Duration
	for b.Loop() {
		work()
		b.StopTimer()
		start := time.Now()
		floor()
		least += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(max(1, least)), "xfloor")
}
