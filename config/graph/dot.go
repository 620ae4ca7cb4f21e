package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

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
