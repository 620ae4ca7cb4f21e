package config

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	// Time zones must not depend on what the host has installed.
	_ "time/tzdata"

	"github.com/hashicorp/hcl/v2"

	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/config/functions"
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
		options:        o,
		files:          map[string]*hcl.File{},
		zones:          map[string]*time.Location{},
		variables:      map[string]json.RawMessage{},
		damaged:        map[string]bool{},
		addresses:      map[provider.Device]string{},
		modules:        map[string]*module{},
		schemas:        map[string]*hcl.BodySchema{},
		plants:         map[string]*plant{},
		secretTexts:    map[string]bool{},
		providerConfig: defaultProvider(),
	}
	c := &Config{Provider: defaultProvider(), Backend: Backend{Path: DefaultStatePath}, files: e.files}
	files := e.parseDir(".", nil)
	if files == nil {
		return c, e.diagnostics()
	}
	var err error
	if e.readable, err = functions.NewFiles(o.Dir, o.AllowDirs, e.digest.add); err != nil {
		e.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Folder not readable", Detail: diag.Capital(err.Error()) + "."})
		return c, e.diagnostics()
	}
	m := e.decodeModule(".", files)
	m.functions = e.functionsOf(".")
	root, err := e.readable.Dir(".")
	if err != nil {
		e.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Folder not readable", Detail: diag.Capital(err.Error()) + "."})
		return c, e.diagnostics()
	}
	e.link(m, []string{root})
	c.Backend = e.readSettings(m.settings)
	c.scope = &scope{evaluation: e, module: m, nodes: map[string]*node{}}
	e.root = c.scope
	e.root.values = e.root.variableValues(o)
	c.evaluate()
	c.Variables, c.Digest, c.Assumed = e.variables, e.digest.sum(), e.assumed
	c.redaction = redaction(e.secrets)
	c.redactChecks()
	return c, e.diagnostics()
}

// evaluate evaluates everything that is declared, needed or not.
func (c *Config) evaluate() {
	s := c.scope
	s.provider(hcl.Range{})
	c.Provider = s.providerConfig
	blocks := c.evaluateModule(s)
	slices.SortFunc(c.Thermostats, func(a, b Thermostat) int { return address.Compare(a.Address, b.Address) })
	slices.SortFunc(c.Checks, func(a, b Check) int { return address.Compare(a.place(), b.place()) })
	s.checkOrder(blocks)
	s.checkDevices(c.Thermostats)
	c.Outputs, c.Imports = s.outputs(), s.imports()
	c.Protected = map[string]bool{}
	if !s.tooMany { // it follows every call, as the instances do
		s.module.protect("", c.Protected)
	}
	for _, p := range s.plants {
		if !p.broken {
			c.Plants = append(c.Plants, p.Plant)
		}
	}
	slices.SortFunc(c.Plants, func(a, b Plant) int { return cmp.Or(cmp.Compare(a.Module, b.Module), cmp.Compare(a.Name, b.Name)) })
}

// evaluateModule evaluates a module instance with all below it and gives its
// thermostat blocks.
func (c *Config) evaluateModule(s *scope) []*node {
	for _, name := range slices.Sorted(maps.Keys(s.module.variables)) {
		v := s.module.variables[name]
		if v.fallback != nil { // it must be right, used or not
			s.defaultOf(v)
		}
		if s.parent != nil {
			s.input(v, v.declared)
		}
		s.validate(v)
	}
	for _, name := range slices.Sorted(maps.Keys(s.module.locals)) {
		attr := s.module.locals[name]
		s.local(name, attr, attr.NameRange)
	}
	s.ownPlants(hcl.Range{})
	blocks := make([]*node, 0, len(s.module.thermostats))
	c.Thermostats = slices.Grow(c.Thermostats, len(s.module.thermostats))
	for _, name := range slices.Sorted(maps.Keys(s.module.thermostats)) {
		block := s.module.thermostats[name]
		n := s.thermostat(block, block.declared)
		blocks = append(blocks, n)
		after := slices.Sorted(maps.Keys(n.after))
		c.Thermostats = slices.Grow(c.Thermostats, len(n.thermostats))
		for i := range n.thermostats {
			if !n.thermostats[i].broken && !s.absent {
				n.thermostats[i].After = after
				c.Thermostats = append(c.Thermostats, n.thermostats[i].Thermostat)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.module.calls)) {
		n := s.call(s.module.calls[name], s.module.calls[name].declared)
		for _, child := range n.modules {
			blocks = append(blocks, c.evaluateModule(child)...)
		}
		if n.absent != nil {
			c.evaluateModule(n.absent)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.module.outputs)) {
		s.checkOutput(s.module.outputs[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.module.checks)) {
		if result := s.check(s.module.checks[name]); !s.absent {
			c.Checks = append(c.Checks, result)
		}
	}
	if moves, removals := s.moves(), s.removals(); !s.absent {
		c.Moves, c.Removals = append(c.Moves, moves...), append(c.Removals, removals...)
	}
	return blocks
}

// functionsOf is what expressions of a module are evaluated in.
func (e *evaluation) functionsOf(dir string) *hcl.EvalContext {
	return &hcl.EvalContext{Functions: functions.Table(e.options.Now, e.readable, dir)}
}
