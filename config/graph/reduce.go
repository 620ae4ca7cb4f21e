package graph

import (
	"cmp"
	"maps"
	"slices"
)

// reduce takes away the references that follow from others: what comes after
// something comes after all that this comes after. Nothing follows but what ranks
// lower, so the search from the highest goes no further down than to the lowest.
func (g *graph) reduce() {
	ranks := map[string]int{}
	for from, targets := range g.arrows {
		if len(targets) < 2 {
			continue
		}
		names := slices.SortedFunc(maps.Keys(targets), func(a, b string) int {
			return cmp.Or(cmp.Compare(g.rank(b, ranks), g.rank(a, ranks)), cmp.Compare(a, b))
		})
		lowest := ranks[names[len(names)-1]]
		reduced, follow, open := arrows{}, map[string]bool{}, len(names)
		for _, to := range names {
			if follow[to] && targets[to] == reference {
				continue
			}
			reduced[to] = targets[to]
			if !follow[to] {
				open-- // once all targets follow, or have been looked into, the search is over
			}
			for next := []string{to}; len(next) > 0 && open > 0; {
				at := next[len(next)-1]
				next = next[:len(next)-1]
				for further := range g.blocks[at] {
					if follow[further] || further == to || g.rank(further, ranks) < lowest {
						continue
					}
					follow[further] = true
					next = append(next, further)
					if _, target := targets[further]; target && reduced[further] == 0 {
						open--
					}
				}
			}
		}
		g.arrows[from] = reduced
	}
}

// rank is the length of the longest way along arrows from a block. Where blocks
// stand for their instances, there can be circles, which end where they close.
func (g *graph) rank(name string, known map[string]int) int {
	if rank, ok := known[name]; ok {
		return rank
	}
	known[name] = 0
	highest := 0
	for to := range g.blocks[name] {
		highest = max(highest, 1+g.rank(to, known))
	}
	known[name] = highest
	return highest
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
