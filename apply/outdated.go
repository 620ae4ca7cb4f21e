package apply

import (
	"setpoint/plan"
	"setpoint/provider"
)

// outdated are the steps that forget a device which the record has under two
// addresses or more, as an interrupted run can leave it behind. Only the newest
// record says what the device has. An older one must not be left alone by a run
// that ends in between, or it would be called confirmed: it goes first.
type outdated map[provider.Device][]*plan.Step

// newOutdated finds them among the steps of a plan.
func newOutdated(steps []plan.Step) outdated {
	first := map[provider.Device]*plan.Step{}
	all := outdated{}
	for i := range steps {
		step := &steps[i]
		if step.Action != plan.Forget && step.Action != plan.Destroy {
			continue
		}
		if other := first[step.Device]; other == nil {
			first[step.Device] = step
			continue
		} else if all[step.Device] == nil {
			all[step.Device] = []*plan.Step{other}
		}
		all[step.Device] = append(all[step.Device], step)
	}
	return all
}

// drop forgets what is older than the record that a step is about to take away.
func (o outdated) drop(journal Journal, step *plan.Step) error {
	for _, other := range o[step.Device] {
		if other == step || other.Action != plan.Forget || step.Action == plan.Forget && !other.Older(step) {
			continue
		}
		if err := journal.Drop(other.RecordName()); err != nil {
			return err
		}
	}
	return nil
}
