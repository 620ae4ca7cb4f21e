package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// firstCollection is the heap at which memory is first collected, in bytes. By
	// default it would be 4 MiB, and collecting a heap that grows from there to 50
	// MiB takes a third of the time of a plan. With it, a plan of 10,000
	// thermostats stays below 150 MB.
	firstCollection = 88 << 20
	// small is what is in use of a house for which firstCollection is enough.
	small = 12 << 20
	// ample is the heap up to which memory is cheaper than collecting it often. A
	// plan of 100,000 thermostats, of which some 200 MB are in use, stays below 1.1 GB.
	ample = 900 << 20
)

// nextCollection is the heap at which to collect when so much of it is in use:
// eight times what goes beyond a small house, so that each collection, which costs
// by what is in use, is paid for by seven times as much that is not; but beyond
// ample only twice.
func nextCollection(live int64) int64 {
	return max(firstCollection, min(8*(live-small), max(2*live, ample)))
}

// CollectLate has memory collected as fits a process that lives for a second, for
// the rest of its life: it is for main, once. Whoever sets GOGC or GOMEMLIMIT in
// the environment knows better.
func CollectLate(getenv func(name string) string) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return
	}
	const least = 4 << 20 // at which memory is collected with 100 %
	debug.SetGCPercent(100 * firstCollection / least)
	afterCollection()
}

// afterCollection waits for the next collection and says when the one after it
// comes.
func afterCollection() {
	type sentinel struct{ _ *byte } // a pointer keeps it apart from others, whose end it would share
	runtime.AddCleanup(&sentinel{}, func(struct{}) {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(sample)
		live := max(1<<20, int64(sample[0].Value.Uint64()))
		debug.SetGCPercent(int(100 * (nextCollection(live) - live) / live))
		afterCollection()
	}, struct{}{})
}
