package state

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"setpoint/config/address"
	"setpoint/config/diag"
)

// Moved is one thermostat that stands under another address now.
type Moved struct{ From, To string }

// Select lists the addresses that the names stand for, each once, in the order
// of address.Compare; all of them where no name is given. A name is an
// address.Group: a thermostat, a block, a module or an instance of one. Every
// name that is malformed or stands for nothing is reported.
func (s *State) Select(names ...string) ([]string, error) {
	held, err := s.addresses()
	if err != nil || len(names) == 0 {
		return texts(held), err
	}
	var problems []error
	chosen := map[address.Address]bool{}
	for _, name := range names {
		group, err := address.ParseGroup(name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		found := false
		for _, a := range held {
			if group.Has(a) {
				chosen[a], found = true, true
			}
		}
		if !found {
			problems = append(problems, notFound(group, held))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return texts(slices.SortedFunc(maps.Keys(chosen), address.Compare)), nil
}

// Remove gives a state that has forgotten what the names stand for, and the
// addresses forgotten. The thermostats themselves are left as they are, and the
// outputs too, until the next apply. Names are as for Select, and at least one;
// where any is wrong nothing is forgotten. The receiver is not written.
func (s *State) Remove(names ...string) (next *State, removed []string, err error) {
	if len(names) == 0 {
		return nil, nil, errors.New("forget thermostats: no address is given")
	}
	removed, err = s.Select(names...)
	if err != nil {
		return nil, nil, err
	}
	next = s.withThermostats(maps.Clone(s.Thermostats))
	for _, a := range removed {
		delete(next.Thermostats, a)
	}
	return next, removed, nil
}

// Move gives a state in which what stood at from stands at to, and what was
// moved, in the order of address.Compare. Both are names as for Select:
//
//   - An instance goes to an instance. A name without key is one where it is all
//     that the state has of that block or module, or where the other name has a key:
//     thermostat.a to thermostat.b, thermostat.room to thermostat.room["1"] and back.
//   - A whole block goes to a whole block, a whole module with all below it to a
//     whole module; the instances keep their keys.
//
// What is moved must be there, and nothing else where it goes. A thermostat is
// never moved to the name of a module. The receiver is not written; what the
// outputs say stays until the next apply.
func (s *State) Move(from, to string) (next *State, moved []Moved, err error) {
	source, sourceErr := address.ParseGroup(from)
	target, targetErr := address.ParseGroup(to)
	held, err := s.addresses()
	if err := errors.Join(sourceErr, targetErr, err); err != nil {
		return nil, nil, err
	}
	fail := func(format string, args ...any) (*State, []Moved, error) {
		return nil, nil, fmt.Errorf("move %s to %s: %w", source, target, fmt.Errorf(format, args...))
	}
	switch {
	case source == target:
		return fail("this is the same place, so there is nothing to move")
	case source.IsModule() && !target.IsModule():
		return fail("a module goes to the name of a module, such as module.NAME")
	case target.IsModule() && !source.IsModule():
		return fail("a thermostat goes to the name of a thermostat: write %s.thermostat.NAME", target)
	}
	// The names stand for one instance each, or both for all.
	single := !source.Key().IsNone() || !target.Key().IsNone() || onlyWithoutKey(source, held)
	covers := func(g address.Group, a address.Address) bool {
		key, ok := g.KeyOf(a)
		return ok && (!single || key == g.Key())
	}
	var taken []string
	next = s.withThermostats(make(map[string]Entry, len(held)))
	for _, a := range held {
		name := a.String()
		if covers(source, a) {
			moved = append(moved, Moved{name, source.Rename(a, target).String()})
			continue
		}
		if covers(target, a) {
			taken = append(taken, name)
		}
		next.Thermostats[name] = s.Thermostats[name]
	}
	if len(moved) == 0 {
		return fail("%w", notFound(source, held))
	}
	if len(taken) > 0 {
		return fail("%s stands there already. Choose another name, or forget what is there first with setpoint state rm", diag.Few(taken))
	}
	for _, m := range moved {
		next.Thermostats[m.To] = s.Thermostats[m.From]
	}
	return next, moved, nil
}

// withThermostats is s with others in place of its own.
func (s *State) withThermostats(thermostats map[string]Entry) *State {
	next := *s
	next.Thermostats = thermostats
	return &next
}

// addresses are all of the state in the order of address.Compare.
func (s *State) addresses() ([]address.Address, error) {
	held := make([]address.Address, 0, len(s.Thermostats))
	for name := range s.Thermostats {
		a, err := address.Parse(name)
		if err != nil {
			return nil, err // a state that was decoded has none such
		}
		held = append(held, a)
	}
	slices.SortFunc(held, address.Compare)
	return held, nil
}

// onlyWithoutKey tells whether the instance without key is the only one.
func onlyWithoutKey(g address.Group, held []address.Address) bool {
	found := false
	for _, a := range held {
		if key, ok := g.KeyOf(a); ok {
			if !key.IsNone() {
				return false
			}
			found = true
		}
	}
	return found
}

// notFound names what comes nearest: other instances of the same name.
func notFound(g address.Group, held []address.Address) error {
	var near []string
	for _, a := range held {
		if key, ok := g.KeyOf(a); ok {
			instance := strings.TrimSuffix(g.String(), g.Key().String()) + key.String()
			if !slices.Contains(near, instance) {
				near = append(near, instance)
			}
		}
	}
	if len(near) > 0 {
		return fmt.Errorf("%s is not in the state, which has %s", g, diag.Few(near))
	}
	return fmt.Errorf("%s is not in the state. setpoint state list shows what is", g)
}

func texts(addresses []address.Address) []string {
	names := make([]string, len(addresses))
	for i, a := range addresses {
		names[i] = a.String()
	}
	return names
}
