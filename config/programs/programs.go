// Package programs is what the thermostats of a configuration call their weekly
// programs, as a file beside the configuration: so that a name can stand for a
// number without asking anybody.
//
// It knows what the file says and no more: not where names are used, nor how a
// thermostat is asked.
package programs

import (
	"cmp"
	"maps"
	"slices"

	"golang.org/x/text/unicode/norm"

	"setpoint/provider"
)

// FileName is the name of the file, in the folder of the configuration.
const FileName = "setpoint.programs.json"

// Version is the version of the format that this program writes, and the newest
// that it reads.
const Version = 1

// Programs are the programs of thermostats. The zero value has none.
type Programs struct {
	lists map[provider.Device][]provider.Program // each in the order of the numbers
}

// Put makes these the programs of a thermostat, in place of those before.
func (p *Programs) Put(d provider.Device, list []provider.Program) {
	if p.lists == nil {
		p.lists = map[provider.Device][]provider.Program{}
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Name = norm.NFC.String(list[i].Name)
	}
	slices.SortFunc(list, func(a, b provider.Program) int { return cmp.Compare(a.Number, b.Number) })
	p.lists[d] = list
}

// Of gives the programs of a thermostat in the order of their numbers, and
// whether the thermostat is known. The list must not be written.
func (p *Programs) Of(d provider.Device) ([]provider.Program, bool) {
	list, known := p.lists[d]
	return list, known
}

// Devices are the thermostats that are known, sorted by plant and module.
func (p *Programs) Devices() []provider.Device {
	return slices.SortedFunc(maps.Keys(p.lists), func(a, b provider.Device) int {
		return cmp.Or(cmp.Compare(a.PlantID, b.PlantID), cmp.Compare(a.ModuleID, b.ModuleID))
	})
}

// Named gives the numbers, in their order, of the programs of a list that have
// the name, letter by letter. Texts that only differ in how accents are encoded
// are the same.
func Named(list []provider.Program, name string) []int {
	var numbers []int
	name = norm.NFC.String(name)
	for _, program := range list {
		if norm.NFC.String(program.Name) == name {
			numbers = append(numbers, program.Number)
		}
	}
	return numbers
}
