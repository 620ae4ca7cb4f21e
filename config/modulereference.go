package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// moduleReference is what the expressions of one context refer to of a module.
// Only what is named is evaluated: two modules can refer to each other's outputs
// as long as these do not.
type moduleReference struct {
	node *node
	all  *node // done when all outputs of all instances are; nil where only some are meant
	some []*scope
}

// resolveModule evaluates the outputs that a traversal refers to.
func (r *references) resolveModule(name string, t hcl.Traversal) bool {
	s, at := r.scope, t.SourceRange()
	block, ok := s.module.calls[name]
	if !ok {
		_, ok = s.undeclared(at, "module", name, slices.Collect(maps.Keys(s.module.calls)))
		return ok
	}
	n := s.call(block, at)
	if r.modules == nil {
		r.modules = map[string]*moduleReference{}
	}
	m := r.modules[name]
	if m == nil {
		m = &moduleReference{node: n}
		r.modules[name] = m
	}
	if !n.done || n.failed {
		return true
	}
	outputs := slices.Sorted(maps.Keys(block.module.outputs))
	instances, rest, all := n.named(t[2:])
	if attr, isAttr := first(rest).(hcl.TraverseAttr); isAttr {
		if block.module.outputs[attr.Name] == nil {
			_, ok = s.undeclared(at, fmt.Sprintf("output of module %q called", name), attr.Name, outputs)
			return ok
		}
		if !all {
			outputs = []string{attr.Name}
		}
	}
	evaluate := func() {
		for _, child := range instances {
			for _, output := range outputs {
				child.output(child.module.outputs[output], at)
			}
		}
	}
	if !all {
		evaluate()
		m.some = append(m.some, instances...)
		return true
	}
	// Once for all who ask: each instance of another module may, and there may be
	// as many of those.
	m.all = s.need("module."+name+"[*]", at, func(*node) { evaluate() })
	return true
}

func first(t hcl.Traversal) hcl.Traverser {
	if len(t) == 0 {
		return nil
	}
	return t[0]
}

// named gives the instances that a reference means and what of it follows the
// name of the instance. All tells that it may mean every one of several.
func (n *node) named(t hcl.Traversal) (instances []*scope, rest hcl.Traversal, all bool) {
	if n.single {
		return n.modules, t, false
	}
	index, ok := first(t).(hcl.TraverseIndex)
	if !ok {
		return n.modules, nil, true
	}
	key, ok := instanceKey(index.Key)
	if child := n.byKey[key]; ok && child != nil {
		return []*scope{child}, t[1:], false
	}
	if _, isText := key.Value().(string); n.counted || !ok || !isText {
		return n.modules, t[1:], true
	}
	return n.modules, t[1:], false // for the message, which says which keys there are
}

// object is what the reference stands for: an object of the outputs, or objects
// of them by key, or a tuple of them.
func (m *moduleReference) object() cty.Value {
	n := m.node
	switch {
	case !n.done || n.failed || m.all != nil && !m.all.done:
		return cty.DynamicVal
	case n.single && len(n.modules) == 1:
		return n.modules[0].outputsObject()
	case m.all == nil && n.counted:
		return n.allOutputs() // not all of them are there yet
	case m.all == nil:
		byKey := make(map[string]cty.Value, len(m.some))
		for _, child := range m.some {
			byKey[child.key()] = child.outputsObject()
		}
		return cty.ObjectVal(byKey)
	case n.value == cty.DynamicVal:
		n.value = n.allOutputs()
	}
	return n.value
}

func (n *node) allOutputs() cty.Value {
	byKey := map[string]cty.Value{}
	var inOrder []cty.Value
	for _, child := range n.modules {
		object := child.outputsObject()
		inOrder = append(inOrder, object)
		byKey[child.key()] = object
	}
	if n.counted {
		return cty.TupleVal(inOrder)
	}
	return cty.ObjectVal(byKey)
}

// key is the for_each key of a module instance.
func (s *scope) key() string {
	text, _ := s.repeated.key.Value().(string)
	return text
}

// outputsObject holds the outputs evaluated so far.
func (s *scope) outputsObject() cty.Value {
	attrs := map[string]cty.Value{}
	for name := range s.module.outputs {
		if n := s.nodes["output."+name]; n != nil {
			attrs[name] = n.value
		}
	}
	return cty.ObjectVal(attrs)
}
