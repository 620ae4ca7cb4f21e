package state

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// shared is a session's side of the Remote that holds its state.
type shared struct {
	remote Remote
	files  files
	lock   *LockInfo // nil: opened without, or given back
	ctx    context.Context
	cancel context.CancelFunc

	// What follows belongs to whoever opens, and from begin to halt to the
	// publisher alone.
	known *State   // what the remote holds, the last that is certain; nil for nothing
	tried uint64   // the highest serial sent
	doubt bool     // something was sent since known, and may have arrived
	sent  []digest // what was sent and never answered for certain
	lost  error    // the lock is another's

	mark func(serial uint64) // notes in the journal what the remote is about to be told; nil: there is none

	dirty, full chan struct{} // there is something to tell; there is much
	stop, done  chan struct{} // of the publisher; nil: none runs
}

func (s *Store) share(f files, o OpenOptions) *shared {
	h := &shared{remote: s.remote, files: f, dirty: make(chan struct{}, 1), full: make(chan struct{}, 1)}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	if o.Hurry != nil {
		context.AfterFunc(o.Hurry, func() { time.AfterFunc(lastExchange, h.cancel) })
	}
	return h
}

// join takes the remote lock, waiting at most timeout. A lock that a dead run of
// this folder left is taken over: it cannot be anybody's, as the lock of the
// working copy is held here. The leases of such runs are on disk before the lock
// is asked for, and go when it is given back.
func (h *shared) join(ctx context.Context, timeout time.Duration, info LockInfo) error {
	leases, err := h.files.readLeases()
	if err != nil {
		return err
	}
	own, err := h.files.lease(info)
	if err != nil {
		return err
	}
	if err := h.files.writeLeases(append(leases, own)); err != nil {
		return err
	}
	deadline := time.Now().Add(timeout)
	for wait := firstRemoteWait; ; wait = min(2*wait, longestRemoteWait) {
		err := h.remote.Lock(ctx, info)
		if err == nil {
			h.lock = &info
			return h.files.writeLeases([]lease{own})
		}
		held, ok := errors.AsType[*Error](err)
		if !ok || held.Kind != KindLocked {
			// Whether it was taken is open, so it is given back, if that is possible.
			last, cancel := context.WithTimeout(h.ctx, pushPatience)
			defer cancel()
			if h.remote.Unlock(last, info) == nil {
				return errors.Join(err, h.files.writeLeases(leases))
			}
			return err
		}
		if dead := heldBy(leases, held.Holder, own); dead != nil {
			if err := h.remote.Unlock(ctx, *dead); err != nil {
				return fmt.Errorf("give back the lock of a run that was killed: %w", err)
			}
			leases = nil
			continue
		}
		left := time.Until(deadline)
		if left <= 0 {
			return errors.Join(err, h.files.writeLeases(leases))
		}
		select {
		case <-ctx.Done():
			held.Err = context.Cause(ctx)
			return errors.Join(err, h.files.writeLeases(leases))
		case <-time.After(min(wait, left)):
		}
	}
}

// heldBy is the lease that the holder has. One of another host or folder came with
// a copy of this one: the lock of the working copy says nothing of that run, which
// may be going on.
func heldBy(leases []lease, holder *LockInfo, own lease) *LockInfo {
	for i := range leases {
		if holder != nil && leases[i].ID == holder.ID && leases[i].Host == own.Host && leases[i].Folder == own.Folder {
			return &leases[i].LockInfo
		}
	}
	return nil
}

// RemoteLock is the ID of the lock on a remote state that the session holds, "" for none.
func (s *Session) RemoteLock() string {
	if s.shared == nil || s.shared.lock == nil {
		return ""
	}
	return s.shared.lock.ID
}

// leave gives the remote lock back, unless it is another's. Then the lease stays:
// should it turn out to be this run's after all, the next one takes it back.
func (h *shared) leave() error {
	defer h.cancel()
	if h.lock == nil || h.lost != nil {
		return nil
	}
	if err := h.remote.Unlock(h.ctx, *h.lock); err != nil {
		return mendEach(err, func(e *Error) {
			e.Kind, e.Remedy = KindLockKept, fmt.Sprintf("The next run from this folder takes it back; from elsewhere: setpoint force-unlock %s", h.lock.ID)
		})
	}
	return h.files.writeLeases(nil)
}

// adopt makes the working copy what is true: what the remote holds, and on top of
// it what a run that did not end left in its journal, which the remote is told
// first. A crash between any two steps loses nothing:
//
//  1. The remote confirms the state that has the journal in it. Before that the
//     journal is as it was. After it merging the journal once more changes nothing.
//  2. The journal goes.
//  3. The working copy is replaced. Until then it is older than the remote, as after
//     the run of another machine.
//
// force takes what the remote holds as it is, if anything can be read of it, and
// puts the working copy aside where the two do not fit together.
func (h *shared) adopt(version string, force bool) (Recovery, error) {
	remote, data, err := h.read(h.ctx)
	var next *State
	var c *copied
	if err == nil || force {
		c, next, err = h.taken(remote, err, force)
	}
	if err != nil {
		return Recovery{}, err
	}
	h.known = remote
	var r Recovery
	if c.fold != nil {
		r = Recovery{InFlight: c.fold.inFlight(), Results: c.fold.results, Conflicts: c.conflicts}
	}
	if next != remote {
		known := *next
		known.SetpointVersion = version
		if data, err = h.publish(h.ctx, &known); err != nil {
			return Recovery{}, fmt.Errorf("take up the run that did not end: %w", err)
		}
	}
	if c.journal != nil {
		if err := h.files.removeJournal(); err != nil {
			return Recovery{}, err
		}
	}
	if data != nil && digestOf(data) != digestOf(c.data) {
		return r, h.files.replaceState(c.perm, data)
	}
	return r, nil
}

// taken is the working copy and what is true.
func (h *shared) taken(remote *State, unread error, force bool) (c *copied, next *State, err error) {
	if c, err = h.files.loadCopy(); err == nil && unread == nil {
		next, err = h.files.reconcile(h.remote.Place(), c, remote)
	}
	if (err == nil && unread == nil) || !force {
		return c, next, err
	}
	if unread != nil && !isContent(unread) {
		return nil, nil, unread // the remote is out of reach
	}
	if _, err := h.files.retire(time.Now()); err != nil {
		return nil, nil, err
	}
	return &copied{perm: newFilePerm}, remote, nil
}

// isContent tells whether the trouble is what a state says, and not how to get at it.
func isContent(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind != KindRemote && e.Kind != KindNewer
}

// read gives what the remote holds; nil for nothing.
func (h *shared) read(ctx context.Context) (*State, []byte, error) {
	data, err := h.remote.Read(ctx)
	if err != nil || data == nil {
		return nil, nil, err
	}
	s, err := Decode(h.remote.Place(), data)
	if err != nil {
		return nil, nil, fromRemote(h.files, err)
	}
	return s, data, nil
}

// fromRemote gives the way out of a damaged state that is no file here.
func fromRemote(f files, err error) error {
	return mendEach(err, func(e *Error) {
		if e.Kind != KindNewer {
			e.Remedy = fmt.Sprintf("Restore an earlier version on the server, or put a good state in its place: setpoint state push --force FILE. What was last seen from this folder is in %s, if it is there",
				filepath.Dir(f.state))
		}
	})
}
