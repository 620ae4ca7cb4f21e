package state

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"setpoint/internal/durable"
)

// The files beside the state.
const (
	journalSuffix = ".journal"
	backupSuffix  = ".backup"
	lockSuffix    = ".lock"
	infoSuffix    = ".lock.info"
)

// newFilePerm is the mode of a new state: it holds no secrets and is versioned.
// Journal and backup get the mode that the state has. The lock and who holds it
// have 0644 too, so that another user can take the one and read the other.
const newFilePerm fs.FileMode = 0o644

// files are the paths of one record. Where the state is a symbolic link, all of
// them stand beside the file it points to: two names of one state then share
// one lock and one journal, and the link itself is never replaced.
type files struct{ state, journal, backup, lock, info string }

// filesOf names the files of a state. They stand beside the real file, so that
// all names of one state share one lock. A link that cannot be followed is left
// for opening to complain about.
func filesOf(path string) files {
	real, err := durable.FollowLinks(path)
	if err != nil {
		real = path
	}
	return files{real, real + journalSuffix, real + backupSuffix, real + lockSuffix, real + infoSuffix}
}

// readRegular reads a whole file and its permissions. It refuses what is not a
// regular file before opening it: a pipe would wait for ever. A missing file is
// fs.ErrNotExist.
func readRegular(path string) ([]byte, fs.FileMode, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, &Error{Kind: KindNotRegular, Path: path, Detail: "this is not a regular file",
			Remedy: "Name the state file itself, or move away what is in its place"}
	}
	data, err := os.ReadFile(path)
	return data, info.Mode().Perm(), err
}

func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// replaceState makes the content the state.
func (f files) replaceState(perm fs.FileMode, content []byte) error {
	return durable.ReplaceBytes(f.state, perm, content)
}

// replaceBackup makes the content the backup.
func (f files) replaceBackup(perm fs.FileMode, content []byte) error {
	return durable.ReplaceBytes(f.backup, perm, content)
}

// createJournal makes a journal with its first line on disk. It refuses to go
// on with one that exists: that belongs to another run.
func (f files) createJournal(perm fs.FileMode, first []byte) (file journalFile, err error) {
	created, err := os.OpenFile(f.journal, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, perm)
	if errors.Is(err, fs.ErrExist) {
		return nil, &Error{Kind: KindChanged, Path: f.journal, Detail: "another run began this journal meanwhile",
			Remedy: "Wait for that run to end, and run the command again, with the lock"}
	}
	if err != nil {
		return nil, fmt.Errorf("begin the journal: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("begin the journal: %w", errors.Join(err, created.Close(), os.Remove(f.journal)))
		}
	}()
	if n, err := created.Write(first); err != nil {
		return nil, err
	} else if n < len(first) {
		return nil, io.ErrShortWrite
	}
	if err := errors.Join(created.Chmod(perm), created.Sync()); err != nil {
		return nil, err
	}
	return created, durable.SyncDir(filepath.Dir(f.journal))
}

// removeJournal removes the journal for good, if there is one.
func (f files) removeJournal() error {
	err := os.Remove(f.journal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = durable.SyncDir(filepath.Dir(f.journal))
	}
	if err != nil {
		return fmt.Errorf("remove the journal, which is already folded in: %w", err)
	}
	return nil
}

// removeLeftovers removes what a killed process left of replacing a file. Only
// the holder of the lock may do it.
func (f files) removeLeftovers() error {
	var problems []error
	for _, path := range []string{f.state, f.backup, f.info} {
		problems = append(problems, durable.RemoveLeftovers(path))
	}
	return errors.Join(problems...)
}

// writeInfo says who holds the lock.
func (f files) writeInfo(content []byte) error {
	return durable.ReplaceBytes(f.info, newFilePerm, content)
}

func (f files) removeInfo() error {
	err := os.Remove(f.info)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
