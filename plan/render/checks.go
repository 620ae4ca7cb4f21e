package render

import (
	"strings"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/plan"
)

// checkJSON is a check block with what it says in each module instance.
type checkJSON struct {
	Address   checkAddressJSON    `json:"address"`
	Status    config.CheckStatus  `json:"status"`
	Instances []checkInstanceJSON `json:"instances"`
}

type checkAddressJSON struct {
	Kind      string `json:"kind"`
	Module    string `json:"module,omitempty"`
	Name      string `json:"name"`
	ToDisplay string `json:"to_display"`
}

type checkInstanceJSON struct {
	Address  checkPlaceJSON     `json:"address"`
	Status   config.CheckStatus `json:"status"`
	Problems []problemJSON      `json:"problems,omitempty"`
}

type checkPlaceJSON struct {
	Module    string `json:"module,omitempty"`
	ToDisplay string `json:"to_display"`
}

type problemJSON struct {
	Message string `json:"message"`
}

// checks gathers the module instances of each check block, in the plan's order.
func checks(all []plan.Check) []checkJSON {
	blocks, at := []checkJSON{}, map[string]int{}
	for _, c := range all {
		declared := address.Address{Module: c.Module, Name: c.Name}.Declaration()
		i, known := at[declared]
		if !known {
			i, at[declared] = len(blocks), len(blocks)
			module := strings.TrimSuffix(strings.TrimSuffix(declared, thermostat+"."+c.Name), ".")
			blocks = append(blocks, checkJSON{
				Address: checkAddressJSON{"check", module, c.Name, inModule(module, c.Name)}, Status: config.CheckPassed,
			})
		}
		instance := checkInstanceJSON{Address: checkPlaceJSON{c.Module, inModule(c.Module, c.Name)}, Status: c.Status}
		for _, problem := range c.Problems {
			instance.Problems = append(instance.Problems, problemJSON{problem})
		}
		blocks[i].Instances = append(blocks[i].Instances, instance)
		if graver(c.Status, blocks[i].Status) {
			blocks[i].Status = c.Status
		}
	}
	return blocks
}

func inModule(module, name string) string {
	if module == "" {
		return "check." + name
	}
	return module + ".check." + name
}

// graver tells whether a status decides what is said of several together.
func graver(a, b config.CheckStatus) bool {
	return b == config.CheckPassed || b == config.CheckFailed && a == config.CheckUnclear
}
