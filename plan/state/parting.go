package state

// parting knows every entry that a journal led through, so that it can tell how
// far somebody who was told of the run in between has come with it.
type parting struct {
	base    *State
	entries map[string][]*Entry // by address, the base's first; nil for none
	steps   []step              // the same in the order of the journal
	told    []told
	outputs []map[string]Output
}

// step is what stands under an address from a record on; nil for nothing.
type step struct {
	address string
	entry   *Entry
}

// told is how many steps a state of that serial had in it, which the remote was to
// be told.
type told struct {
	serial uint64
	steps  int
}

func partingOf(base *State, records []record) *parting {
	p := &parting{base: base, entries: map[string][]*Entry{}, outputs: []map[string]Output{base.Outputs}}
	f := newFolder(base)
	after := []int{0} // the steps after each record
	for _, r := range records {
		if r.Type == toldRecord {
			p.told = append(p.told, told{r.Serial, after[min(max(r.Records, 0), len(after)-1)]})
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
			p.steps = append(p.steps, step{address, now})
		}
		after = append(after, len(p.steps))
		if r.Type == outputsRecord {
			p.outputs = append(p.outputs, f.outputs)
		}
	}
	return p
}

// perhapsRemoved are the addresses that the remote may have been told of and does
// not have: either somebody removed them there, or it was told of nothing. A serial
// below that of the telling means the latter.
func (p *parting) perhapsRemoved(remote *State) []string {
	last := 0
	for _, t := range p.told {
		if t.serial <= remote.Serial {
			last = t.steps
		}
	}
	there := map[string]bool{}
	for _, s := range p.steps[:last] {
		there[s.address] = s.entry != nil
	}
	var found []string
	for address, told := range there {
		if told && entryOf(remote, address) == nil {
			found = append(found, address)
		}
	}
	return found
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
			if !sameEntry(e, there) {
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

func sameEntry(a, b *Entry) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Equal(*b))
}
