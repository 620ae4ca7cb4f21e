package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/address"
	"setpoint/config/diag"
)

// scope evaluates one instance of a module. Everything that can be referred to
// is evaluated once, when it is first needed, which is the order of the
// dependencies.
//
// A value that cannot be had because of an error is unknown from then on, and
// whatever is made of it is unknown too: each mistake is reported once, where
// it is, not again wherever it is felt.
type scope struct {
	*evaluation
	module *module
	path   string               // the address of the instance, "" for the root
	values map[string]cty.Value // of variables of the root
	nodes  map[string]*node
	// contexts are those that blocks share; see settled.
	contexts map[string]*sharedContext

	// Of a called module: who called it, and as which instance.
	parent   *scope
	block    *callBlock
	repeated repetition
	// Groups that everything in it comes after, and those that must also have
	// succeeded.
	after     map[string]bool
	dependsOn []string
	// absent tells that there is no such instance: it is only looked at for
	// what is wrong with it however it is called.
	absent bool
}

// node is something that can be referred to: local.x, plant.x, thermostat.x.
type node struct {
	name      string // with the address of the module instance
	done      bool
	value     cty.Value
	after     map[string]bool // thermostat groups it refers to, itself or by way of other things than thermostats
	dependsOn []string        // of a thermostat or module block: groups
	failed    bool            // the instances of a block could not be told

	block       *thermostatBlock // of a thermostat block
	waits       *hcl.Attribute   // where it is said what it waits for: its depends_on, or that of a module around it
	module      string           // its module instance
	thermostats []instance

	modules []*scope // of a module block
	byKey   map[address.Key]*scope
	absent  *scope // stands for a module without instances
	single  bool   // it is not repeated
	counted bool   // it is repeated by count
}

// within is the address of something in the module instance.
func (s *scope) within(relative string) string {
	if s.path == "" {
		return relative
	}
	return s.path + "." + relative
}

func (s *scope) report(d *hcl.Diagnostic) {
	if d.Extra == nil && s.path != "" {
		d.Extra = diag.Extra{Address: s.path}
	}
	s.evaluation.report(d)
}

func (s *scope) reportf(subject hcl.Range, summary, format string, args ...any) {
	s.report(errorAt(subject, summary, fmt.Sprintf(format, args...)))
}

// need evaluates the named node unless it is done, and notes that the active
// node depends on what it depends on; who refers to a thermostat depends on that
// alone, which has dependencies of its own.
func (s *scope) need(name string, at hcl.Range, evaluate func(*node)) *node {
	n := s.nodes[name]
	if n == nil {
		n = &node{name: s.within(name), value: cty.DynamicVal}
		s.nodes[name] = n
		s.active = append(s.active, n)
		evaluate(n)
		s.active = s.active[:len(s.active)-1]
		n.done = true
	} else if !n.done {
		s.cycle(n, at)
		return n
	}
	if n.block == nil {
		s.dependOn(n.after)
	}
	return n
}

func (s *scope) dependOn(groups map[string]bool) {
	if len(s.active) == 0 || len(groups) == 0 {
		return
	}
	top := s.active[len(s.active)-1]
	if top.after == nil {
		top.after = make(map[string]bool, len(groups))
	}
	maps.Copy(top.after, groups)
}

func (s *scope) cycle(n *node, at hcl.Range) {
	s.cyclic = true
	from := slices.Index(s.active, n)
	var path []string
	for _, step := range s.active[from:] {
		path = append(path, step.name)
	}
	path = append(path, n.name)
	if len(path) == 2 {
		s.reportf(at, "Reference to itself", "%s refers to itself. Give one of the two its value directly.", n.name)
		return
	}
	s.reportf(at, "Reference cycle", "These refer to each other in a circle: %s. Give one of them its value directly.", strings.Join(path, " -> "))
}

// evaluate gives the value of an expression, unknown after an error.
func (s *scope) evaluate(expr hcl.Expression) cty.Value { return s.evaluateWith(expr, repetition{}) }

// evaluateWith evaluates within an instance of a repeated block.
func (s *scope) evaluateWith(expr hcl.Expression, each repetition) cty.Value {
	refs := references{scope: s, scoped: each.names()}
	if !refs.add(expr) {
		return cty.DynamicVal
	}
	ctx := each.context(refs.context())
	value, diags := expr.Value(ctx)
	for _, d := range diags {
		d = s.explain(d, expr, ctx)
		d.Extra = diag.Extra{Address: s.path}
		s.report(d)
	}
	if diags.HasErrors() || s.tooLong(expr, value) || s.tooLarge(expr, value) {
		return cty.DynamicVal
	}
	return value
}

// tooLong refuses a text that would fill the memory if it were doubled a few
// more times.
func (s *scope) tooLong(expr hcl.Expression, value cty.Value) bool {
	const most = 32 << 20
	value, _ = value.Unmark()
	if value.Type() != cty.String || !value.IsKnown() || value.IsNull() || len(value.AsString()) <= most {
		return false
	}
	s.reportf(expr.Range(), "Text too long", "The text has %d bytes, more than %d MiB. Write it in smaller parts.", len(value.AsString()), most>>20)
	return true
}
