package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/address"
)

func (a *app) graphCommand() *cobra.Command {
	var full bool
	cmd := &cobra.Command{
		Use:   "graph",
		Short: "Print thermostats and dependencies as a graph",
		Long: `Prints the thermostats of the configuration and what each comes after, in the DOT language of Graphviz. An arrow
points at what comes first: a solid one is depends_on, which waits for success; a dashed one is a reference, which only
orders the calls. References that follow from others are left out.

A module is a box around its thermostats. A repeated block is one node with the number of its thermostats, a repeated
module one box with the number of its instances, unless --full shows each. An arrow to a box is to all in it. Neither state nor network is used.`,
		Example: `  setpoint graph | dot -Tsvg > graph.svg
  setpoint graph --full`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := a.load(config.Options{})
			if err != nil {
				return err
			}
			return a.answer(newGraph(c.Thermostats, full).dot())
		},
	}
	a.variableFlags(cmd.Flags())
	cmd.Flags().BoolVar(&full, "full", false, "every thermostat and every instance of a module")
	return cmd
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

// dot writes the graph in the language of Graphviz.
func (g *graph) dot() string {
	var b strings.Builder
	b.WriteString("// Arrows point at what comes first: solid for depends_on, dashed for references.\n")
	b.WriteString("digraph {\n  compound = true\n  rankdir = \"RL\"\n  node [shape = \"box\"]\n")
	g.root.write(&b, "  ")
	for _, from := range slices.Sorted(maps.Keys(g.arrows)) {
		for _, to := range slices.Sorted(maps.Keys(g.arrows[from])) {
			g.writeArrow(&b, from, to)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func (x *box) write(b *strings.Builder, indent string) {
	for _, n := range x.nodes {
		label := n.label
		if n.repeated || n.count > 1 {
			label = fmt.Sprintf("%s (%d)", label, n.count)
		}
		fmt.Fprintf(b, "%s%s [label = %s]\n", indent, dotQuote(n.name), dotQuote(label))
	}
	for _, inner := range x.boxes {
		label := inner.label
		if n := len(inner.instances); n > 0 {
			label = fmt.Sprintf("%s (%d)", label, n)
		}
		fmt.Fprintf(b, "%ssubgraph %s {\n%s  label = %s\n", indent, dotQuote(clusterName(inner)), indent, dotQuote(label))
		inner.write(b, indent+"  ")
		fmt.Fprintf(b, "%s}\n", indent)
	}
}

// writeArrow writes an arrow to a node, or to a box by way of a node in it; none
// where what it points at has no thermostats.
func (g *graph) writeArrow(b *strings.Builder, from, to string) {
	var attributes []string
	target := g.nodes[to]
	if into := g.boxes[to]; into != nil && target == nil {
		target = into.some()
		attributes = append(attributes, "lhead = "+dotQuote(clusterName(into)))
	}
	if target == nil {
		return
	}
	if g.arrows[from][to] == reference {
		attributes = append(attributes, `style = "dashed"`)
	}
	fmt.Fprintf(b, "  %s -> %s", dotQuote(from), dotQuote(target.name))
	if len(attributes) > 0 {
		fmt.Fprintf(b, " [%s]", strings.Join(attributes, ", "))
	}
	b.WriteString("\n")
}

// some is a node within the box; every box has one.
func (x *box) some() *node {
	if len(x.nodes) > 0 {
		return x.nodes[0]
	}
	return x.boxes[0].some()
}

func clusterName(b *box) string { return "cluster_" + b.name }

// dotQuote quotes a name or label. In a label a backslash begins an escape, so
// each is doubled, also in names, which may be any text.
func dotQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
