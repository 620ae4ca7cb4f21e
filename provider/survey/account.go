package survey

import (
	"cmp"
	"context"

	"setpoint/provider"
)

// Inventory is what a survey of an account found.
type Inventory struct {
	Listed Answer[provider.PlantList]
	Plants []Plant // those listed, in the order of the cloud
	Ending
}

// Plant is one plant of an account and what it holds. Its Name is that of the
// list, or that of its topology where the list has none.
type Plant struct {
	provider.Plant
	Listed      Answer[provider.Topology]
	Thermostats []Thermostat // in the order of the cloud
}

// Thermostat is one thermostat of a plant. Whoever reads it puts the Reading here.
type Thermostat struct {
	Name string
	Reading
}

// Complete tells whether every question was answered. What the lists skipped is
// no question.
func (v *Inventory) Complete() bool {
	if v.Stop != nil || !v.Listed.OK() {
		return false
	}
	for i := range v.Plants {
		if !v.Plants[i].Listed.OK() {
			return false
		}
		for j := range v.Plants[i].Thermostats {
			if !v.Plants[i].Thermostats[j].complete() {
				return false
			}
		}
	}
	return true
}

// Account finds the plants of the account and their thermostats, and reads none
// of these. All its calls share the pace, pauses, call limit and stops of one
// run. drain and calls are as in Thermostats.
func Account(drain, calls context.Context, in Input) *Inventory {
	s, v := newSurvey(drain, calls, in), &Inventory{}
	s.run([]question{ask(Call{Question: AskPlants}, &v.Listed, s.Reader.Plants)})
	s.plants(v)
	for i := range v.Plants {
		v.Plants[i].take()
	}
	v.Ending = s.ending
	return v
}

// plants asks every plant that was listed what it holds.
func (s *survey) plants(v *Inventory) {
	v.Plants = make([]Plant, len(v.Listed.Value.Plants))
	questions := make([]question, len(v.Plants))
	for i, plant := range v.Listed.Value.Plants {
		v.Plants[i].Plant = plant
		questions[i] = ask(Call{AskTopology, provider.Device{PlantID: plant.ID}}, &v.Plants[i].Listed,
			func(ctx context.Context) (provider.Topology, error) { return s.Reader.Topology(ctx, plant.ID) })
	}
	s.run(questions)
}

// take makes thermostats of the modules that were listed.
func (p *Plant) take() {
	p.Name = cmp.Or(p.Name, p.Listed.Value.Name)
	for _, module := range p.Listed.Value.Modules {
		device := provider.Device{PlantID: p.ID, ModuleID: module.ID}
		p.Thermostats = append(p.Thermostats, Thermostat{Name: module.Name, Reading: Reading{Device: device}})
	}
}
