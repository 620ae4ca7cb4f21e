package state

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// copied is what the working copy of a remote state says.
type copied struct {
	state   *State // nil: absent, or of no use
	data    []byte
	perm    fs.FileMode
	fold    *folder  // the journal on top of it; nil if it adds nothing
	parted  *parting // of the same journal
	journal []byte   // as it is; nil: none
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
				f.state, shellQuote(f.journal), shellQuote(f.journal+".orphaned"))}
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

// parting knows every entry that a journal led through, so that it can tell how
// far somebody who was told of the run in between has come with it.
type parting struct {
	base    *State
	entries map[string][]*Entry // by address, the base's first; nil for none
	outputs []map[string]Output
}

func partingOf(base *State, records []record) *parting {
	p := &parting{base: base, entries: map[string][]*Entry{}, outputs: []map[string]Output{base.Outputs}}
	f := newFolder(base)
	for _, r := range records {
		named := []string{r.Address, r.To}
		if a := f.calls[r.ID]; r.Type == resultRecord && a != nil {
			named[0] = a.address
		}
		for _, address := range named {
			if _, known := p.entries[address]; !known {
				p.entries[address] = []*Entry{entryOf(base, address)}
			}
		}
		if f.apply(r) != nil {
			break // whoever folded it before has said so
		}
		for _, address := range named {
			var now *Entry
			if e, ok := f.current(address); ok {
				now = &e
			}
			p.entries[address] = append(p.entries[address], now)
		}
		if r.Type == outputsRecord {
			p.outputs = append(p.outputs, f.outputs)
		}
	}
	return p
}

// from is what the run and a remote state have in common, thermostat by
// thermostat: what the run began with or, where the remote was told of it, that.
func (p *parting) from(remote *State) *State {
	common := p.base.withThermostats(map[string]Entry{})
	for address, e := range p.base.Thermostats {
		common.Thermostats[address] = e
	}
	for address, been := range p.entries {
		there := entryOf(remote, address)
		for _, e := range been {
			if (e == nil) != (there == nil) || e != nil && !e.Equal(*there) {
				continue
			}
			delete(common.Thermostats, address)
			if there != nil {
				common.Thermostats[address] = *there
			}
		}
	}
	for _, o := range p.outputs {
		if sameOutputs(o, remote.Outputs) {
			common.Outputs = remote.Outputs
		}
	}
	return common
}

// reconcile says what is true where the working copy c and the remote state say
// something each; nil for nothing at all. place is the remote's name. It is the
// remote state itself where there is nothing to add to it.
//
// The journal of a run that did not end goes on top of the remote state. What
// somebody else changed there since counts as in Merge: of two answers of the
// cloud the newer one stands.
func (f files) reconcile(place string, c *copied, remote *State) (*State, error) {
	switch {
	case remote == nil && c.state == nil:
		return nil, nil
	case remote == nil:
		return nil, &Error{Kind: KindOrphaned, Path: place, Detail: fmt.Sprintf("there is no state, but there was one: %s has serial %d of it", f.state, c.state.Serial),
			Remedy: fmt.Sprintf("Look whether address and rights are right. If the state is lost there: %s. If the whole house is to be taken as never set before, move the working copy away: mv %s %s",
				f.pushCopy(), shellQuote(filepath.Dir(f.state)), shellQuote(filepath.Dir(f.state)+".lost"))}
	case c.state == nil:
		return remote, nil
	case c.state.Lineage != remote.Lineage && c.fold == nil:
		return remote, nil
	case c.state.Lineage != remote.Lineage:
		return nil, &Error{Kind: KindJournalLineage, Path: f.journal,
			Detail: fmt.Sprintf("the journal belongs to the state of lineage %s, but %s has lineage %s", c.state.Lineage, place, remote.Lineage),
			Remedy: fmt.Sprintf("If that state is the wrong one: %s. If the calls of the journal do not matter to it, move the working copy away: mv %s %s",
				f.pushCopy(), shellQuote(filepath.Dir(f.state)), shellQuote(filepath.Dir(f.state)+".other"))}
	case remote.Serial < c.state.Serial:
		return nil, &Error{Kind: KindOlder, Path: place,
			Detail: fmt.Sprintf("the state has serial %d, but %s has seen serial %d of it: an older state was put in its place", remote.Serial, f.state, c.state.Serial),
			Remedy: fmt.Sprintf("To put back what is known here: %s. To go on from the older one, which does not know what was done since, move the working copy away: mv %s %s",
				f.pushCopy(), shellQuote(filepath.Dir(f.state)), shellQuote(filepath.Dir(f.state)+".newer"))}
	case c.fold == nil:
		return remote, nil
	}
	next, _, err := Merge(c.parted.from(remote), c.fold.state(), remote)
	if err != nil {
		return nil, err
	}
	if sameContent(next, remote) {
		return remote, nil
	}
	next.Serial = max(next.Serial, remote.Serial+1)
	return next, nil
}

// pushCopy is how to make the working copy, journal included, the state.
func (f files) pushCopy() string {
	return fmt.Sprintf("setpoint state pull --state %s > known.json, then setpoint state push --force known.json", shellQuote(f.state))
}
