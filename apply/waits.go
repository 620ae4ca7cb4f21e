package apply

import (
	"slices"

	"setpoint/plan"
)

// waits knows which steps wait for which. A step that makes no call holds
// nobody up itself, but who waits for it waits for what it depends on: whether
// the middle of a chain happens to change must not matter to its end.
type waits struct {
	calling map[string][]int    // steps with a call, by the groups that are waited for
	through map[string][]string // what the steps without a call in such a group depend on
	all     map[string][]string // by group: itself and all that it leads to
}

func newWaits(steps []plan.Step) *waits {
	w := &waits{calling: map[string][]int{}, through: map[string][]string{}, all: map[string][]string{}}
	for i := range steps {
		for _, group := range steps[i].DependsOn {
			w.calling[group] = nil
		}
	}
	for i := range steps {
		for _, group := range w.groups(&steps[i]) {
			if steps[i].Call {
				w.calling[group] = append(w.calling[group], i)
			} else {
				w.through[group] = append(w.through[group], steps[i].DependsOn...)
			}
		}
	}
	return w
}

// groups are the groups of a step that are waited for. What is destroyed is in
// none: its turn is after all that is declared.
func (w *waits) groups(step *plan.Step) []string {
	if len(w.calling) == 0 || step.Action == plan.Destroy {
		return nil
	}
	return slices.DeleteFunc(step.Address.Groups(), func(group string) bool {
		_, waited := w.calling[group]
		return !waited
	})
}

// after are the groups that a step waits for.
func (w *waits) after(step *plan.Step) []string {
	if len(step.DependsOn) == 1 {
		return w.reach(step.DependsOn[0])
	}
	var all []string
	for _, group := range step.DependsOn {
		all = append(all, w.reach(group)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// reach is the group and all that its steps without a call lead to, sorted.
func (w *waits) reach(group string) []string {
	if all, ok := w.all[group]; ok {
		return all
	}
	seen := map[string]bool{group: true}
	all := []string{group}
	for i := 0; i < len(all); i++ {
		for _, next := range w.through[all[i]] {
			if !seen[next] {
				seen[next] = true
				all = append(all, next)
			}
		}
	}
	slices.Sort(all)
	w.all[group] = all
	return all
}
