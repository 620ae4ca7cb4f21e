package state

import "maps"

// parting knows every entry that a journal led through, so that it can tell how
// far somebody who was told of the run in between has come with it.
type parting struct {
	base    *State
	records []record            // but for what told of telling
	told    []record            // what the remote was to be told, and when
	entries map[string][]*Entry // by address, the base's first; nil for none
	outputs []map[string]Output
}

func partingOf(base *State, records []record) *parting {
	p := &parting{base: base, entries: map[string][]*Entry{}, outputs: []map[string]Output{base.Outputs}}
	f := newFolder(base)
	for _, r := range records {
		if r.Type == toldRecord {
			p.told = append(p.told, r)
			continue
		}
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
		p.records = append(p.records, r)
		if r.Type == outputsRecord {
			p.outputs = append(p.outputs, f.outputs)
		}
	}
	return p
}

// own is what the run told the remote, if that is just what it has now; else nil.
func (p *parting) own(remote *State) *State {
	for _, t := range p.told {
		if t.Serial != remote.Serial {
			continue
		}
		told, err := fold(p.base, p.records[:min(max(t.Records, 0), len(p.records))])
		if err == nil && sameContent(told, remote) {
			return told
		}
	}
	return nil
}

// overtaken tells whether somebody else may have taken up a thermostat and given it
// up again since, so that the remote has no trace of it. That takes two states after
// the one that the run began with, as one run does not do both. What the remote has
// from this run itself counts for none.
func (p *parting) overtaken(remote *State) bool {
	return remote.Serial >= p.base.Serial+2 && p.own(remote) == nil
}

// from is what the run and a remote state have in common: what the run told last, if
// nobody wrote since. Else it is what the run began with but, thermostat by
// thermostat, what it was told of in between. That there is none tells nothing: it
// may have been the run that removed it, or somebody else.
func (p *parting) from(remote *State) *State {
	if own := p.own(remote); own != nil {
		return own
	}
	common := p.base.withThermostats(maps.Clone(p.base.Thermostats))
	for address, been := range p.entries {
		there := entryOf(remote, address)
		for _, e := range been {
			if there != nil && e != nil && e.Equal(*there) {
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
