package state

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"setpoint/config/diag"
	"setpoint/provider"
)

// copied is what the working copy of a remote state says.
type copied struct {
	state   *State // nil: absent, or of no use
	data    []byte
	perm    fs.FileMode
	fold    *folder  // the journal on top of it; nil if it adds nothing
	parted  *parting // of the same journal
	journal []byte   // as it is; nil: none

	conflicts []Conflict // of the journal with what others wrote, as reconcile found
}

// loadCopy reads the working copy. Without a journal it only tells how far the
// remote was, so one that is damaged is none.
func (f files) loadCopy() (*copied, error) {
	c := &copied{perm: newFilePerm}
	var err error
	if c.journal, err = f.readJournal(); err != nil {
		return nil, err
	}
	content, err := parseJournal(f.journal, c.journal)
	if err != nil {
		return nil, err
	}
	data, perm, err := f.readRegular(f.state)
	switch {
	case errors.Is(err, fs.ErrNotExist) && content == nil:
		return c, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, &Error{Kind: KindOrphaned, Path: f.journal, Detail: "this journal continues a working copy that is gone",
			Remedy: fmt.Sprintf("Restore %s. Or, to give up what the journal recorded, move it away (mv %s %s); the next apply then sends again what the remote state does not know",
				f.state, diag.ShellWord(f.journal), diag.ShellWord(f.journal+".orphaned"))}
	case err != nil:
		return nil, err
	}
	s, err := Decode(f.state, data)
	if err != nil {
		if content == nil {
			return c, nil
		}
		return nil, err
	}
	c.state, c.data, c.perm = s, data, perm
	if content == nil {
		return c, nil
	}
	if c.fold, err = content.foldOnto(f, s); c.fold != nil {
		c.parted = partingOf(s, content.records)
	}
	return c, err
}

// reconcile says what is true where the working copy c and the remote state say
// something each; nil for nothing at all. place is the remote's name. It is the
// remote state itself where there is nothing to add to it.
//
// The journal of a run that did not end goes on top of the remote state. What
// somebody else changed there since counts as in Merge, but that no time is believed,
// as the clocks of two machines differ and a lock may be forced while its holder
// lives: of two answers of the cloud that differ neither stands. Nor does one for a
// thermostat that others may have taken up and given up again meanwhile. What the
// cloud was known to have answered is kept as what was before.
func (f files) reconcile(place string, c *copied, remote *State) (*State, error) {
	switch {
	case remote == nil && c.state == nil:
		return nil, nil
	case remote == nil:
		return nil, &Error{Kind: KindOrphaned, Path: place, Detail: fmt.Sprintf("there is no state, but there was one: %s has serial %d of it", f.state, c.state.Serial),
			Remedy: fmt.Sprintf("Look whether address and rights are right. If the state is lost there: %s. If the whole house is to be taken as never set before, move the working copy away: mv %s %s",
				f.pushCopy(), diag.ShellWord(filepath.Dir(f.state)), diag.ShellWord(filepath.Dir(f.state)+".lost"))}
	case c.state == nil:
		return remote, nil
	case c.state.Lineage != remote.Lineage && c.fold == nil:
		return nil, &Error{Kind: KindOlder, Path: place,
			Detail: fmt.Sprintf("the state has lineage %s, but %s has seen lineage %s there, up to serial %d: another state was put in its place", remote.Lineage, f.state, c.state.Lineage, c.state.Serial),
			Remedy: fmt.Sprintf("To put back what is known here: %s. If the other one is right, move the working copy away: mv %s %s",
				f.pushCopy(), diag.ShellWord(filepath.Dir(f.state)), diag.ShellWord(filepath.Dir(f.state)+".other"))}
	case c.state.Lineage != remote.Lineage:
		return nil, &Error{Kind: KindJournalLineage, Path: f.journal,
			Detail: fmt.Sprintf("the journal belongs to the state of lineage %s, but %s has lineage %s", c.state.Lineage, place, remote.Lineage),
			Remedy: fmt.Sprintf("If that state is the wrong one: %s. If the calls of the journal do not matter to it, move the working copy away: mv %s %s",
				f.pushCopy(), diag.ShellWord(filepath.Dir(f.state)), diag.ShellWord(filepath.Dir(f.state)+".other"))}
	case remote.Serial < c.state.Serial:
		return nil, &Error{Kind: KindOlder, Path: place,
			Detail: fmt.Sprintf("the state has serial %d, but %s has seen serial %d of it: an older state was put in its place", remote.Serial, f.state, c.state.Serial),
			Remedy: fmt.Sprintf("To put back what is known here: %s. To go on from the older one, which does not know what was done since, move the working copy away: mv %s %s",
				f.pushCopy(), diag.ShellWord(filepath.Dir(f.state)), diag.ShellWord(filepath.Dir(f.state)+".newer"))}
	case remote.Serial == c.state.Serial && !sameContent(remote, c.state):
		return nil, &Error{Kind: KindOlder, Path: place,
			Detail: fmt.Sprintf("the state has serial %d, as %s has seen it there, but says something else: what was confirmed here was lost there, and somebody went on without it", remote.Serial, f.state),
			Remedy: fmt.Sprintf("To put back what is known here: %s; setpoint state merge joins the two. To go on from the other one, move the working copy away: mv %s %s",
				f.pushCopy(), diag.ShellWord(filepath.Dir(f.state)), diag.ShellWord(filepath.Dir(f.state)+".newer"))}
	case c.fold == nil:
		return remote, nil
	}
	next, conflicts, err := merger{base: c.parted.from(remote), ours: c.fold.state(), theirs: remote, remote: true}.run()
	if err != nil {
		return nil, err
	}
	if c.parted.overtaken(remote) {
		conflicts = append(conflicts, doubtAbsent(next, remote)...)
	}
	c.conflicts = slices.DeleteFunc(conflicts, func(c Conflict) bool { return c.Output != "" }) // which the next apply computes
	if sameContent(next, remote) {
		return remote, nil
	}
	next.Serial = max(next.Serial, remote.Serial+1)
	return next, nil
}

// doubtAbsent takes for unknown what is said of devices that the remote does not know.
func doubtAbsent(s, remote *State) (found []Conflict) {
	known := map[provider.Device]bool{}
	for _, e := range remote.Thermostats {
		known[e.Device] = true
	}
	for _, address := range slices.Sorted(maps.Keys(s.Thermostats)) {
		e := s.Thermostats[address]
		if known[e.Device] || e.Outcome == Unknown {
			continue
		}
		s.Thermostats[address] = e.doubt(&e.Settings)
		found = append(found, Conflict{Address: address, Detail: "another machine may have set it and given it up since, so its outcome is unknown"})
	}
	return found
}

// pushCopy is how to make the working copy, journal included, the state.
func (f files) pushCopy() string {
	return fmt.Sprintf("setpoint state pull --state %s > known.json, then setpoint state push --force known.json", diag.ShellWord(f.state))
}
