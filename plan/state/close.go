package state

import (
	"errors"
	"fmt"
	"io/fs"

	"setpoint/config/diag"
)

// Close folds what was recorded into the state file, removes the journal and
// gives the lock back. Where nothing changed (no record, or every call
// rejected) the state file is left as it is. It returns the state as it is on
// disk now; with an error too where the state is saved but cleaning up failed.
// With an error and no state, the journal is kept and the next Open folds it.
// Records that are being made meanwhile are either in, or refused.
//
// Of a remote state the journal is removed when the remote has confirmed one that
// has all of it; the error is KindRemote or KindLockLost where it has not, and
// the state is then kept in the working copy.
func (s *Session) Close() (_ *State, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, s.misuse("the state is closed already")
	}
	s.closed = true
	if s.shared != nil {
		s.mu.Unlock() // which the publisher may want; nobody records any more
		s.shared.halt()
		s.mu.Lock()
	}
	if s.lock != nil {
		defer func() {
			if released := s.lock.release(); released != nil {
				err = errors.Join(err, fmt.Errorf("release the lock: %w", released))
			}
		}()
	}
	if s.shared != nil {
		defer func() { // before the lock of the working copy
			switch left := s.shared.leave(); {
			case left == nil:
			case err != nil: // which is graver, and goes the same way
				err = fmt.Errorf("%w. Besides, %s", err, left)
			default:
				err = left
			}
		}()
	}
	if s.journal == nil {
		return s.base, nil
	}
	var final *State
	var unconfirmed error
	if s.shared != nil {
		final, unconfirmed = s.confirm()
	}
	failed := s.journal.close()
	saved, err := final, unconfirmed
	switch {
	case s.shared == nil:
		saved, err = s.save()
	case unconfirmed == nil:
		saved, err = s.saveShared(final)
	}
	if saved != nil {
		return saved, err // whoever recorded something was told that the journal failed
	}
	s.unrecorded = failed != nil
	if s.shared != nil {
		return nil, fmt.Errorf("save the state: %w. %s", errors.Join(err, failed), s.wayBack())
	}
	return nil, fmt.Errorf("save the state: %w. What is recorded stays in %s, and the next run takes it up", errors.Join(err, failed), s.files.journal)
}

// Unrecorded is, after a Close that could save nothing of a run whose journal
// had failed before, the state as the run knows it: a state file that can be
// pushed once the cause is mended. Its serial is later than that of the state
// with the journal folded in, as the next run will do. nil where everything is
// on disk.
func (s *Session) Unrecorded() ([]byte, error) {
	s.mu.Lock()
	unrecorded := s.unrecorded
	s.mu.Unlock()
	if !unrecorded {
		return nil, nil
	}
	return s.Known()
}

// Known is the state as the run knows it, in the same form.
func (s *Session) Known() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := *s.fold.state()
	known.SetpointVersion, known.Serial = s.version, s.base.Serial+2
	if s.shared != nil {
		next, _ := s.shared.next(&known, s.version)
		known.Serial = next.Serial + 1
	}
	return Encode(&known)
}

// save makes the records part of the state file. The journal is closed.
func (s *Session) save() (*State, error) {
	present, perm, err := s.files.readRegular(s.files.state)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		present, perm = nil, s.perm
	case err != nil:
		return nil, err
	}
	base, next := s.base, s.fold.state()
	if present != nil && digestOf(present) != s.digest {
		// Somebody replaced the file under the run: git, an editor, a run without
		// the lock. What the cloud confirmed since goes on top of what is there.
		if base, next, err = s.refold(present); err != nil {
			return nil, err
		}
	}
	if next == base && present != nil {
		return base, s.files.removeJournal()
	}
	saved := *next
	saved.SetpointVersion = s.version
	_, replaced, err := s.files.commit(perm, present, &saved)
	if !replaced {
		return nil, err
	}
	return &saved, err
}

// confirm has the remote confirm what the run knows.
func (s *Session) confirm() (*State, error) {
	if s.shared.lost != nil {
		return nil, s.shared.lost
	}
	s.telling = len(s.records)
	return s.shared.confirmRemote(s.fold.state(), s.version)
}

// saveShared lets the working copy follow what the remote has confirmed. Then the
// journal, which is closed, goes.
func (s *Session) saveShared(final *State) (*State, error) {
	if final.Serial == s.base.Serial {
		return s.base, s.files.removeJournal()
	}
	present, perm, err := s.files.readRegular(s.files.state)
	if errors.Is(err, fs.ErrNotExist) {
		present, perm, err = nil, s.perm, nil
	}
	if err == nil {
		_, _, err = s.files.commit(perm, present, final)
	}
	return final, err
}

// wayBack is what to do where the remote has not confirmed what a run knows.
func (s *Session) wayBack() string {
	return fmt.Sprintf("What is recorded stays in %s: run the command again from this folder. To take it to where the server can be reached: setpoint state pull --state %s > known.json here and, unless somebody else changed the state since, setpoint state push --force known.json there",
		s.files.journal, diag.ShellWord(s.files.state))
}

func (s *Session) refold(present []byte) (base, next *State, err error) {
	base, err = Decode(s.files.state, present)
	if err != nil {
		return nil, nil, err
	}
	if base.Lineage != s.base.Lineage {
		return nil, nil, &Error{Kind: KindChanged, Path: s.files.state, Detail: "another state was put in its place during the run",
			Remedy: fmt.Sprintf("Put back the state of lineage %s, serial %d", s.base.Lineage, s.base.Serial)}
	}
	next, err = fold(base, s.records)
	if err == nil && next != base {
		next.Serial = max(next.Serial, s.base.Serial+1) // beyond the journal, which is in it now
	}
	return base, next, err
}
