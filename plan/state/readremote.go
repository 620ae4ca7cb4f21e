package state

import "bytes"

// mostReadings is how often a reader looks again while a writer in the same
// folder is ending its run.
const mostReadings = 10

// readRemote reads the remote and, with it, what a run in this folder has in its
// journal. The working copy is looked at before and after: a writer that ends its
// run in between makes it a different one, and then all is read again.
func (s *Store) readRemote(f files) (*Snapshot, error) {
	h := s.share(f, OpenOptions{})
	defer h.cancel()
	before, err := f.loadCopy()
	for n := 1; err == nil; n++ {
		remote, _, unread := h.read(h.ctx)
		if unread != nil {
			return nil, f.unreached(unread)
		}
		var after *copied
		if after, err = f.loadCopy(); err != nil {
			break
		}
		if n == mostReadings || before.leadsTo(after) {
			return s.together(f, after, remote)
		}
		before = after
	}
	return nil, err
}

// leadsTo tells whether the working copy is as it was, but for records that came.
func (c *copied) leadsTo(later *copied) bool {
	return bytes.Equal(c.data, later.data) && (c.journal == nil) == (later.journal == nil) && bytes.HasPrefix(later.journal, c.journal)
}

// together is what the working copy and the remote say.
func (s *Store) together(f files, c *copied, remote *State) (*Snapshot, error) {
	next, err := f.reconcile(s.remote.Place(), c, remote)
	switch {
	case err != nil:
		return nil, err
	case next == nil:
		return &Snapshot{State: s.none(), Absent: true}, nil
	case c.fold == nil:
		return &Snapshot{State: next}, nil
	}
	return &Snapshot{State: next, InFlight: c.fold.inFlight(), Waiting: c.waiting(next, remote)}, nil
}

// none is what a reader is given where there is no state.
func (s *Store) none() *State {
	empty := New(s.version)
	empty.Lineage = ""
	return empty
}
