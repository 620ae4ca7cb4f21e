package config

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"setpoint/provider"
)

// plant is an evaluated plant block.
type plant struct {
	Plant
	broken bool
}

// plant evaluates a plant block once.
func (s *scope) plant(block *plantBlock, at hcl.Range) *node {
	return s.need("plant."+block.name, at, func(n *node) { n.value = s.plantObject(block) })
}

// plantObject evaluates a plant and is what a reference to it stands for.
func (s *scope) plantObject(block *plantBlock) cty.Value {
	refs := references{scope: s}
	r := &reader{evaluation: s.evaluation, body: block.body, bad: refs.addAll(block.body), subject: block.declared}
	r.ctx = refs.context()
	p := &plant{Plant: Plant{Module: s.path, Name: block.name, Range: block.declared}}
	if s.path != "" {
		r.address = p.String()
	}
	p.ID = readID(r, "id", "It is listed among the plants of the account.")
	p.Function, _ = readEnum(r, "function", provider.Functions())
	s.provider(block.declared)
	p.Zone = s.zoneDefault
	if zone, found := readZone(r); found == present {
		p.Zone = zone
	}
	p.broken = r.broken
	s.keepPlant(p)
	if r.broken {
		return cty.DynamicVal
	}
	object := map[string]cty.Value{
		"id":        cty.StringVal(p.ID),
		"time_zone": cty.NullVal(cty.String),
		"function":  cty.NullVal(cty.String),
	}
	if p.Zone != nil {
		object["time_zone"] = cty.StringVal(p.Zone.String())
	}
	if p.Function != "" {
		object["function"] = cty.StringVal(string(p.Function))
	}
	return cty.ObjectVal(object)
}

// keepPlant makes a plant known by its id.
func (s *scope) keepPlant(p *plant) {
	if s.absent || !provider.IsID(p.ID) {
		return
	}
	before := s.plants[p.ID]
	if before == nil {
		s.plants[p.ID] = p
		return
	}
	what := "Remove one of the two."
	if p.Range == before.Range {
		what = "Declare it once, in the module that calls this one, or give each instance an id of its own."
	}
	s.reportf(p.Range, "Declared twice", "This is the same plant as %s (%s:%d): their id is the same. %s",
		before, before.Range.Filename, before.Range.Start.Line, what)
}

// plantOf finds the plant of an id, nil where none is declared: thermostats find
// theirs however they came to know its id, in whichever module it is declared.
// The nearest places are looked at first, so that what is far away need not be
// evaluated.
func (s *scope) plantOf(id string, at hcl.Range) *plant {
	if id == "" {
		return nil
	}
	for in := s; in != nil && s.plants[id] == nil; in = in.parent {
		in.ownPlants(at)
	}
	if s.plants[id] == nil && !s.plantsKnown {
		// Where a plant is declared says nothing about the order of the calls.
		s.active = append(s.active, &node{name: "the plants of all modules"})
		s.root.plantsBelow(at)
		s.active = s.active[:len(s.active)-1]
		s.plantsKnown = true
	}
	return s.plants[id]
}

func (s *scope) ownPlants(at hcl.Range) {
	for _, name := range slices.Sorted(maps.Keys(s.module.plants)) {
		s.plant(s.module.plants[name], at)
	}
}

func (s *scope) plantsBelow(at hcl.Range) {
	s.ownPlants(at)
	for _, name := range slices.Sorted(maps.Keys(s.module.calls)) {
		block := s.module.calls[name]
		if block.module == nil {
			s.plantsLost = true
			continue
		}
		if !block.module.hasPlants {
			continue
		}
		if n := s.call(block, at); n.done {
			s.plantsLost = s.plantsLost || n.failed
			for _, child := range n.modules {
				child.plantsBelow(at)
			}
		}
	}
}

func readZone(r *reader) (*time.Location, presence) {
	name, found := r.text("time_zone")
	if found != present {
		return nil, found
	}
	z, err := r.zone(name)
	if err != nil {
		r.wrong("time_zone", "Unknown time zone", fmt.Sprintf("%q is not the name of a time zone. Write it as in \"Europe/Rome\".", name))
		return nil, wrong
	}
	return z, present
}
