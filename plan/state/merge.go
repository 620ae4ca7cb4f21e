package state

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/go-version"
)

// Conflict is where two states contradict each other, and what was made of it.
// The merged state is good all the same: a conflict is something to be told,
// not something left open.
type Conflict struct {
	Address string // of the thermostat; "" where it is an output
	Output  string // its name; "" where it is a thermostat
	Detail  string // a sentence without the stop
}

// String is the conflict in one line.
func (c Conflict) String() string {
	if c.Output != "" {
		return fmt.Sprintf("output %q: %s", c.Output, c.Detail)
	}
	return c.Address + ": " + c.Detail
}

// Merge joins what two runs made of one state. base is what both started from,
// nil where they have nothing in common but the lineage.
//
// Thermostat by thermostat: what one side alone changed is taken from it. Where
// both did, the newer time wins; sent at the same time with different settings,
// the outcome is unknown, and the next apply sends again. Removed on one side
// and changed on the other, it is kept as unknown: that side's call may have
// come before or after what the removal left behind. One that moved to another
// address on one side is merged under the new one: it is the device that is
// followed, so merging never puts one under two addresses. What to leave behind
// (OnRemove) is merged by itself.
//
// Outputs that both sides changed are those of the higher serial: the next apply
// computes them anew. But sensitive on one side is sensitive.
//
// The serial is one beyond both unless the result is what the side with the
// higher one has. Exchanging ours and theirs changes nothing in the result;
// merging it again with one of them neither, unless two thermostats contested one
// address, of which one had to be forgotten (a Conflict says so). States of
// different lineage are refused. None of the three is written. Conflicts come thermostats first, by name.
func Merge(base, ours, theirs *State) (*State, []Conflict, error) {
	return merger{base: base, ours: ours, theirs: theirs}.run()
}

func (m merger) run() (*State, []Conflict, error) {
	ours, theirs := m.ours, m.theirs
	if err := sameLineage(m.base, ours, theirs); err != nil {
		return nil, nil, err
	}
	if m.base == nil {
		m.base = &State{}
	}
	next := &State{
		Version: Version, SetpointVersion: newerVersion(ours.SetpointVersion, theirs.SetpointVersion), Lineage: ours.Lineage,
		Thermostats: m.thermostats(), Outputs: m.outputs(),
	}
	next.Serial = max(ours.Serial, theirs.Serial)
	for _, side := range []*State{ours, theirs} {
		if side.Serial == next.Serial && !sameContent(next, side) {
			next.Serial++
			break
		}
	}
	slices.SortFunc(m.conflicts, func(a, b Conflict) int {
		return cmp.Or(cmp.Compare(a.Output, b.Output), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Detail, b.Detail))
	})
	return next, m.conflicts, nil
}

// DecodeAncestor is Decode for the common ancestor of a merge. An empty file,
// which git gives where both sides added theirs, is none: nil.
func DecodeAncestor(path string, data []byte) (*State, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	return Decode(path, data)
}

func sameLineage(base, ours, theirs *State) error {
	const remedy = ". Take one of the two whole: git checkout --ours (or --theirs) -- FILE"
	var problems []error
	if ours.Lineage != theirs.Lineage {
		problems = append(problems, fmt.Errorf("merge states: ours has lineage %s, theirs %s: they are records of different houses%s", ours.Lineage, theirs.Lineage, remedy))
	}
	if base != nil && base.Lineage != ours.Lineage {
		problems = append(problems, fmt.Errorf("merge states: the common ancestor has lineage %s, ours %s: one was begun anew%s", base.Lineage, ours.Lineage, remedy))
	}
	return errors.Join(problems...)
}

// Same tells whether two states are of one lineage and say the same of thermostats
// and outputs.
func (s *State) Same(o *State) bool { return s.Lineage == o.Lineage && sameContent(s, o) }

// sameContent tells whether two states say the same of thermostats and outputs.
func sameContent(a, b *State) bool {
	return maps.EqualFunc(a.Thermostats, b.Thermostats, Entry.Equal) && sameOutputs(a.Outputs, b.Outputs)
}

// newerVersion is the later of two versions of setpoint. One that is no version
// is older than any that is.
func newerVersion(a, b string) string {
	va, errA := version.NewVersion(a)
	vb, errB := version.NewVersion(b)
	switch {
	case errA == nil && errB == nil && !va.Equal(vb):
		if va.GreaterThan(vb) {
			return a
		}
		return b
	case (errA == nil) != (errB == nil):
		if errA == nil {
			return a
		}
		return b
	}
	return max(a, b)
}

type merger struct {
	base, ours, theirs *State
	// remote: theirs is what a Remote holds, and ours what a run that did not end adds
	// to it. No time is believed then, and where a thermostat stands theirs decides.
	remote    bool
	conflicts []Conflict
}

func (m *merger) conflict(address, format string, args ...any) {
	m.conflicts = append(m.conflicts, Conflict{Address: address, Detail: fmt.Sprintf(format, args...)})
}

func (m *merger) outputs() map[string]Output {
	names := map[string]bool{}
	for _, s := range []*State{m.base, m.ours, m.theirs} {
		for name := range s.Outputs {
			names[name] = true
		}
	}
	merged := map[string]Output{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if o := m.output(name); o != nil {
			merged[name] = *o
		}
	}
	return merged
}

// output merges one output; nil for none.
func (m *merger) output(name string) *Output {
	base, ours, theirs := outputOf(m.base, name), outputOf(m.ours, name), outputOf(m.theirs, name)
	switch {
	case compareOutputs(ours, theirs) == 0, compareOutputs(base, theirs) == 0:
		return ours
	case compareOutputs(base, ours) == 0:
		return theirs
	}
	m.conflicts = append(m.conflicts, Conflict{Output: name, Detail: "both sides changed it; the next apply computes it anew"})
	secret := func(o *Output) int {
		if o != nil && o.Sensitive {
			return 1
		}
		return 0
	}
	if cmp.Or(cmp.Compare(secret(ours), secret(theirs)), cmp.Compare(m.ours.Serial, m.theirs.Serial), compareOutputs(ours, theirs)) < 0 {
		return theirs
	}
	return ours
}

func outputOf(s *State, name string) *Output {
	if o, ok := s.Outputs[name]; ok {
		return &o
	}
	return nil
}

// compareOutputs is some order, the same wherever it is asked: 0 where they are
// equal, none (nil) first.
func compareOutputs(a, b *Output) int {
	if a == nil || b == nil {
		return cmp.Compare(count(a), count(b))
	}
	sensitive := 0
	if a.Sensitive != b.Sensitive {
		sensitive = 1
		if b.Sensitive {
			sensitive = -1
		}
	}
	return cmp.Or(sensitive, bytes.Compare(a.Value, b.Value), bytes.Compare(a.Type, b.Type))
}

// count is 0 for nil and 1 for anything else.
func count[T any](p *T) int {
	if p == nil {
		return 0
	}
	return 1
}
