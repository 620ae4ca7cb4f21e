package simulator

import (
	"strings"
	"sync"
)

// script decides which fault, if any, hits a call. It is safe for concurrent use.
type script struct {
	faults []Fault

	mu    sync.Mutex
	calls map[callKey]int
}

type callKey struct{ method, module string }

func newScript(faults []Fault) *script {
	s := &script{faults: faults, calls: make(map[callKey]int)}
	for _, f := range faults {
		s.calls[callKey{f.Method, f.Module}] = 0
	}
	return s
}

// next counts a call and returns the fault that hits it.
func (s *script) next(method, module string) (Fault, bool) {
	module = strings.ToLower(module)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range []callKey{{method, module}, {method, anyModule}} {
		if _, counted := s.calls[key]; counted {
			s.calls[key]++
		}
	}
	for _, f := range s.faults {
		if f.Method != method || f.Module != anyModule && f.Module != module {
			continue
		}
		// Counted from the fault's first call: 0 is the one it begins with.
		n := s.calls[callKey{f.Method, f.Module}] - f.From
		if n >= 0 && (*f.Times == 0 || n < *f.Times) {
			return f, true
		}
	}
	return Fault{}, false
}
