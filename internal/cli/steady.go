package cli

import "sync"

// steady writes nothing after something could not be written: of a stream there
// is all up to a line, and never a torn one in the middle.
type steady struct {
	*app   // whose standard output it is
	mu     sync.Mutex
	failed error
}

func (s *steady) Write(line []byte) (int, error) {
	if err := s.problem(); err != nil {
		return 0, err
	}
	n, err := s.Stdout.Write(line)
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failed = err
	}
	return n, err
}

func (s *steady) problem() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// routed writes through notes as long as there are any.
type routed struct{ view *jsonView }

func (r routed) Write(lines []byte) (int, error) {
	if r.view.notes != nil {
		return r.view.notes.Write(lines)
	}
	return r.view.out.Write(lines)
}

// offering passes on a line without waiting for its reader.
type offering struct{ notes *notes }

func (o offering) Write(line []byte) (int, error) {
	o.notes.offer(string(line))
	return len(line), nil
}
