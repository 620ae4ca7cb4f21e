package plan

import "container/heap"

// order gives the order of steps, which come sorted by address: of those whose
// dependencies are already placed, the smallest address comes next. It takes
// time in proportion to steps and dependencies, not to their product. Steps in
// a circle of dependencies, which a valid configuration does not have, come
// last in the order of their addresses.
func order(steps []Step, after [][]string) []int {
	waiting := map[string][]int{} // by group: the steps that wait for it
	missing := make([]int, len(steps))
	for i := range steps {
		for _, group := range union(after[i], steps[i].DependsOn) {
			waiting[group] = append(waiting[group], i)
			missing[i]++
		}
	}
	open := map[string]int{} // by group that is waited for: its steps not yet placed
	groups := make([][]string, len(steps))
	if len(waiting) > 0 {
		for i := range steps {
			for _, group := range steps[i].Address.Groups() {
				if waiting[group] != nil {
					groups[i] = append(groups[i], group)
					open[group]++
				}
			}
		}
	}
	ready := &smallest{}
	release := func(group string) {
		for _, i := range waiting[group] {
			if missing[i]--; missing[i] == 0 {
				heap.Push(ready, i)
			}
		}
	}
	for i := range steps {
		if missing[i] == 0 {
			*ready = append(*ready, i)
		}
	}
	for group := range waiting {
		if open[group] == 0 { // nothing in it: nothing to wait for
			release(group)
		}
	}
	heap.Init(ready)
	placed := make([]int, 0, len(steps))
	for ready.Len() > 0 {
		i := heap.Pop(ready).(int)
		placed = append(placed, i)
		for _, group := range groups[i] {
			if open[group]--; open[group] == 0 {
				release(group)
			}
		}
	}
	for i := range steps {
		if missing[i] > 0 {
			placed = append(placed, i)
		}
	}
	return placed
}

// union joins two sorted lists without repetitions.
func union(a, b []string) []string {
	if len(a) == 0 {
		return b
	}
	all := make([]string, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			a = a[1:]
		case a[0] < b[0]:
			all, a = append(all, a[0]), a[1:]
		default:
			all, b = append(all, b[0]), b[1:]
		}
	}
	return append(append(all, a...), b...)
}

// smallest is a heap of step numbers.
type smallest []int

func (h smallest) Len() int           { return len(h) }
func (h smallest) Less(i, j int) bool { return h[i] < h[j] }
func (h smallest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *smallest) Push(x any)        { *h = append(*h, x.(int)) }
func (h *smallest) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
