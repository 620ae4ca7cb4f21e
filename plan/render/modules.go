package render

import (
	"encoding/json"
	"slices"

	"setpoint/config/address"
	"setpoint/plan"
	"setpoint/plan/state"
)

// stateJSON is Terraform's state JSON, format 1.0.
type stateJSON struct {
	FormatVersion    string          `json:"format_version"`
	TerraformVersion string          `json:"terraform_version"`
	SetpointVersion  string          `json:"setpoint_version"`
	Values           stateValuesJSON `json:"values"`
}

type stateValuesJSON struct {
	Outputs    map[string]outputJSON `json:"outputs,omitzero"` // nil: it is not known which there are
	RootModule *moduleJSON           `json:"root_module"`
}

// outputJSON has no value and no type where it is sensitive.
type outputJSON struct {
	Sensitive bool            `json:"sensitive"`
	Type      json.RawMessage `json:"type,omitempty"`
	Value     json.RawMessage `json:"value,omitempty"`
}

// moduleJSON is a module instance with the thermostats in it and the module
// instances that it calls, both in the order of their addresses.
type moduleJSON struct {
	Resources    []resourceJSON `json:"resources"`
	Address      string         `json:"address,omitempty"` // "" is the root
	ChildModules []*moduleJSON  `json:"child_modules,omitempty"`
}

type resourceJSON struct {
	Address         string   `json:"address"`
	Mode            string   `json:"mode"`
	Type            string   `json:"type"`
	Name            string   `json:"name"`
	Index           any      `json:"index,omitempty"`
	ProviderName    string   `json:"provider_name"`
	SchemaVersion   int      `json:"schema_version"`
	Values          any      `json:"values"`
	SensitiveValues struct{} `json:"sensitive_values"`
}

// placed are the attributes of a thermostat under an address, whose text is name.
type placed struct {
	at     address.Address
	name   string
	values any
}

// inModules gives the root module with everything in its place.
func inModules(all []placed) *moduleJSON {
	slices.SortFunc(all, func(a, b placed) int { return address.Compare(a.at, b.at) })
	root := &moduleJSON{Resources: []resourceJSON{}}
	known := map[string]*moduleJSON{"": root}
	for _, p := range all {
		module := known[p.at.Module]
		if module == nil {
			module = root
			for _, name := range p.at.Modules() {
				if known[name] == nil {
					known[name] = &moduleJSON{Resources: []resourceJSON{}, Address: name}
					module.ChildModules = append(module.ChildModules, known[name])
				}
				module = known[name]
			}
		}
		module.Resources = append(module.Resources, resourceJSON{
			Address: p.name, Mode: managed, Type: thermostat, Name: p.at.Name, Index: p.at.Key.Value(),
			ProviderName: smarther, Values: p.values,
		})
	}
	return root
}

// plannedOutputs are the outputs after an apply; nil where the plan leaves them
// alone.
func plannedOutputs(p *plan.Plan) map[string]outputJSON {
	return outputsJSON(p, func(o plan.Output) *state.Output { return o.After })
}

// priorOutputs are the outputs as recorded; nil where the plan leaves them alone.
func priorOutputs(p *plan.Plan) map[string]outputJSON {
	return outputsJSON(p, func(o plan.Output) *state.Output { return o.Before })
}

func outputsJSON(p *plan.Plan, side func(plan.Output) *state.Output) map[string]outputJSON {
	if p.Targets != nil || p.RefreshOnly {
		return nil
	}
	all := make(map[string]outputJSON, len(p.Outputs))
	for _, o := range p.Outputs {
		if shown := side(o); shown != nil {
			all[o.Name] = outputOf(*shown, o.Sensitive)
		}
	}
	return all
}

func outputOf(o state.Output, sensitive bool) outputJSON {
	if sensitive || o.Sensitive {
		return outputJSON{Sensitive: true}
	}
	return outputJSON{Type: o.Type, Value: o.Value}
}
