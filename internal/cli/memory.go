package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// firstCollection is the memory in use, in bytes, at which it is first
	// collected. By default that would be 4 MiB, and collecting a heap that grows
	// from there to 50 MiB takes a third of the time of a plan. With it, a plan of
	// 10,000 thermostats stays below 150 MB.
	firstCollection = 112 << 20
	// small is what is in use of a house for which firstCollection is enough.
	small = 12 << 20
	// ample is the memory up to which having it is cheaper than collecting it often.
	// A plan of 100,000 thermostats, of which some 300 MB are in use, stays below 1.2 GB.
	ample = 1040 << 20
)

// nextCollection is how much memory may be in use before the next collection when
// so much was after the last: eight times what goes beyond a small house, so that
// each collection, which costs by what is in use, is paid for by seven times as much
// that is not; but beyond ample only twice.
func nextCollection(live int64) int64 {
	return max(firstCollection, min(8*(live-small), max(2*live, ample)))
}

// CollectLate has memory collected as fits a process that lives for a second, for
// the rest of its life: it is for main, once. Whoever sets GOGC or GOMEMLIMIT in
// the environment knows better.
//
// It sets limits and no percentage, for that is of whatever is in use when a
// collection ends: what is meant for 1 MiB lets 100 MiB grow to gigabytes on a busy
// machine, before anybody can say otherwise.
func CollectLate(getenv func(name string) string) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(firstCollection)
	afterCollection()
}

// afterCollection waits for the next collection and says when the one after it
// comes.
func afterCollection() {
	type sentinel struct{ _ *byte } // a pointer keeps it apart from others, whose end it would share
	runtime.AddCleanup(&sentinel{}, func(struct{}) {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(sample)
		debug.SetMemoryLimit(nextCollection(int64(sample[0].Value.Uint64())))
		afterCollection()
	}, struct{}{})
}
