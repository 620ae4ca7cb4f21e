package server

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// ErrClaimed is a folder that another process serves.
var ErrClaimed = errors.New("another server uses it already")

// Claim makes the folder of the states where it is not there, and takes it for
// this process: two servers would answer each other's locks. It is free again
// when release is called or the process ends, however it ends. The error is
// ErrClaimed, or why the folder cannot be used.
func Claim(folder string) (release func() error, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(folder, ".lock"))
	alone, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, err
	case !alone:
		return nil, ErrClaimed
	}
	return lock.Unlock, nil
}
