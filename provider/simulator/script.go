package simulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// script decides which fault, if any, hits a call. It is safe for concurrent use.
type script struct {
	mu     sync.Mutex
	random *rand.Rand
	faults []*scripted
	lastID int
}

// scripted is a fault at work.
type scripted struct {
	id    int
	fault Fault // in normal form
	since time.Time
	calls int // that it is about, since then
	hits  int
}

func newScript(faults []Fault, seed uint64, now time.Time) *script {
	s := &script{random: rand.New(rand.NewPCG(seed, seed))}
	s.add(faults, now)
	return s
}

// add puts faults in normal form behind those that are there.
func (s *script) add(faults []Fault, now time.Time) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.append(faults, now)
}

// replace puts faults in normal form in the place of those that are there.
func (s *script) replace(faults []Fault, now time.Time) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	return s.append(faults, now)
}

// append needs the lock.
func (s *script) append(faults []Fault, now time.Time) (ids []int) {
	for _, f := range faults {
		s.lastID++
		s.faults = append(s.faults, &scripted{id: s.lastID, fault: f, since: now})
		ids = append(ids, s.lastID)
	}
	return ids
}

// next counts a call and returns the fault that hits it.
func (s *script) next(op operation, moduleID string, now time.Time) (hit Fault, found bool) {
	moduleID = strings.ToLower(moduleID)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if !f.fault.about(op, moduleID) {
			continue
		}
		f.calls++
		if found || !f.due(now) || f.fault.Chance > 0 && s.random.Float64() >= f.fault.Chance {
			continue
		}
		f.hits++
		hit, found = f.fault, true
	}
	return hit, found
}

// about tells whether a fault in normal form counts such calls.
func (f Fault) about(op operation, moduleID string) bool {
	switch {
	case f.Module != anyModule && f.Module != moduleID:
		return false
	case f.Operation != "":
		return f.Operation == op.name
	}
	return !op.login && (f.Method == anyMethod || f.Method == op.method)
}

// due tells whether it is the turn of the call just counted.
func (f *scripted) due(now time.Time) bool {
	n := f.calls - f.fault.From // 0 for the first one it hits
	inTime := f.fault.For == 0 || now.Before(f.since.Add(f.fault.For))
	return inTime && n >= 0 && (*f.fault.Times == 0 || n < *f.fault.Times)
}

// ActiveFault is a fault of the script with what became of it.
type ActiveFault struct {
	ID    int
	Fault Fault // in normal form
	Calls int   // that it is about, since it was set
	Hits  int   // of these, those that it spoilt
}

// Faults lists the faults in the order in which they act.
func (c *Cloud) Faults() []ActiveFault {
	c.script.mu.Lock()
	defer c.script.mu.Unlock()
	list := make([]ActiveFault, 0, len(c.script.faults))
	for _, f := range c.script.faults {
		list = append(list, ActiveFault{f.id, f.fault, f.calls, f.hits})
	}
	return list
}

// AddFaults puts faults behind those that are there, and returns their numbers.
// They count calls, and time, from now on. The error names everything that is
// wrong with them; nothing is added then.
func (c *Cloud) AddFaults(faults ...Fault) ([]int, error) {
	normal, err := checkFaults(faults)
	if err != nil {
		return nil, fmt.Errorf("add faults: %w", err)
	}
	return c.script.add(normal, c.clock.now()), nil
}

// ClearFaults takes faults away by their numbers; without any, all of them. The
// error names the numbers that there are not; the others are gone.
func (c *Cloud) ClearFaults(ids ...int) error {
	c.script.mu.Lock()
	defer c.script.mu.Unlock()
	if len(ids) == 0 {
		c.script.faults = nil
		return nil
	}
	var problems []string
	for _, id := range ids {
		before := len(c.script.faults)
		c.script.faults = slices.DeleteFunc(c.script.faults, func(f *scripted) bool { return f.id == id })
		if len(c.script.faults) == before {
			problems = append(problems, fmt.Sprintf("clear faults: there is no fault %d", id))
		}
	}
	return joinProblems(problems)
}
