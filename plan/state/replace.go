package state

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// Replacement is what Replace and Push did.
type Replacement struct {
	State  *State // as it is now
	Backup string // the path of the state before; "" where nothing was written, or nothing was there
}

// Replace makes next the whole record: its thermostats and outputs. Lineage
// stays, the serial is one more, and the version of setpoint is this one's. The
// state before is kept twice: as the backup of every change, and under a name
// with the time (UTC) that nothing overwrites:
//
//	setpoint.state.json.20261122T150405Z.backup
//	setpoint.state.json.20261122T150405Z-2.backup   in the same second
//
// It is refused with KindMisuse after the session recorded something or was
// closed, and with KindChanged where somebody changed the file since it was
// opened. A next that says just what is there is not written. The session can go
// on afterwards. With an error and a Replacement the state is replaced, but
// cleaning up failed; with an error alone it may not have been, and the session
// can only be closed.
func (s *Session) Replace(next *State) (*Replacement, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.replaceable(); err != nil {
		return nil, err
	}
	if next.Lineage != s.base.Lineage {
		return nil, s.misuse("lineage %s cannot replace lineage %s", next.Lineage, s.base.Lineage)
	}
	if !s.absent && sameContent(next, s.base) {
		return &Replacement{State: s.base}, nil
	}
	return s.replace(next, s.base.Lineage, s.base.Serial+1)
}

func (s *Session) replaceable() error {
	switch {
	case s.closed:
		return s.misuse("the state is closed, so it cannot be replaced")
	case s.journal != nil:
		return s.misuse("this run has recorded something: close it before the state is replaced")
	}
	return nil
}

// replace is the transaction. The caller holds mu. Open has folded in every
// journal before, and the session has none of its own, so there is nothing but
// the state file to be changed. A crash between any two steps loses nothing:
//
//  1. The file is read again: what somebody put there meanwhile is not lost
//     either.
//  2. Encode, which also checks: a state that could not be read is never written.
//  3. The present state goes under the name with the time, whole. A crash after
//     it leaves one backup more, of what is still the state.
//  4. commit: the present state becomes the backup, next the state, each in one
//     rename. A crash before the second leaves the state as it was.
//
// A journal of a run without the lock that begins after step 1 continues the
// serial before, and is refused or ignored from then on, as after every change.
func (s *Session) replace(next *State, lineage string, serial uint64) (*Replacement, error) {
	present, perm, err := s.files.readRegular(s.files.state)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		present, perm = nil, s.perm
	case err != nil:
		return nil, err
	}
	if absent := present == nil; absent != s.absent || !absent && digestOf(present) != s.digest {
		return nil, &Error{Kind: KindChanged, Path: s.files.state, Detail: "the state changed after it was read, so it is left alone",
			Remedy: "Run the command again; to keep other runs out, do not use --lock=false"}
	}
	saved := *next
	saved.Version, saved.SetpointVersion, saved.Lineage, saved.Serial = Version, s.version, lineage, serial
	if _, err := Encode(&saved); err != nil {
		return nil, fmt.Errorf("replace the state: %w", err)
	}
	var backup string
	if present != nil {
		if backup, err = s.files.keep(perm, present, time.Now()); err != nil {
			return nil, err
		}
	}
	if s.shared != nil {
		if _, err := s.shared.publish(s.shared.ctx, &saved); err != nil {
			return nil, fmt.Errorf("replace the state: %w", err)
		}
	}
	content, replaced, err := s.files.commit(perm, present, &saved)
	if !replaced {
		return nil, fmt.Errorf("replace the state: %w", err)
	}
	s.base, s.absent, s.digest, s.perm = &saved, false, digestOf(content), perm
	s.fold = newFolder(s.base)
	return &Replacement{State: s.base, Backup: backup}, err
}

// keep writes a backup under a name with the time that is not taken yet.
func (f files) keep(perm fs.FileMode, content []byte, at time.Time) (path string, err error) {
	kept := f
	if kept.backup, err = f.free(at); err != nil {
		return "", err
	}
	return kept.backup, kept.replaceBackup(perm, content)
}

// free is the name with the time of a backup that is not taken yet. The lock
// keeps out whoever might take it meanwhile.
func (f files) free(at time.Time) (path string, err error) {
	stamp := f.state + "." + at.UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		path = stamp + backupSuffix
		if n > 1 {
			path = fmt.Sprintf("%s-%d%s", stamp, n, backupSuffix)
		}
		taken, err := f.exists(path)
		if err != nil || !taken {
			return path, err
		}
	}
}

// Retire takes the file of a state that is kept elsewhere from now on out of the
// way: it, and its backup, get names as in Replace. It returns the state's.
// The session can only be closed afterwards. Of a remote state it is the working
// copy that goes.
func (s *Session) Retire() (path string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.replaceable(); err != nil {
		return "", err
	}
	return s.files.retire(time.Now())
}

// retire renames what there is of journal, backup and state, the state last: as
// long as it is there, nothing looks lost. "" where there is no state.
func (f files) retire(at time.Time) (path string, err error) {
	for _, from := range []string{f.journal, f.backup, f.state} {
		there, err := f.exists(from)
		if err != nil {
			return "", err
		}
		if path = ""; !there {
			continue
		}
		if path, err = f.free(at); err == nil {
			err = f.fsys.Rename(from, path)
		}
		if err == nil {
			err = f.syncFolder()
		}
		if err != nil {
			return "", failed(from, "it cannot be put aside", err)
		}
	}
	return path, nil
}
