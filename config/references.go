package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/functions"
)

// references collects what expressions refer to and makes the context that they
// are evaluated in: the functions, and of everything else just what is needed.
type references struct {
	scope   *scope
	scoped  []string // names with a meaning of their own here, such as each
	roots   map[string]map[string]cty.Value
	modules map[string]*moduleReference
}

// add resolves the references of an expression. False means that one is wrong,
// which has been reported.
func (r *references) add(expr hcl.Expression) bool {
	ok := true
	for _, traversal := range expr.Variables() {
		if !slices.Contains(r.scoped, traversal.RootName()) {
			ok = r.resolve(traversal) && ok
		}
	}
	return ok
}

// addAll resolves the references of every attribute that is evaluated for each
// instance and tells which are wrong.
func (r *references) addAll(body *hcl.BodyContent) map[string]bool {
	names := make([]string, 0, len(body.Attributes))
	for name, attr := range body.Attributes {
		_, literal := attr.Expr.(*hclsyntax.LiteralValueExpr)
		if !literal && name != "for_each" && name != "count" && name != "depends_on" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var bad map[string]bool
	for _, name := range names {
		if !r.add(body.Attributes[name].Expr) {
			if bad == nil {
				bad = map[string]bool{}
			}
			bad[name] = true
		}
	}
	return bad
}

func (r *references) context() *hcl.EvalContext {
	base := r.scope.module.functions
	if len(r.roots) == 0 && len(r.modules) == 0 {
		return base
	}
	ctx := base.NewChild()
	ctx.Variables = make(map[string]cty.Value, len(r.roots)+1)
	for root, attrs := range r.roots {
		ctx.Variables[root] = cty.ObjectVal(attrs)
	}
	if len(r.modules) > 0 {
		modules := make(map[string]cty.Value, len(r.modules))
		for name, m := range r.modules {
			modules[name] = m.object()
		}
		ctx.Variables["module"] = cty.ObjectVal(modules)
	}
	return ctx
}

// resolve evaluates what a traversal refers to.
func (r *references) resolve(t hcl.Traversal) bool {
	s := r.scope
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
	if root == "module" {
		return r.resolveModule(attr.Name, t)
	}
	if r.roots == nil {
		r.roots = map[string]map[string]cty.Value{}
	}
	if r.roots[root] == nil {
		r.roots[root] = map[string]cty.Value{}
	}
	if _, known := r.roots[root][attr.Name]; known && root != "thermostat" {
		return true
	}
	value, ok := s.lookup(root, attr.Name, t)
	r.roots[root][attr.Name] = value
	return ok
}

func referenceRoots() []string {
	return []string{"var", "local", "plant", "thermostat", "module", "path", "each", "count"}
}

func (s *scope) lookup(root, name string, t hcl.Traversal) (cty.Value, bool) {
	at := t.SourceRange()
	switch root {
	case "var":
		v, ok := s.module.variables[name]
		switch {
		case !ok:
			return s.undeclared(at, "variable", name, slices.Collect(maps.Keys(s.module.variables)))
		case s.parent == nil:
			return s.values[name], true
		}
		return s.input(v, at).value, true
	case "local":
		attr, ok := s.module.locals[name]
		if !ok {
			return s.undeclared(at, "local value", name, slices.Collect(maps.Keys(s.module.locals)))
		}
		return s.local(name, attr, at).value, true
	case "plant":
		block, ok := s.module.plants[name]
		if !ok {
			return s.undeclared(at, "plant", name, slices.Collect(maps.Keys(s.module.plants)))
		}
		return s.plant(block, at).value, true
	case "thermostat":
		block, ok := s.module.thermostats[name]
		if !ok {
			return s.undeclared(at, "thermostat", name, slices.Collect(maps.Keys(s.module.thermostats)))
		}
		n := s.thermostat(block, at)
		s.dependOn(map[string]bool{n.name: true})
		return s.thermostatObject(block, n), true
	case "path":
		switch name {
		case "module":
			return functions.Path(s.module.dir), true
		case "root":
			return functions.Path("."), true
		}
		return s.undeclared(at, "path", name, []string{"module", "root"})
	}
	s.reportf(at, "Reference out of place", "%s.%s has a meaning only in a block with %s.", root, name,
		map[string]string{"each": "for_each", "count": "count"}[root])
	return cty.DynamicVal, false
}

func (s *scope) local(name string, attr *hcl.Attribute, at hcl.Range) *node {
	return s.need("local."+name, at, func(n *node) { n.value = s.evaluate(attr.Expr) })
}

func (s *scope) undeclared(at hcl.Range, what, name string, names []string) (cty.Value, bool) {
	if s.partial() { // it may be declared in what could not be read
		return cty.DynamicVal, false
	}
	where := "The configuration"
	if s.parent != nil {
		where = "The module " + s.module.dir
	}
	s.reportf(at, "Reference to something undeclared", "%s declares no %s %q.%s", where, what, name, suggest(name, names))
	return cty.DynamicVal, false
}

// unknownRoot explains a first word that is none: most often a text without
// its quotes.
func (s *scope) unknownRoot(t hcl.Traversal) {
	root := t.RootName()
	detail := fmt.Sprintf("%q is nothing that can be referred to.%s", root, suggest(root, referenceRoots()))
	switch instead := foreignRoots()[root]; {
	case instead != "":
		detail = fmt.Sprintf("%q is nothing that can be referred to. %s", root, instead)
	case len(t) == 1:
		detail = fmt.Sprintf("%s is no reference. A text is written in quotes: %q.", root, root)
	}
	s.reportf(t.SourceRange(), "Invalid reference", "%s", detail)
}

// foreignRoots are what people refer to who come from Terraform, and what to refer
// to here.
func foreignRoots() map[string]string {
	return map[string]string{
		"self":      "A block is referred to by its name, as in thermostat.hall.",
		"terraform": "There are no workspaces: let a variable say which house it is, and --state where its record is.",
		"data":      "Nothing is read from elsewhere while a configuration is evaluated. What files hold is read with file(…) and csvdecode(…).",
		"resource":  "What is declared is referred to by kind and name, as in thermostat.hall.",
		"variable":  "A variable is referred to as var.NAME.",
	}
}
