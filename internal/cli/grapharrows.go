package cli

import (
	"cmp"
	"maps"
	"slices"
)

// reduce takes away the references that follow from others: what a thermostat
// refers to includes what that refers to in turn. What refers to most comes first,
// so that most of the rest need not be looked into.
func (g *graph) reduce() {
	for from, targets := range g.arrows {
		names := slices.SortedFunc(maps.Keys(targets), func(a, b string) int {
			return cmp.Or(cmp.Compare(len(g.blocks[b]), len(g.blocks[a])), cmp.Compare(a, b))
		})
		reduced, follow := arrows{}, map[string]bool{}
		for _, to := range names {
			if follow[to] && targets[to] == reference {
				continue
			}
			reduced[to] = targets[to]
			for further := range g.blocks[to] {
				if further != to {
					follow[further] = true
				}
			}
		}
		g.arrows[from] = reduced
	}
}

// fewestGathered is from how many on arrows to all that is in a box are one arrow
// to the box.
const fewestGathered = 4

// gather lets one arrow to a box stand for arrows to all that is in it. Else a
// module that refers to another one, both repeated, would have an arrow from every
// instance to every instance.
func (g *graph) gather() {
	parents, inside := map[string]*box{}, map[*box]int{}
	g.root.count(g, parents, inside)
	type covered struct {
		box  *box
		kind arrow
	}
	for from, targets := range g.arrows {
		if len(targets) < fewestGathered {
			continue
		}
		reached := map[covered]int{}
		for to, kind := range targets {
			for b := parents[to]; b != nil; b = parents[b.name] {
				reached[covered{b, kind}]++
			}
		}
		gathered := arrows{}
		for to, kind := range targets {
			into := to
			for b := parents[to]; b != nil; b = parents[b.name] {
				if inside[b] >= fewestGathered && reached[covered{b, kind}] == inside[b] {
					into = b.name
				}
			}
			gathered[into] = max(gathered[into], kind)
		}
		g.arrows[from] = gathered
	}
}

// count finds out in which box each box and each target of arrows lies, and how
// many targets each box has within. The root is no box that can be pointed at.
func (x *box) count(g *graph, parents map[string]*box, inside map[*box]int) int {
	total := 0
	for _, n := range x.nodes {
		if x.block {
			return 1 // arrows point at the block, not at its thermostats
		}
		if total++; x != g.root {
			parents[n.name] = x
		}
	}
	for _, inner := range x.boxes {
		if x != g.root {
			parents[inner.name] = x
		}
		total += inner.count(g, parents, inside)
	}
	inside[x] = total
	return total
}
