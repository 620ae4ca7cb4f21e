package state

import "fmt"

// Pull is the whole truth as a state file: the state with its journal read
// along, calls without a result as unknown. Where there is no state it is refused
// with KindAbsent; path names it in that error.
func (s *Snapshot) Pull(path string) ([]byte, error) {
	if s.Absent {
		return nil, &Error{Kind: KindAbsent, Path: path, Detail: "there is no state to pull", Remedy: "Name the right file with --state"}
	}
	return Encode(s.State)
}

// checkPush tells why a state must not take the place of the current one:
//
//   - It is of another lineage.
//   - Its serial is lower: the current one was changed since it was pulled.
//   - Its serial is the same, but not what it says.
//
// force lets all of them pass. Nothing stands against a first state, nor against
// one that says just what the current one does.
func checkPush(current *Snapshot, pushed *State, force bool) error {
	if force || current.Absent {
		return nil
	}
	const (
		merge  = ". Pull it again (setpoint state pull) and repeat the change there, or join the two with setpoint state merge"
		insist = "; --force puts the pushed one in its place all the same"
	)
	now := current.State
	switch {
	case pushed.Lineage != now.Lineage:
		return fmt.Errorf("push the state: it has lineage %s, the present one %s: they are records of different houses. Name the state it belongs to with --state%s", pushed.Lineage, now.Lineage, insist)
	case pushed.Serial < now.Serial:
		return fmt.Errorf("push the state: it has serial %d, the present one already %d: that was changed since%s%s", pushed.Serial, now.Serial, merge, insist)
	case pushed.Serial == now.Serial && !sameContent(pushed, now):
		return fmt.Errorf("push the state: both have serial %d, but they differ. If the pushed one was edited by hand, raise its \"serial\" to %d; if the present one was changed since, pull it again (setpoint state pull)%s",
			now.Serial, now.Serial+1, insist)
	}
	return nil
}

// Push replaces the record with another one, as Replace does, if checkPush has
// nothing against it. The lineage becomes the pushed one's. The serial too where
// it is higher than the present one's, else the present one's is raised by one:
// it never goes back, so that no reader takes the new state for an old one. A
// state that says just what the present one does is not written.
func (s *Session) Push(pushed *State, force bool) (*Replacement, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.replaceable(); err != nil {
		return nil, err
	}
	if err := checkPush(&Snapshot{State: s.base, Absent: s.absent}, pushed, force); err != nil {
		return nil, err
	}
	if !s.absent && pushed.Lineage == s.base.Lineage && pushed.Serial <= s.base.Serial && sameContent(pushed, s.base) {
		return &Replacement{State: s.base}, nil
	}
	serial := pushed.Serial
	if !s.absent {
		serial = max(serial, s.base.Serial+1)
	}
	return s.replace(pushed, pushed.Lineage, serial)
}
