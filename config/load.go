package config

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	// Time zones must not depend on what the host has installed.
	_ "time/tzdata"

	"github.com/hashicorp/hcl/v2"

	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/provider"
)

// Load reads and evaluates the configuration of a folder. Unless the list has
// errors the Config is valid; with errors it holds what could be understood, so
// that a caller can add findings of its own, and must not be planned. All
// problems are reported, each once.
func Load(o Options) (*Config, diag.List) {
	if o.Dir == "" {
		o.Dir = "."
	}
	e := &evaluation{
		options:   o,
		now:       o.Now,
		files:     map[string]*hcl.File{},
		zones:     map[string]*time.Location{},
		variables: map[string]json.RawMessage{},
		damaged:   map[string]bool{},
		addresses: map[provider.Device]string{},
	}
	c := &Config{Provider: defaultProvider(), Backend: Backend{Path: DefaultStatePath}, files: e.files}
	files := e.parseDir(o.Dir)
	if files == nil {
		return c, e.diagnostics()
	}
	var err error
	if e.sandbox, err = newSandbox(o.Dir, o.AllowDirs, &e.digest); err != nil {
		e.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Folder not readable", Detail: err.Error()})
		return c, e.diagnostics()
	}
	m := e.decodeModule(o.Dir, files)
	c.Backend = e.readSettings(m.settings)
	e.base = functionContext(o.Now, e.sandbox)
	s := &scope{evaluation: e, module: m, nodes: map[string]*node{}, plantsByID: map[string]*plant{}}
	s.values = e.variableValues(m, o)
	s.evaluateAll(c)
	c.Variables, c.Secrets, c.Digest = e.variables, e.secrets, e.digest.sum()
	return c, e.diagnostics()
}

// evaluateAll evaluates everything that is declared, needed or not.
func (s *scope) evaluateAll(c *Config) {
	s.provider(hcl.Range{})
	c.Provider = s.providerConfig
	s.allPlants(hcl.Range{})
	for _, name := range slices.Sorted(maps.Keys(s.module.locals)) {
		attr := s.module.locals[name]
		s.need("local."+name, attr.NameRange, func(n *node) { n.value = s.evaluate(attr.Expr) })
	}
	blocks := slices.Collect(maps.Values(s.module.thermostats))
	slices.SortFunc(blocks, func(a, b *thermostatBlock) int { return strings.Compare(a.name, b.name) })
	for _, block := range blocks {
		n := s.thermostat(block, block.declared)
		after := slices.Sorted(maps.Keys(n.after))
		for i := range n.thermostats {
			if !n.thermostats[i].broken {
				n.thermostats[i].After = after
				c.Thermostats = append(c.Thermostats, n.thermostats[i].Thermostat)
			}
		}
	}
	slices.SortFunc(c.Thermostats, func(a, b Thermostat) int { return address.Compare(a.Address, b.Address) })
	s.checkOrder(blocks)
	s.checkDevices(c.Thermostats)
	c.Outputs = s.outputs()
	for _, name := range slices.Sorted(maps.Keys(s.module.plants)) {
		for _, p := range s.plantsByID {
			if p.Name == name && !p.broken {
				c.Plants = append(c.Plants, p.Plant)
			}
		}
	}
}

// checkOrder refuses blocks that wait for each other by depends_on. A circle of
// references alone has been reported where it was met.
func (s *scope) checkOrder(blocks []*thermostatBlock) {
	if s.cyclic {
		return
	}
	const (
		unseen = iota
		active
		done
	)
	seen := map[string]int{}
	var path []string
	var visit func(block *thermostatBlock)
	visit = func(block *thermostatBlock) {
		group := "thermostat." + block.name
		seen[group] = active
		path = append(path, group)
		before := maps.Clone(s.nodes[group].after)
		if before == nil {
			before = map[string]bool{}
		}
		for _, name := range s.nodes[group].dependsOn {
			before[name] = true
		}
		for _, name := range slices.Sorted(maps.Keys(before)) {
			switch seen[name] {
			case unseen:
				visit(s.module.thermostats[strings.TrimPrefix(name, "thermostat.")])
			case active:
				circle := append(slices.Clone(path[slices.Index(path, name):]), name)
				at := block.declared
				if attr, ok := block.body.Attributes["depends_on"]; ok {
					at = attr.Expr.Range()
				}
				s.reportf(at, "Dependency cycle", "These wait for each other in a circle: %s. Remove one of the dependencies.", strings.Join(circle, " -> "))
			}
		}
		path = path[:len(path)-1]
		seen[group] = done
	}
	for _, block := range blocks {
		if seen["thermostat."+block.name] == unseen {
			visit(block)
		}
	}
}
