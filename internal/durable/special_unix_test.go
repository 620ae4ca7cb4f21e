//go:build unix

package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestReplaceRefusesAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ReplaceBytes(OS(), path, 0o600, []byte("x")); err == nil {
		t.Error("no error")
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("the pipe is gone: %v, %v", info, err)
	}
}

// Asked of resolve, not of Replace: a broken Replace run by root would take the
// system's device away.
func TestDevicesAreRefused(t *testing.T) {
	alias := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(os.DevNull, alias); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{os.DevNull, alias} {
		if got, err := resolve(OS(), path); err == nil {
			t.Errorf("%s resolves to %s", path, got)
		}
	}
}

func TestSyncDir(t *testing.T) {
	if err := OS().SyncDir(t.TempDir()); err != nil {
		t.Error(err)
	}
	if err := OS().SyncDir(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want one that the folder does not exist", err)
	}
}
