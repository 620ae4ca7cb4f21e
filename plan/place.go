package plan

import (
	"fmt"
	"strings"

	"setpoint/config"
	"setpoint/config/address"
)

// place is a name as moves and removals mean it: one instance of a block or
// module or, whole, all instances of it. "thermostat.hall" is both, the one
// without key and the block.
type place struct {
	name  string
	whole bool
}

// places are all places that an address lies in, the closest first.
func places(a address.Address) []place {
	groups := a.Groups()
	all := make([]place, 0, 2*len(groups))
	all = append(all, place{a.String(), false}, place{a.Block(), true})
	for i := len(groups) - 1; i > 0; i-- {
		all = append(all, place{moduleOf(groups[i]), false}, place{groups[i-1], true})
	}
	return all
}

// placeOf is what a group means where it stands alone: without key all instances.
func placeOf(g address.Group) place { return place{g.String(), g.Key().IsNone()} }

// ends are the two places of a move. Where either has a key, both mean one
// instance, if only the one without key.
func ends(move *config.Move) (from, to place) {
	whole := move.From.Key().IsNone() && move.To.Key().IsNone()
	return place{move.From.String(), whole}, place{move.To.String(), whole}
}

// blockOf is the block that a group of thermostats names, or is an instance of.
func blockOf(g address.Group) string { return strings.TrimSuffix(g.String(), g.Key().String()) }

// at names a place in the files.
func at(r config.Place) string { return fmt.Sprintf("%s:%d", r.Filename, r.Start.Line) }

// declaredIn is the first declared thermostat of each place.
func (m *maker) declaredIn() map[place]*config.Thermostat {
	if m.declaredPlaces == nil {
		m.declaredPlaces = make(map[place]*config.Thermostat, 2*len(m.Config.Thermostats))
		for i := range m.Config.Thermostats {
			for _, p := range places(m.Config.Thermostats[i].Address) {
				if m.declaredPlaces[p] == nil {
					m.declaredPlaces[p] = &m.Config.Thermostats[i]
				}
			}
		}
	}
	return m.declaredPlaces
}
