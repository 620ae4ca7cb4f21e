package state

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
)

// lease is a remote lock that a run asked for, and the working copy that it ran on.
type lease struct {
	LockInfo
	Folder string `json:"folder"` // from the root
}

func (f files) lease(info LockInfo) (lease, error) {
	folder, err := filepath.Abs(filepath.Dir(f.state))
	if err != nil {
		return lease{}, failed(f.state, "the folder of the working copy cannot be named", err)
	}
	return lease{info, folder}, nil
}

// readLeases are the remote locks that runs of this folder asked for and did not
// give back. A file that cannot be understood names none: then somebody has to
// force the lock.
func (f files) readLeases() ([]lease, error) {
	content, _, err := f.readRegular(f.leases)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var leases []lease
	if json.Unmarshal(content, &leases) != nil {
		return nil, nil
	}
	return leases, nil
}

// writeLeases replaces them; none removes the file.
func (f files) writeLeases(leases []lease) error {
	if len(leases) == 0 {
		err := f.fsys.Remove(f.leases)
		if err == nil {
			err = f.syncFolder()
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return failed(f.leases, "the lock that was given back cannot be forgotten, which does no harm", err)
		}
		return nil
	}
	content, err := marshal(leases, "  ")
	if err != nil {
		return err
	}
	return f.replace(f.leases, "it cannot be kept which lock is asked for, so it is not", newFilePerm, content)
}
