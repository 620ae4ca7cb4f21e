package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// sharedContext is what the expressions of several blocks are evaluated in, and
// the groups of thermostats that they come after on account of it.
type sharedContext struct {
	context *hcl.EvalContext
	after   map[string]bool
}

// settled names what the attributes of a block refer to, sorted, as in
// "local.x plant.home": blocks that refer to the same are evaluated in one
// context. It is "" where they refer to anything whose value depends on who asks
// or on when, or where that takes a closer look.
func (r *references) settled(block *thermostatBlock, body *hcl.BodyContent) string {
	if inner := block.inner(); inner.onRemove != nil || len(inner.preconditions) > 0 {
		return ""
	}
	var names []string
	for name, attr := range body.Attributes {
		switch expr := attr.Expr.(type) {
		case *hclsyntax.LiteralValueExpr:
		case *hclsyntax.ScopeTraversalExpr:
			root := expr.Traversal.RootName()
			if slices.Contains(r.scoped, root) {
				continue
			}
			if len(expr.Traversal) < 2 || root != "plant" && root != "local" {
				return ""
			}
			step, ok := expr.Traversal[1].(hcl.TraverseAttr)
			if !ok {
				return ""
			}
			if name := root + "." + step.Name; !slices.Contains(names, name) {
				names = append(names, name)
			}
		default:
			if name != "for_each" && name != "count" && name != "depends_on" {
				return ""
			}
		}
	}
	if len(names) == 1 {
		return names[0]
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// settledContext is the context that was kept; nil for none. Whoever asks
// depends on what it is made of.
func (s *scope) settledContext(names string) *hcl.EvalContext {
	shared := s.contexts[names]
	if shared == nil {
		return nil
	}
	s.dependOn(shared.after)
	return shared.context
}

// keepContext keeps a context unless something in it is being evaluated still.
func (s *scope) keepContext(names string, context *hcl.EvalContext) {
	if names == "" {
		return
	}
	shared := &sharedContext{context: context}
	for name := range strings.SplitSeq(names, " ") {
		n := s.nodes[name]
		if n == nil || !n.done {
			return
		}
		shared.after = union(shared.after, n.after)
	}
	if s.contexts == nil {
		s.contexts = map[string]*sharedContext{}
	}
	s.contexts[names] = shared
}
