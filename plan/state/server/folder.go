package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"setpoint/internal/durable"
)

// folder is one state in the folder of all:
//
//	NAME.json        the state
//	NAME~lock.json   who holds its lock; absent: nobody
//	NAME~SERIAL.json every version that there was
//
// No name of a state has the ~.
type folder struct {
	fsys durable.FS
	dir  string
	name string
}

func (f folder) path(suffix string) string { return filepath.Join(f.dir, f.name+suffix+".json") }

// content is nil where there is no state.
func (f folder) content() ([]byte, error) { return f.read("") }

func (f folder) read(suffix string) ([]byte, error) {
	content, err := f.fsys.ReadFile(f.path(suffix))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, err
}

// lock is the info of who holds it, nil for nobody, and the ID in it.
func (f folder) lock() (info []byte, id string, err error) {
	info, err = f.read("~lock")
	if err != nil || info == nil {
		return nil, "", err
	}
	var h holder
	if json.Unmarshal(info, &h) != nil || h.ID == "" {
		return nil, "", errNoID
	}
	return info, h.ID, nil
}

func (f folder) writeLock(info []byte) error { return f.replace("~lock", info) }

func (f folder) removeLock() error { return f.gone("~lock") }

// write keeps the version before it makes it the state: one that was answered is
// in both places.
func (f folder) write(serial uint64, content []byte) error {
	if err := f.replace(fmt.Sprintf("~%d", serial), content); err != nil {
		return err
	}
	return f.replace("", content)
}

// remove removes the state; its versions stay.
func (f folder) remove() error { return f.gone("") }

func (f folder) replace(suffix string, content []byte) error {
	return durable.ReplaceBytes(f.fsys, f.path(suffix), 0o600, content)
}

func (f folder) gone(suffix string) error {
	err := f.fsys.Remove(f.path(suffix))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.fsys.SyncDir(f.dir)
}
