package state

import (
	"context"
	"errors"
)

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
	h.sent = append(h.sent, next)
	if h.mark != nil {
		h.mark(next.Serial)
	}
	if err := h.remote.Write(ctx, id, content); err != nil {
		if e, ok := errors.AsType[*Error](err); ok && e.Kind == KindLockLost {
			h.lost = err
		} else {
			h.doubt = true
		}
		return nil, err
	}
	h.known, h.sent = next, nil
	return content, nil
}

// unchanged refuses to go on where the remote holds neither what it did nor what it
// was sent since.
func (h *shared) unchanged(ctx context.Context) error {
	now, _, err := h.read(ctx)
	if err != nil {
		return err
	}
	if now == nil && h.known == nil {
		return nil
	}
	for _, s := range append(h.sent, h.known) {
		if now != nil && s != nil && now.Lineage == s.Lineage && now.Serial == s.Serial && sameContent(now, s) {
			return nil
		}
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
			if h.lock == nil && h.doubt && n < tries {
				continue // which looks first whether somebody else came before
			}
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
