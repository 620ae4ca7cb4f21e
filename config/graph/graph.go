// Package graph draws declared thermostats and what each comes after, as text for
// Graphviz. The same thermostats give the same text.
//
// It must not know how thermostats were declared, what was applied, nor where its
// text goes.
package graph

import (
	"strings"

	"setpoint/config"
	"setpoint/config/address"
)

// DOT draws thermostats, which come in their order, in the DOT language. An arrow
// points at what comes first: solid for DependsOn, dashed for After; references that
// follow from others are left out. A module is a box. A repeated block is one node
// with its count, a repeated module one box, unless full shows every thermostat and
// every instance; then arrows to all that is in a box are one arrow to the box.
func DOT(thermostats []config.Thermostat, full bool) string {
	return newGraph(thermostats, full).dot()
}

// graph is what is drawn: thermostats within boxes, and arrows.
type graph struct {
	full   bool
	root   *box
	boxes  map[string]*box
	nodes  map[string]*node
	arrows map[string]arrows // by the node they come from
	blocks map[string]arrows // by the block they come from
}

// box is a module, one of its instances, or (where every thermostat is shown) a
// repeated block.
type box struct {
	name, label string
	boxes       []*box
	nodes       []*node
	instances   map[string]bool // of a repeated module
	block       bool            // a repeated thermostat block
}

// node is a thermostat, or all of one block.
type node struct {
	name, label string
	count       int
	repeated    bool // by its own block, not only by a module
}

// arrows are by the name of what they point at: a node, or a box.
type arrows map[string]arrow

type arrow int

const (
	reference arrow = iota + 1
	dependency
)

// newGraph draws thermostats in their order.
func newGraph(thermostats []config.Thermostat, full bool) *graph {
	g := &graph{
		full: full, root: &box{}, boxes: map[string]*box{}, nodes: map[string]*node{},
		arrows: map[string]arrows{}, blocks: map[string]arrows{},
	}
	for i := range thermostats {
		t := &thermostats[i]
		name, block := g.place(t.Address), g.declared(t.Address.Block())
		for kind, groups := range map[arrow][]string{reference: t.After, dependency: t.DependsOn} {
			for _, group := range groups {
				to := g.declared(group)
				point(g.arrows, name, to, kind)
				point(g.blocks, block, to, kind)
			}
		}
	}
	g.reduce()
	if full {
		g.gather()
	}
	return g
}

func point(all map[string]arrows, from, to string, kind arrow) {
	if all[from] == nil {
		all[from] = arrows{}
	}
	all[from][to] = max(all[from][to], kind)
}

// declared is the name of a group: the block in the files, unless all instances
// are shown.
func (g *graph) declared(group string) string {
	if g.full {
		return group
	}
	const within = ".thermostat.x" // makes of a module the address of something in it
	if a, err := address.Parse(group); err == nil {
		return a.Declaration()
	}
	if a, err := address.Parse(group + within); err == nil {
		return strings.TrimSuffix(a.Declaration(), within)
	}
	return group
}

// place puts a thermostat into the boxes it belongs to and gives the name of
// its node.
func (g *graph) place(a address.Address) string {
	at := g.root
	groups := a.Groups()
	for _, group := range groups[:len(groups)-1] {
		key := keyIn(group, a)
		module := group[strings.LastIndex(group, "module."):]
		at = g.box(at, g.declared(group), module)
		switch {
		case key.IsNone():
		case g.full:
			at = g.box(at, group+key.String(), module+key.String())
		default:
			at.instances[group+key.String()] = true
		}
	}
	label := "thermostat." + a.Name
	name := a.Declaration()
	if g.full {
		name = a.String()
		if !a.Key.IsNone() {
			at = g.box(at, a.Block(), label)
			at.block = true
		}
		label += a.Key.String()
	}
	n := g.nodes[name]
	if n == nil {
		n = &node{name: name, label: label, repeated: !g.full && !a.Key.IsNone()}
		g.nodes[name] = n
		at.nodes = append(at.nodes, n)
	}
	n.count++
	return name
}

func keyIn(group string, a address.Address) address.Key {
	g, err := address.ParseGroup(group)
	if err != nil {
		return address.Key{}
	}
	key, _ := g.KeyOf(a)
	return key
}

func (g *graph) box(within *box, name, label string) *box {
	b := g.boxes[name]
	if b == nil {
		b = &box{name: name, label: label, instances: map[string]bool{}}
		g.boxes[name] = b
		within.boxes = append(within.boxes, b)
	}
	return b
}
