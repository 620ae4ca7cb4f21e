package cli

import (
	"math"
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
		1 * mib: 88 * mib, 23 * mib: 88 * mib, 60 * mib: 384 * mib, 112 * mib: 800 * mib, 300 * mib: 900 * mib, 512 * mib: 1024 * mib, 2000 * mib: 4000 * mib,
	} {
		if got := nextCollection(live); got != want {
			t.Errorf("%d MiB in use: next at %d MiB, want %d", live/mib, got/mib, want/mib)
		}
	}
}

// TestCollectLate: the percentage follows what is in use, collection after
// collection, and an environment that knows better is left alone.
func TestCollectLate(t *testing.T) {
	percent := func() int {
		now := debug.SetGCPercent(100)
		debug.SetGCPercent(now)
		return now
	}
	before := percent()
	defer debug.SetGCPercent(before)
	for _, variable := range []string{"GOGC", "GOMEMLIMIT"} {
		CollectLate(func(name string) string { return map[string]string{variable: "50"}[name] })
		if now := percent(); now != before {
			t.Fatalf("%s: %d", variable, now)
		}
	}
	CollectLate(func(string) string { return "" })
	if now := percent(); now != 2200 {
		t.Fatalf("first: %d", now)
	}
	for _, size := range []int{60 << 20, 10 << 20} {
		held := make([]byte, size)
		want := int(math.Round(100 * float64(nextCollection(int64(size))-int64(size)) / float64(size)))
		for deadline := time.Now().Add(10 * time.Second); ; {
			runtime.GC()
			if now := percent(); now > want/2 && now <= want+want/10 { // more than that alone is in use
				break
			} else if time.Now().After(deadline) {
				t.Fatalf("%d bytes in use: %d, want about %d", size, now, want)
			}
		}
		runtime.KeepAlive(held)
	}
}
