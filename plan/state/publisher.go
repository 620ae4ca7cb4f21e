package state

import (
	"context"
	"errors"
	"time"
)

// startPublishing tells the remote from now on how far the run is, until halt.
// No record ever waits for that. A telling that fails is made up for by the next
// one, or by Close; only the loss of the lock is told to the run.
func (s *Session) startPublishing() {
	h := s.shared
	h.mark = s.markTold
	h.stop, h.done = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(h.done)
		for {
			select {
			case <-h.stop:
				return
			case <-h.dirty:
			}
			timer := time.NewTimer(pushEvery)
			select {
			case <-h.stop:
				timer.Stop()
				return
			case <-h.full:
				timer.Stop()
			case <-timer.C:
			}
			s.tell()
			if h.lost != nil {
				return
			}
		}
	}()
}

// tell publishes what is on disk in the journal by now: the remote is never
// ahead of it, so that whoever takes up the journal knows at least as much.
func (s *Session) tell() {
	s.mu.Lock()
	now := s.fold.state()
	s.untold, s.telling = 0, len(s.records)
	s.mu.Unlock()
	if s.journal.barrier() != nil {
		return // the run knows it
	}
	next, told := s.shared.next(now, s.version)
	if told {
		return
	}
	ctx, cancel := context.WithTimeout(s.shared.ctx, pushPatience)
	defer cancel()
	_, err := s.shared.publish(ctx, next)
	if e, ok := errors.AsType[*Error](err); ok && e.Kind == KindLockLost {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.lockLost = err
	}
}

// markTold notes how much of the journal the remote is about to be told: what of it
// the remote does not have later may have been removed there since. Where the note
// cannot be written the run knows, and the remote is told all the same.
func (s *Session) markTold(serial uint64) {
	text, _, err := encodeRecord(record{Type: toldRecord, Serial: serial, Records: s.telling})
	if err != nil {
		return // a record without foreign text
	}
	if b, err := s.journal.enqueue(text); err == nil {
		_ = s.journal.commit(b)
	}
}

// recorded wakes the publisher. The caller holds mu.
func (s *Session) recorded(r record) {
	h := s.shared
	if h == nil {
		return
	}
	if r.Type == resultRecord {
		s.untold++
	}
	signal(h.dirty)
	if s.untold == pushResults {
		signal(h.full)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// halt ends publishing, after what is under way, which takes pushPatience at most.
func (h *shared) halt() {
	if h.stop == nil {
		return
	}
	close(h.stop)
	<-h.done
	h.stop = nil
}
