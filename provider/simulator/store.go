package simulator

import "sync"

// store saves the house. Whoever changed it waits for a save that began after
// the change; changes made while a save runs share the next one, so that the
// number of saves does not grow with the number of calls in flight.
type store struct {
	// take encodes the house as it is and tells its version, which grows with
	// every change.
	take  func() (version uint64, content []byte, err error)
	write func(content []byte) error

	mu     sync.Mutex
	ended  *sync.Cond // a save has ended
	busy   bool
	saved  uint64 // newest version on the disk
	failed uint64 // newest version that a save failed to put there
	err    error  // why
}

func newStore(take func() (uint64, []byte, error), write func([]byte) error) *store {
	s := &store{take: take, write: write}
	s.ended = sync.NewCond(&s.mu)
	return s
}

// wait returns when the version, or a later one, is on the disk, or when a save
// that included it has failed. It is safe for concurrent use.
func (s *store) wait(version uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A failure of long ago is no reason not to try again.
	old := s.failed
	for s.saved < version {
		switch {
		case s.failed >= version && s.failed > old:
			return s.err
		case s.busy:
			s.ended.Wait()
		default:
			if err := s.save(); err != nil {
				return err
			}
		}
	}
	return nil
}

// save makes one save; s.mu is held at the call and at the return, but not
// while the disk works.
func (s *store) save() error {
	s.busy = true
	s.mu.Unlock()
	version, content, err := s.take()
	if err == nil {
		err = s.write(content)
	}
	s.mu.Lock()
	s.busy = false
	if err != nil {
		s.failed, s.err = version, err
	} else {
		s.saved = version
	}
	s.ended.Broadcast()
	return err
}
