package state

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"setpoint/internal/durable"
)

// newFilePerm is the mode of a new state: it holds no secrets and is versioned.
// Journal and backup get the mode that the state has. The lock and who holds it
// have 0644 too, so that another user can take the one and read the other.
const newFilePerm fs.FileMode = 0o644

// files are the paths of one record. Where the state is a symbolic link, all of
// them stand beside the file it points to: two names of one state then share
// one lock and one journal, and the link itself is never replaced.
type files struct {
	fsys                               durable.FS
	state, journal, backup, lock, info string
	leases                             string // of a remote state: the locks asked for there
}

// filesOf names the files of a state. They stand beside the real file, so that
// all names of one state share one lock. A pipe is refused by the name it was
// given: the link of the system that stands for one leads nowhere, and nowhere
// there is no state.
func filesOf(fsys durable.FS, path string) (files, error) {
	switch info, err := fsys.Stat(path); {
	case err == nil && !info.Mode().IsRegular():
		return files{}, notRegular(path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return files{}, failed(path, "the file cannot be looked at", err)
	}
	real, err := durable.FollowLinks(fsys, path)
	if err != nil {
		return files{}, failed(path, "the path of the state cannot be followed", err)
	}
	return files{fsys, real, real + journalSuffix, real + backupSuffix, real + lockSuffix, real + infoSuffix, real + leasesSuffix}, nil
}

// readRegular reads a whole file and its permissions. It refuses what is not a
// regular file before opening it: a pipe would wait for ever. A missing file is
// fs.ErrNotExist, any other error an *Error.
func (f files) readRegular(path string) ([]byte, fs.FileMode, error) {
	info, err := f.fsys.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, err
	}
	if err != nil {
		return nil, 0, failed(path, "the file cannot be looked at", err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, notRegular(path)
	}
	data, err := f.fsys.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		err = failed(path, "the file cannot be read", err)
	}
	return data, info.Mode().Perm(), err
}

func notRegular(path string) *Error {
	return &Error{Kind: KindNotRegular, Path: path, Detail: "this is not a regular file",
		Remedy: "Name the state file itself, or move away what is in its place"}
}

func (f files) exists(path string) (bool, error) {
	_, err := f.fsys.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, failed(path, "the file cannot be looked at", err)
	}
	return true, nil
}

// replaceState makes the content the state.
func (f files) replaceState(perm fs.FileMode, content []byte) error {
	return f.replace(f.state, "the state cannot be written", perm, content)
}

// replaceBackup makes the content the backup.
func (f files) replaceBackup(perm fs.FileMode, content []byte) error {
	return f.replace(f.backup, "the state before cannot be kept as backup", perm, content)
}

func (f files) replace(path, trouble string, perm fs.FileMode, content []byte) error {
	if err := durable.ReplaceBytes(f.fsys, path, perm, content); err != nil {
		return failed(path, trouble, err)
	}
	return nil
}

// createJournal makes a journal with its first line on disk. It refuses to go
// on with one that exists: that belongs to another run.
func (f files) createJournal(perm fs.FileMode, first []byte) (file journalFile, err error) {
	const trouble = "the journal cannot be begun, so nothing is started"
	created, err := f.fsys.CreateNew(f.journal, perm)
	if errors.Is(err, fs.ErrExist) {
		return nil, &Error{Kind: KindChanged, Path: f.journal, Detail: "another run began this journal meanwhile",
			Remedy: "Wait for that run to end, and run the command again, with the lock"}
	}
	if err != nil {
		return nil, failed(f.journal, trouble, err)
	}
	defer func() {
		if err != nil {
			err = failed(f.journal, trouble, errors.Join(err, created.Close(), f.fsys.Remove(f.journal)))
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
	return created, f.syncFolder()
}

// removeJournal removes the journal for good, if there is one.
func (f files) removeJournal() error {
	err := f.fsys.Remove(f.journal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = f.syncFolder()
	}
	if err != nil {
		return failed(f.journal, "the journal cannot be removed; the state holds all of it already, so nothing is lost", err)
	}
	return nil
}

func (f files) syncFolder() error { return f.fsys.SyncDir(filepath.Dir(f.state)) }

// removeLeftovers removes what a killed process left of replacing a file. Only
// the holder of the lock may do it.
func (f files) removeLeftovers() error {
	for _, path := range []string{f.state, f.backup, f.info, f.leases} {
		if err := durable.RemoveLeftovers(f.fsys, path); err != nil {
			return failed(path, "what a killed run left beside it cannot be removed", err)
		}
	}
	return nil
}

// writeInfo says who holds the lock.
func (f files) writeInfo(content []byte) error {
	return f.replace(f.info, "it cannot be said who holds the lock", newFilePerm, content)
}

func (f files) removeInfo() error {
	err := f.fsys.Remove(f.info)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failed(f.info, "who held the lock cannot be removed, which does no harm", err)
	}
	return nil
}
