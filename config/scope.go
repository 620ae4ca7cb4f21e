package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// scope evaluates one module. Everything that can be referred to is evaluated
// once, when it is first needed, which is the order of the dependencies.
//
// A value that cannot be had because of an error is unknown from then on, and
// whatever is made of it is unknown too: each mistake is reported once, where
// it is, not again wherever it is felt.
type scope struct {
	*evaluation
	module *module
	values map[string]cty.Value // of variables
	nodes  map[string]*node
	active []*node
	cyclic bool // a circle of references was met

	providerConfig Provider
	providerZone   *time.Location    // nil where none is declared
	plantsByID     map[string]*plant // complete once plantsKnown
	plantsKnown    bool
}

// node is something that can be referred to: local.x, plant.x, thermostat.x.
type node struct {
	name        string
	done        bool
	value       cty.Value
	after       map[string]bool // thermostat groups it refers to, directly or not
	dependsOn   []string        // of a thermostat block: groups
	thermostats []instance      // of a thermostat block
	failed      bool            // the instances of a thermostat block could not be told
}

// need evaluates the named node unless it is done, and notes that the active
// node depends on it.
func (s *scope) need(name string, at hcl.Range, evaluate func(*node)) *node {
	n := s.nodes[name]
	if n == nil {
		n = &node{name: name, value: cty.DynamicVal}
		s.nodes[name] = n
		s.active = append(s.active, n)
		evaluate(n)
		s.active = s.active[:len(s.active)-1]
		n.done = true
	} else if !n.done {
		s.cycle(n, at)
		return n
	}
	s.dependOn(n.after)
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

// references collects what expressions refer to and makes the context that they
// are evaluated in: the functions, and of everything else just what is needed.
type references struct {
	scope  *scope
	scoped []string // names with a meaning of their own here, such as each
	roots  map[string]map[string]cty.Value
}

// add resolves the references of an expression. False means that one is wrong,
// which has been reported.
func (r *references) add(expr hcl.Expression) bool {
	ok := true
	for _, traversal := range expr.Variables() {
		if slices.Contains(r.scoped, traversal.RootName()) {
			continue
		}
		if r.roots == nil {
			r.roots = map[string]map[string]cty.Value{}
		}
		ok = r.scope.resolve(traversal, r.roots) && ok
	}
	return ok
}

func (r *references) context() *hcl.EvalContext {
	if len(r.roots) == 0 {
		return r.scope.base
	}
	ctx := r.scope.base.NewChild()
	ctx.Variables = make(map[string]cty.Value, len(r.roots))
	for root, attrs := range r.roots {
		ctx.Variables[root] = cty.ObjectVal(attrs)
	}
	return ctx
}

// resolve puts what a traversal refers to into roots.
func (s *scope) resolve(t hcl.Traversal, roots map[string]map[string]cty.Value) bool {
	root := t.RootName()
	if !slices.Contains(referenceRoots(), root) {
		s.unknownRoot(t)
		return false
	}
	if len(t) < 2 {
		s.reportf(t.SourceRange(), "Incomplete reference", "%q must be followed by a name, as in %s.NAME.", root, root)
		return false
	}
	attr, isAttr := t[1].(hcl.TraverseAttr)
	if !isAttr {
		s.reportf(t.SourceRange(), "Invalid reference", "%q must be followed by a name, as in %s.NAME.", root, root)
		return false
	}
	if roots[root] == nil {
		roots[root] = map[string]cty.Value{}
	}
	if _, known := roots[root][attr.Name]; known && root != "thermostat" {
		return true
	}
	value, ok := s.lookup(root, attr.Name, t)
	roots[root][attr.Name] = value
	return ok
}

func referenceRoots() []string {
	return []string{"var", "local", "plant", "thermostat", "path", "each", "count"}
}

func (s *scope) lookup(root, name string, t hcl.Traversal) (cty.Value, bool) {
	at := t.SourceRange()
	switch root {
	case "var":
		if value, ok := s.values[name]; ok {
			return value, true
		}
		return s.undeclared(at, "variable", name, slices.Collect(maps.Keys(s.values)))
	case "local":
		attr, ok := s.module.locals[name]
		if !ok {
			return s.undeclared(at, "local value", name, slices.Collect(maps.Keys(s.module.locals)))
		}
		return s.need("local."+name, at, func(n *node) { n.value = s.evaluate(attr.Expr) }).value, true
	case "plant":
		block, ok := s.module.plants[name]
		if !ok {
			return s.undeclared(at, "plant", name, slices.Collect(maps.Keys(s.module.plants)))
		}
		return s.need("plant."+name, at, func(n *node) { n.value = s.plantObject(block) }).value, true
	case "thermostat":
		block, ok := s.module.thermostats[name]
		if !ok {
			return s.undeclared(at, "thermostat", name, slices.Collect(maps.Keys(s.module.thermostats)))
		}
		n := s.thermostat(block, at)
		s.dependOn(map[string]bool{"thermostat." + name: true})
		return s.thermostatObject(block, n), true
	case "path":
		switch name {
		case "module", "root":
			return cty.StringVal("."), true
		}
		return s.undeclared(at, "path", name, []string{"module", "root"})
	}
	s.reportf(at, "Reference out of place", "%s.%s has a meaning only in a thermostat block with %s.", root, name,
		map[string]string{"each": "for_each", "count": "count"}[root])
	return cty.DynamicVal, false
}

func (s *scope) undeclared(at hcl.Range, what, name string, names []string) (cty.Value, bool) {
	if s.partial() { // it may be declared in what could not be read
		return cty.DynamicVal, false
	}
	s.reportf(at, "Reference to something undeclared", "The configuration declares no %s %q.%s", what, name, suggest(name, names))
	return cty.DynamicVal, false
}

// unknownRoot explains a first word that is none: most often a text without
// its quotes.
func (s *scope) unknownRoot(t hcl.Traversal) {
	root := t.RootName()
	detail := fmt.Sprintf("%q is nothing that can be referred to.%s", root, suggest(root, referenceRoots()))
	if len(t) == 1 {
		detail = fmt.Sprintf("%s is no reference. A text is written in quotes: %q.", root, root)
	}
	s.reportf(t.SourceRange(), "Invalid reference", "%s", detail)
}

// evaluate gives the value of an expression, unknown after an error.
func (s *scope) evaluate(expr hcl.Expression) cty.Value {
	refs := references{scope: s}
	if !refs.add(expr) {
		return cty.DynamicVal
	}
	value, diags := expr.Value(refs.context())
	for _, d := range diags {
		s.report(s.explain(d, expr, refs.context()))
	}
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	return value
}
