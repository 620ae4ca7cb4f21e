package render

import (
	"cmp"
	"slices"
	"strings"

	"setpoint/plan"
)

// What every thermostat is in Terraform's words.
const (
	managed    = "managed"
	thermostat = "thermostat"
	smarther   = "smarther"
)

// configurationJSON says what is declared, as far as a plan knows it: the blocks
// of the thermostats that it is about, without expressions.
type configurationJSON struct {
	ProviderConfig map[string]providerJSON `json:"provider_config"`
	RootModule     *declaredModuleJSON     `json:"root_module"`
}

type providerJSON struct {
	Name     string `json:"name"`
	FullName string `json:"full_name"`
}

type declaredModuleJSON struct {
	Outputs     map[string]declaredOutputJSON `json:"outputs,omitempty"`
	Resources   []declaredResourceJSON        `json:"resources,omitempty"`
	ModuleCalls map[string]moduleCallJSON     `json:"module_calls,omitempty"`
	Variables   map[string]struct{}           `json:"variables,omitempty"`
}

type moduleCallJSON struct {
	Module *declaredModuleJSON `json:"module"`
}

type declaredOutputJSON struct {
	Sensitive bool `json:"sensitive,omitempty"`
}

// declaredResourceJSON is a block; its address is relative to its module.
type declaredResourceJSON struct {
	Address           string `json:"address"`
	Mode              string `json:"mode"`
	Type              string `json:"type"`
	Name              string `json:"name"`
	ProviderConfigKey string `json:"provider_config_key"`
	SchemaVersion     int    `json:"schema_version"`
}

func configuration(p *plan.Plan) configurationJSON {
	root := &declaredModuleJSON{Outputs: map[string]declaredOutputJSON{}, Variables: map[string]struct{}{}}
	for _, o := range p.Outputs {
		if o.After != nil {
			root.Outputs[o.Name] = declaredOutputJSON{Sensitive: o.After.Sensitive}
		}
	}
	for name := range p.Variables {
		root.Variables[name] = struct{}{}
	}
	type block struct{ module, name string }
	instances, blocks := map[block]bool{}, map[string]bool{}
	for i := range p.Steps {
		at := p.Steps[i].Address
		if instance := (block{at.Module, at.Name}); declares(&p.Steps[i]) && !instances[instance] {
			instances[instance] = true
			if declaration := at.Declaration(); !blocks[declaration] {
				blocks[declaration] = true
				root.declare(strings.Split(declaration, ".")) // no name has a dot
			}
		}
	}
	root.sort()
	return configurationJSON{map[string]providerJSON{smarther: {smarther, smarther}}, root}
}

// declares tells whether a step is about a thermostat that has a block.
func declares(s *plan.Step) bool { return s.Action != plan.Forget && s.Action != plan.Destroy }

// declare adds a block by the parts of its declaration: module, NAME, thermostat,
// NAME.
func (m *declaredModuleJSON) declare(parts []string) {
	for ; len(parts) > 2; parts = parts[2:] {
		if m.ModuleCalls == nil {
			m.ModuleCalls = map[string]moduleCallJSON{}
		}
		call, known := m.ModuleCalls[parts[1]]
		if !known {
			call.Module = &declaredModuleJSON{}
			m.ModuleCalls[parts[1]] = call
		}
		m = call.Module
	}
	m.Resources = append(m.Resources, declaredResourceJSON{
		Address: thermostat + "." + parts[1], Mode: managed, Type: thermostat, Name: parts[1], ProviderConfigKey: smarther,
	})
}

func (m *declaredModuleJSON) sort() {
	slices.SortFunc(m.Resources, func(a, b declaredResourceJSON) int { return cmp.Compare(a.Name, b.Name) })
	for _, call := range m.ModuleCalls {
		call.Module.sort()
	}
}
