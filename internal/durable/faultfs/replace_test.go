package faultfs_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"setpoint/internal/durable"
	"setpoint/internal/durable/faultfs"
)

var (
	before = bytes.Repeat([]byte("before\n"), 100)
	after  = bytes.Repeat([]byte("and after\n"), 20_000) // more than is buffered
)

// replace runs Replace on a file with the content before, under the faults.
func replace(t *testing.T, faults ...faultfs.Fault) (fsys *faultfs.FS, path string, err error) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, before, 0o600); err != nil {
		t.Fatal(err)
	}
	fsys = faultfs.New(t, filepath.Dir(path))
	fsys.Faults = faults
	return fsys, path, durable.ReplaceBytes(fsys, path, 0o600, after)
}

// whole checks that the file is as before or as after, and tells which.
func whole(t *testing.T, path string) (replaced bool) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	replaced = bytes.Equal(content, after)
	if !replaced && !bytes.Equal(content, before) {
		t.Errorf("%d bytes that are neither the content before nor the one after", len(content))
	}
	return replaced
}

func temporary(t *testing.T, path string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*.tmp"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func operations(t *testing.T) int {
	t.Helper()
	fsys, path, err := replace(t)
	if err != nil || !whole(t, path) {
		t.Fatal("not replaced: ", err)
	}
	return fsys.Count("")
}

func TestReplaceUnderEveryFault(t *testing.T) {
	for _, fault := range []faultfs.Fault{
		{Err: syscall.ENOSPC}, {Err: syscall.EIO}, {Err: syscall.ENOSPC, Torn: true}, {Err: syscall.EIO, Lost: true},
	} {
		for n := range operations(t) {
			fault.At = n + 1
			t.Run(fmt.Sprintf("%+v", fault), func(t *testing.T) {
				fsys, path, err := replace(t, fault)
				if !errors.Is(err, fault.Err) || !strings.Contains(err.Error(), path) {
					t.Errorf("error %v, want %v with the file's name", err, fault.Err)
				}
				kind, _ := fsys.Fired()
				if replaced := whole(t, path); replaced != (kind == faultfs.SyncDir) {
					t.Errorf("%s failed; replaced: %v", kind, replaced)
				}
				if left := temporary(t, path); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
			})
		}
	}
}

func TestReplaceStoppedAnywhere(t *testing.T) {
	for n := range operations(t) {
		for _, torn := range []bool{false, true} {
			fsys, path, err := replace(t, faultfs.Fault{At: n + 1, Stop: true, Torn: torn})
			kind, _ := fsys.Fired()
			if !errors.Is(err, faultfs.ErrStopped) || whole(t, path) != (kind == faultfs.SyncDir) {
				t.Errorf("stopped at %s: %v", kind, err)
			}
		}
	}
}

// After a power cut at any moment the file is whole; where Replace had returned
// it is the new one.
func TestReplaceLosesPower(t *testing.T) {
	both := map[bool]int{}
	for n := range operations(t) + 1 {
		fsys, path, err := replace(t, faultfs.Fault{At: n + 1, Stop: true})
		for seed := range uint64(20) {
			into := t.TempDir()
			fsys.PowerCut(t, rand.New(rand.NewPCG(seed, uint64(n))), into)
			replaced := whole(t, filepath.Join(into, filepath.Base(path)))
			if err == nil && !replaced {
				t.Error("Replace returned, but the new content is gone")
			}
			both[replaced]++
		}
	}
	if both[true] <= 20 || both[false] == 0 {
		t.Errorf("replaced or not: %v; the cuts test nothing", both)
	}
}

// The model itself: without its flush, content is torn, and a name is lost.
func TestPowerCutTakesWhatWasNotFlushed(t *testing.T) {
	for name, flush := range map[string]struct{ file, dir bool }{
		"nothing flushed": {}, "file flushed": {file: true}, "folder flushed": {dir: true}, "both flushed": {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			fsys := faultfs.New(t, dir)
			path := filepath.Join(dir, "new")
			file, err := fsys.CreateNew(path, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			_, err = file.Write(after)
			if flush.file {
				err = errors.Join(err, file.Sync())
			}
			if flush.dir {
				err = errors.Join(err, fsys.SyncDir(dir))
			}
			if err := errors.Join(err, file.Close()); err != nil {
				t.Fatal(err)
			}
			var gone, torn int
			for seed := range uint64(40) {
				into := t.TempDir()
				fsys.PowerCut(t, rand.New(rand.NewPCG(seed, 0)), into)
				content, err := os.ReadFile(filepath.Join(into, "new"))
				switch {
				case err != nil:
					gone++
				case !bytes.Equal(content, after):
					torn++
				}
			}
			if (gone == 0) != flush.dir || (torn == 0) != flush.file {
				t.Errorf("of 40 cuts, %d lost the name and %d tore the content", gone, torn)
			}
		})
	}
}
