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

// plantObject evaluates a plant and is what a reference to it stands for.
func (s *scope) plantObject(block *plantBlock) cty.Value {
	refs := references{scope: s}
	r := &reader{evaluation: s.evaluation, body: block.body, bad: refs.addAll(block.body), subject: block.declared}
	r.ctx = refs.context()
	p := &plant{Plant: Plant{Name: block.name, Range: block.declared}}
	p.ID = readID(r, "id", "It is listed among the plants of the account.")
	p.Function, _ = readEnum(r, "function", provider.Functions())
	s.provider(block.declared)
	p.Zone = s.providerZone
	if zone, found := readZone(r); found == present {
		p.Zone = zone
	}
	p.broken = r.broken
	if before := s.plantsByID[p.ID]; before != nil && p.ID != "" {
		s.reportf(block.declared, "Declared twice", "Plants %q and %q (%s:%d) have the same id. Remove one of the two.",
			p.Name, before.Name, before.Range.Filename, before.Range.Start.Line)
	} else {
		s.plantsByID[p.ID] = p
	}
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

// allPlants evaluates every plant: thermostats find theirs by its id, however
// they came to know it.
func (s *scope) allPlants(at hcl.Range) {
	if s.plantsKnown {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.module.plants)) {
		block := s.module.plants[name]
		s.need("plant."+name, at, func(n *node) { n.value = s.plantObject(block) })
	}
	s.plantsKnown = true
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
