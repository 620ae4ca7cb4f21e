package cli

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// TestNextCollection: the heap of a small house hardly grows, that of a large one
// may grow eightfold, and twice beyond what is ample; none is collected before it
// is worth it.
func TestNextCollection(t *testing.T) {
	const mib = 1 << 20
	for live, want := range map[int64]int64{
		1 * mib: 112 * mib, 26 * mib: 112 * mib, 60 * mib: 384 * mib, 112 * mib: 800 * mib, 300 * mib: 1040 * mib, 600 * mib: 1200 * mib, 2000 * mib: 4000 * mib,
	} {
		if got := nextCollection(live); got != want {
			t.Errorf("%d MiB in use: next at %d MiB, want %d", live/mib, got/mib, want/mib)
		}
	}
}

// TestCollectLate: the limit follows what is in use, collection after collection,
// and an environment that knows better is left alone.
func TestCollectLate(t *testing.T) {
	limit := func() int64 { return debug.SetMemoryLimit(-1) }
	before, percent := limit(), debug.SetGCPercent(100)
	defer func() {
		debug.SetMemoryLimit(before)
		debug.SetGCPercent(percent)
	}()
	for _, variable := range []string{"GOGC", "GOMEMLIMIT"} {
		CollectLate(func(name string) string { return map[string]string{variable: "50"}[name] })
		if now := limit(); now != before {
			t.Fatalf("%s: %d", variable, now)
		}
	}
	CollectLate(func(string) string { return "" })
	if now := limit(); now != firstCollection {
		t.Fatalf("first: %d", now)
	}
	for _, size := range []int64{60 << 20, 1 << 20} {
		held := make([]byte, size)
		least, most := nextCollection(size), nextCollection(size+24<<20) // more than that alone is in use
		for deadline := time.Now().Add(10 * time.Second); ; {
			runtime.GC()
			if now := limit(); now >= least && now <= most {
				break
			} else if time.Now().After(deadline) {
				t.Fatalf("%d bytes in use: %d, want %d to %d", size, now, least, most)
			}
		}
		runtime.KeepAlive(held)
	}
}
