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
	// growth is by how many percent the heap may grow after that between two
	// collections. What is in use for 100,000 thermostats is some 300 MB, and a plan
	// of them stays below 800 MB.
	growth = 150
)

// collectLate has memory collected as fits a process that lives for a second.
// Whoever sets GOGC or GOMEMLIMIT knows better.
func (a *app) collectLate() {
	if a.getenv("GOGC") != "" || a.getenv("GOMEMLIMIT") != "" {
		return
	}
	const least = 4 << 20 // at which memory is collected with 100 %
	debug.SetGCPercent(100 * firstCollection / least)
	afterCollection()
}

// afterCollection waits for the next collection and says when the one after it
// comes: not before firstCollection, nor before the heap has grown.
func afterCollection() {
	type sentinel struct{ _ *byte } // a pointer keeps it apart from others, whose end it would share
	runtime.AddCleanup(&sentinel{}, func(struct{}) {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(sample)
		live := max(1, int64(sample[0].Value.Uint64()))
		debug.SetGCPercent(max(growth, int(100*(firstCollection-live)/live)))
		afterCollection()
	}, struct{}{})
}
