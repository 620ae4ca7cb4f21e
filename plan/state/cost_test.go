package state

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/internal/durable/faultfs"
	"setpoint/provider"
)

// results makes calls to that many thermostats, so many at once.
func results(t testing.TB, s *Session, count, parallel int) {
	t.Helper()
	var wg sync.WaitGroup
	for w := range parallel {
		wg.Go(func() {
			for i := w; i < count; i += parallel {
				device := provider.Device{PlantID: plant, ModuleID: fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", i)}
				id, err := s.Intent(fmt.Sprintf("thermostat.room[%d]", i), entry(device, 210, ""), false)
				if err == nil {
					err = s.Result(id, CallConfirmed, 200, noon)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestBytesPerResult: a result costs the same number of bytes in a state of 10
// thermostats and in one of 10,000.
func TestBytesPerResult(t *testing.T) {
	written := func(size int) int {
		state := house(size)
		state.Lineage = lineage
		path := inFolder(t, map[string]string{"": encoded(t, state)})
		fsys := faultfs.New(t, filepath.Dir(path))
		s, err := NewStore(fsys, path, "1").Open(context.Background(), OpenOptions{Operation: "apply"})
		if err != nil {
			t.Fatal(err)
		}
		results(t, s, 10, 1)
		total := fsys.Written(path + journalSuffix)
		if now := must(os.ReadFile(path)); string(now) != encoded(t, state) {
			t.Error("the state file was written during the run")
		}
		closed(t, s)
		return total
	}
	small, large := written(10), written(10_000)
	if small != large || small == 0 {
		t.Errorf("ten results take %d bytes in a small state, %d in a large one", small, large)
	}
	t.Logf("%d bytes per result", small/10)
}

// TestFlushesPerResult: with ten calls at once and a disk that is slower than
// the cloud, two results share a flush at least.
func TestFlushesPerResult(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	synctest.Test(t, func(t *testing.T) {
		fsys := faultfs.New(t, filepath.Dir(path))
		fsys.Before = func(kind faultfs.Kind, _ string) {
			if kind == faultfs.Sync {
				time.Sleep(5 * time.Millisecond)
			}
		}
		s, err := NewStore(fsys, path, "1").Open(context.Background(), OpenOptions{Operation: "apply"})
		if err != nil {
			t.Fatal(err)
		}
		results(t, s, 1, 1) // the journal is made under the session's lock, on which no bubble's clock moves
		const count = 200
		before := fsys.Count(faultfs.Sync)
		results(t, s, count, 10)
		if flushes := fsys.Count(faultfs.Sync) - before; flushes > count/2 {
			t.Errorf("%d flushes for %d results", flushes, count)
		} else {
			t.Logf("%d flushes for %d results", flushes, count)
		}
		closed(t, s)
	})
}
