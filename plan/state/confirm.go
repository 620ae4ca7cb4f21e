package state

import (
	"context"
	"errors"
	"slices"
)

// publish makes next, whose serial is set, what the remote holds. It looks first
// whether somebody else came before where there is no lock, or where a write was not
// taken: the lock may have been forced, and not every server looks at its ID.
func (h *shared) publish(ctx context.Context, next *State) ([]byte, error) {
	content, err := Encode(next)
	if err != nil {
		return nil, err
	}
	id := ""
	if h.lock != nil {
		id = h.lock.ID
	}
	if h.lock == nil || h.doubt {
		if err := h.unchanged(ctx); err != nil {
			return nil, err
		}
	}
	h.tried = max(h.tried, next.Serial)
	if h.mark != nil {
		h.mark(next.Serial)
	}
	if err := h.remote.Write(ctx, id, content); err != nil {
		if e, ok := errors.AsType[*Error](err); ok && e.Kind == KindLockLost {
			h.lost = err
		} else {
			h.doubt, h.sent = true, append(h.sent, digestOf(content))
		}
		return nil, err
	}
	h.known = next
	return content, nil
}

// unchanged refuses to go on where the remote holds neither what it did nor what it
// was sent since, which may have arrived late.
func (h *shared) unchanged(ctx context.Context) error {
	now, _, err := h.read(ctx)
	switch {
	case err != nil:
		return err
	case now == nil && h.known == nil, now != nil && h.known != nil && now.Serial == h.known.Serial && now.Same(h.known):
		return nil
	case now != nil:
		content, err := Encode(now)
		if err == nil && slices.Contains(h.sent, digestOf(content)) {
			return nil
		}
	}
	lost := &Error{Kind: KindLockLost, Path: h.remote.Place(), Detail: "the state changed after it was read, and no lock keeps others out",
		Remedy: "Run the command again: it takes up what is recorded, on top of the change. To keep other runs out, give the backend a lock_address and do not use --lock=false"}
	if h.lock != nil {
		lost.Detail, lost.Remedy = "somebody else changed the state during this run, in spite of its lock "+h.lock.ID, "When the other run has ended, run the command again: it takes up what is recorded, on top of the change"
	}
	h.lost = lost
	return lost
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

// confirmRemote has the remote confirm the state, and returns it as it is there. Where
// something sent before was never answered it may still arrive: then the remote
// is read back, and told again if need be.
func (h *shared) confirmRemote(s *State, version string) (*State, error) {
	const tries = 3
	for n := 1; ; n++ {
		next, told := h.next(s, version)
		if told {
			return next, nil
		}
		doubtful := h.doubt
		if _, err := h.publish(h.ctx, next); err != nil {
			if h.lock == nil && h.doubt && n < tries {
				continue // which looks first whether somebody else came before
			}
			return nil, h.reason(err)
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

// reason is why the remote did not take the state. One that answered may have
// refused it because somebody else's is there.
func (h *shared) reason(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && e.Err == nil && h.lost == nil {
		_ = h.unchanged(h.ctx) // says it in lost
	}
	if h.lost != nil {
		return h.lost
	}
	return err
}
