package smarther

import (
	"fmt"
	"strings"

	"setpoint/provider"
)

type sender struct {
	Plant struct {
		Module struct {
			ID text `json:"id"`
		} `json:"module"`
	} `json:"plant"`
}

// owned is the part of an entry that says which thermostat it is about.
type owned struct {
	Sender lenient[sender] `json:"sender"`
}

// owner is the id of the module; "" where the entry does not say.
func (o owned) owner() string { return string(o.Sender.value.Plant.Module.ID) }

// pick finds the module asked for. A single entry that does not say whose it is
// is taken for it; one that names another module never is.
func pick[T interface{ owner() string }](entries []T, device provider.Device) (T, error) {
	var found []T
	for _, e := range entries {
		if id := e.owner(); strings.EqualFold(id, device.ModuleID) || id == "" && len(entries) == 1 {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		var none T
		return none, fmt.Errorf("of %d thermostats in the answer %d are the one asked for", len(entries), len(found))
	}
	return found[0], nil
}
