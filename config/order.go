package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"setpoint/config/address"
)

// dependencies reads depends_on: groups, sorted.
func (s *scope) dependencies(attr *hcl.Attribute) []string {
	if attr == nil {
		return nil
	}
	exprs, diags := hcl.ExprList(attr.Expr)
	if diags.HasErrors() {
		s.reportf(attr.Expr.Range(), "Invalid depends_on", "depends_on is a list of thermostats and modules, as in [thermostat.hall].")
		return nil
	}
	groups := map[string]bool{}
	for _, expr := range exprs {
		traversal, diags := hcl.AbsTraversalForExpr(expr)
		var name string
		if !diags.HasErrors() && len(traversal) > 1 {
			attr, _ := traversal[1].(hcl.TraverseAttr)
			name = attr.Name
		}
		switch root := rootName(traversal); {
		case name == "" || root != "thermostat" && root != "module":
			s.reportf(expr.Range(), "Invalid depends_on", "A dependency is a thermostat or a module, written without quotes: thermostat.NAME or module.NAME.")
		case root == "thermostat" && namesAttribute(traversal[2:]):
			s.reportf(expr.Range(), "Invalid depends_on", "A dependency is a thermostat as a whole, not an attribute of it: thermostat.%s.", name)
		case root == "thermostat" && s.module.thermostats[name] == nil:
			s.undeclared(expr.Range(), "thermostat", name, slices.Collect(maps.Keys(s.module.thermostats)))
		case root == "module" && s.module.calls[name] == nil:
			s.undeclared(expr.Range(), "module", name, slices.Collect(maps.Keys(s.module.calls)))
		default:
			groups[s.within(root+"."+name)] = true
		}
	}
	return slices.Sorted(maps.Keys(groups))
}

// waits finds the depends_on that holds for a block: its own, or that of the
// nearest module around it.
func (s *scope) waits(body *hcl.BodyContent) *hcl.Attribute {
	attr := body.Attributes["depends_on"]
	for in := s; attr == nil && in.parent != nil; in = in.parent {
		attr = in.block.body.Attributes["depends_on"]
	}
	return attr
}

func namesAttribute(t hcl.Traversal) bool {
	return slices.ContainsFunc(t, func(step hcl.Traverser) bool { _, ok := step.(hcl.TraverseAttr); return ok })
}

func rootName(t hcl.Traversal) string {
	if len(t) == 0 || t.IsRelative() {
		return ""
	}
	return t.RootName()
}

// union joins two sets without changing either.
func union(a, b map[string]bool) map[string]bool {
	if len(b) == 0 {
		return a
	}
	all := make(map[string]bool, len(a)+len(b))
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

// merged joins two sorted lists of groups.
func merged(a, b []string) []string {
	if len(a) == 0 {
		return b
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// waiting is a group in the search for circles: a thermostat block within its
// module, or a module, which waits for all that is in it.
type waiting struct {
	before   []string
	at       hcl.Range
	said     bool // at is a depends_on
	seen     int
	reported bool // as part of a circle
}

const (
	unseen = iota
	active
	done
)

// checkOrder refuses blocks that wait for each other by depends_on. A circle of
// references alone has been reported where it was met.
func (e *evaluation) checkOrder(blocks []*node) {
	waits := func(n *node) bool { return len(n.after)+len(n.dependsOn) > 0 }
	if e.cyclic || !slices.ContainsFunc(blocks, waits) {
		return
	}
	all := make(map[string]*waiting, len(blocks))
	for _, n := range blocks {
		w := &waiting{before: merged(slices.Sorted(maps.Keys(n.after)), n.dependsOn), at: n.block.declared}
		if w.said = n.waits != nil; w.said {
			w.at = n.waits.Expr.Range()
		}
		all[n.name] = w
		for _, group := range (address.Address{Module: n.module, Name: n.block.name}).Groups() {
			if group == n.name {
				continue
			}
			if all[group] == nil {
				all[group] = &waiting{}
			}
			all[group].before = append(all[group].before, n.name)
		}
	}
	var path []string
	var visit func(name string)
	visit = func(name string) {
		w := all[name]
		w.seen = active
		path = append(path, name)
		for _, next := range w.before {
			switch before := all[next]; {
			case before == nil: // a module without thermostats
			case before.seen == unseen:
				visit(next)
			case before.seen == active:
				e.reportCircle(all, path[slices.Index(path, next):])
			}
		}
		path = path[:len(path)-1]
		w.seen = done
	}
	for _, n := range blocks {
		if all[n.name].seen == unseen {
			visit(n.name)
		}
	}
}

// reportCircle reports blocks that wait for each other, at a depends_on of one
// of them. The instances of a repeated module make a circle each, with the same
// blocks around them: the first stands for all.
func (e *evaluation) reportCircle(all map[string]*waiting, circle []string) {
	var at hcl.Range
	for _, name := range circle { // the last one is where the search came upon the circle
		w := all[name]
		if w.reported {
			return
		}
		if w.said || at.Filename == "" {
			at = w.at
		}
	}
	for _, name := range circle {
		all[name].reported = true
	}
	e.reportf(at, "Dependency cycle", "These wait for each other in a circle: %s. Remove one of the dependencies.",
		strings.Join(append(slices.Clone(circle), circle[0]), " -> "))
}
