package state

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// OpenOptions say how the record is opened for writing.
type OpenOptions struct {
	Operation   string        // what for, as told to whoever finds the state locked: "apply"
	Lock        bool          // take the lock; without it the caller answers for being alone
	LockTimeout time.Duration // how long to wait for the lock; 0: not at all
	Create      bool          // an absent state is created at the first change; else it is refused
	// Force opens a remote state also where it is damaged, or does not fit what
	// this folder knows of it: that is put aside, and what cannot be read counts as
	// absent. For a push that is to replace it.
	Force bool
	// Hurry, once done, leaves exchanges with a Remote 400 ms altogether; nil: never.
	Hurry context.Context
	// Getenv reads the environment, for the address of the CI job; nil: none.
	Getenv func(string) string
}

// Recovery is what a run before left behind and Open folded in.
type Recovery struct {
	InFlight []string // addresses, sorted, whose call had no result: now Unknown
	Results  int      // results of calls that were in the journal only
	// Conflicts, by address, are with what other machines wrote meanwhile.
	Conflicts []Conflict
}

// Open takes the lock and folds in the journal of a run that did not end. It
// returns KindLocked where another process holds the lock longer than
// LockTimeout (or until ctx is done), KindAbsent where there is no state and
// none is to be created, and whatever Read returns for damaged files.
func (s *Store) Open(ctx context.Context, o OpenOptions) (_ *Session, err error) {
	f, err := filesOf(s.fsys, s.path)
	if err != nil {
		return nil, err
	}
	if s.remote != nil {
		if err := s.prepare(); err != nil {
			return nil, failed(f.state, "the folder of the working copy cannot be made", err)
		}
	}
	session := &Session{files: f, version: s.version, operation: o.Operation}
	info, deadline := NewLockInfo(o.Operation, o.Getenv), time.Now().Add(o.LockTimeout)
	if o.Lock {
		session.lock, err = takeLock(ctx, f, o.LockTimeout, info)
		if err != nil {
			return nil, err
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, session.lock.release())
			}
		}()
		if err := f.removeLeftovers(); err != nil {
			return nil, err
		}
	}
	if s.remote != nil {
		session.shared = s.share(f, o)
		defer func() {
			if err != nil {
				err = errors.Join(err, session.shared.leave())
			}
		}()
		if o.Lock && s.remote.Locks() {
			if err := session.shared.join(ctx, time.Until(deadline), info); err != nil {
				return nil, f.unreached(err)
			}
		}
		if session.recovery, err = session.shared.adopt(s.version, o.Force); err != nil {
			return nil, f.unreached(err)
		}
	}
	l, err := f.load()
	if err != nil {
		return nil, err
	}
	if l.state == nil {
		if !o.Create {
			return nil, &Error{Kind: KindAbsent, Path: f.state, Detail: "there is no state",
				Remedy: "Name the right file with --state, restore it, or begin a new one with setpoint init or --new-state"}
		}
		session.created, session.absent, l.state = true, true, New(s.version)
	}
	if err := session.recover(l); err != nil {
		return nil, fmt.Errorf("take up the run that did not end: %w", err)
	}
	session.fold = newFolder(session.base)
	return session, nil
}

// recover folds a left-over journal into the state file and removes it.
func (s *Session) recover(l *loaded) error {
	s.base, s.digest, s.perm = l.state, digestOf(l.data), l.perm
	if l.fold != nil {
		s.recovery = Recovery{InFlight: l.fold.inFlight(), Results: l.fold.results}
		if next := l.fold.state(); next != l.state {
			next.SetpointVersion = s.version
			content, _, err := s.files.commit(l.perm, l.data, next)
			s.base, s.digest = next, digestOf(content)
			return err
		}
	}
	if !l.journal {
		return nil
	}
	// The state that has the journal in it came by a rename that may not be on
	// disk yet; the journal must not go before it.
	if err := s.files.syncFolder(); err != nil {
		return failed(s.files.state, "the state cannot be made to last", err)
	}
	return s.files.removeJournal()
}
