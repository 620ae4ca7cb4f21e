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
	known *State // what the remote holds, the last that is certain; nil for nothing
	tried uint64 // the highest serial sent
	doubt bool   // something was sent since known, and may have arrived
	lost  error  // the lock is another's

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
	if err := h.files.writeLeases(append(leases, info)); err != nil {
		return err
	}
	deadline := time.Now().Add(timeout)
	for wait := firstRemoteWait; ; wait = min(2*wait, longestRemoteWait) {
		err := h.remote.Lock(ctx, info)
		if err == nil {
			h.lock = &info
			return h.files.writeLeases([]LockInfo{info})
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
		if dead := heldBy(leases, held.Holder, info.Host); dead != nil {
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

// heldBy is the lease that the holder has. One of another host came with a copy of
// the folder: the lock of the working copy says nothing of that run.
func heldBy(leases []LockInfo, holder *LockInfo, host string) *LockInfo {
	for i := range leases {
		if holder != nil && leases[i].ID == holder.ID && leases[i].Host == host {
			return &leases[i]
		}
	}
	return nil
}

// leave gives the remote lock back, unless it is another's. Then the lease stays:
// should it turn out to be this run's after all, the next one takes it back.
func (h *shared) leave() error {
	defer h.cancel()
	if h.lock == nil || h.lost != nil {
		return nil
	}
	if err := h.remote.Unlock(h.ctx, *h.lock); err != nil {
		return fmt.Errorf("release the lock: %w. The next run from this folder takes it back; from elsewhere: setpoint force-unlock %s", err, h.lock.ID)
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
		r = Recovery{InFlight: c.fold.inFlight(), Results: c.fold.results}
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
	var all []error
	joined, many := err.(interface{ Unwrap() []error })
	if many {
		all = joined.Unwrap()
	} else {
		all = []error{err}
	}
	for i, err := range all {
		if e, ok := err.(*Error); ok && e.Kind != KindNewer {
			mended := *e
			mended.Remedy = fmt.Sprintf("Restore an earlier version on the server, or put a good state in its place: setpoint state push --force FILE. What was last seen from this folder is in %s, if it is there",
				filepath.Dir(f.state))
			all[i] = &mended
		}
	}
	return errors.Join(all...)
}

// publish makes next, whose serial is set, what the remote holds. Without a lock
// it looks first whether somebody else came before.
func (h *shared) publish(ctx context.Context, next *State) ([]byte, error) {
	content, err := Encode(next)
	if err != nil {
		return nil, err
	}
	id := ""
	if h.lock != nil {
		id = h.lock.ID
	} else if err := h.unchanged(ctx); err != nil {
		return nil, err
	}
	h.tried = max(h.tried, next.Serial)
	if err := h.remote.Write(ctx, id, content); err != nil {
		if e, ok := errors.AsType[*Error](err); ok && e.Kind == KindLockLost {
			h.lost = err
		} else {
			h.doubt = true
		}
		return nil, err
	}
	h.known = next
	return content, nil
}

// unchanged refuses to go on where the remote does not hold what it did.
func (h *shared) unchanged(ctx context.Context) error {
	now, _, err := h.read(ctx)
	switch {
	case err != nil:
		return err
	case now == nil && h.known == nil, h.doubt:
		return nil
	case now != nil && h.known != nil && now.Lineage == h.known.Lineage && now.Serial == h.known.Serial && sameContent(now, h.known):
		return nil
	}
	h.lost = &Error{Kind: KindLockLost, Path: h.remote.Place(), Detail: "the state changed after it was read, and no lock keeps others out",
		Remedy: "Run the command again: it takes up what is recorded, on top of the change. To keep other runs out, give the backend a lock_address and do not use --lock=false"}
	return h.lost
}

// next is the state with a serial that the remote has not seen, or with the one
// that the remote has it under.
func (h *shared) next(s *State, version string) (_ *State, told bool) {
	next := *s
	next.SetpointVersion = version
	if h.known != nil && !h.doubt && h.known.Lineage == s.Lineage && sameContent(h.known, s) {
		next.Serial, next.SetpointVersion = h.known.Serial, h.known.SetpointVersion
		return &next, true
	}
	least := s.Serial
	if h.known != nil {
		least = max(least, h.known.Serial+1)
	}
	if h.tried > 0 {
		least = max(least, h.tried+1)
	}
	next.Serial = least
	return &next, false
}

// settle has the remote confirm the state, and returns it as it is there. Where
// something sent before was never answered it may still arrive: then the remote
// is read back, and told again if need be.
func (h *shared) settle(s *State, version string) (*State, error) {
	const tries = 3
	for n := 1; ; n++ {
		next, told := h.next(s, version)
		if told {
			return next, nil
		}
		doubtful := h.doubt
		if _, err := h.publish(h.ctx, next); err != nil {
			return nil, err
		}
		h.doubt = false
		if !doubtful {
			return next, nil
		}
		now, _, err := h.read(h.ctx)
		switch {
		case err == nil && now != nil && now.Serial == next.Serial && sameContent(now, next):
			return next, nil
		case err == nil && n == tries:
			err = &Error{Kind: KindRemote, Path: h.remote.Place(), Detail: "the state was taken, but something else is there when it is read back",
				Remedy: "Run the command again when the server is well"}
		}
		if h.doubt = true; err != nil {
			return nil, err
		}
	}
}
