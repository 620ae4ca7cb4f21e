package apply

import (
	"setpoint/plan"
	"setpoint/provider"
)

// outdated are the steps that give up a device which the record has under two
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
		if step.Action != plan.Forget && step.Action != plan.Destroy && step.Action != plan.Exchange {
			continue
		}
		device := givenUp(step)
		if other := first[device]; other == nil {
			first[device] = step
			continue
		} else if all[device] == nil {
			all[device] = []*plan.Step{other}
		}
		all[device] = append(all[device], step)
	}
	return all
}

// givenUp is the device whose record a step takes away.
func givenUp(step *plan.Step) provider.Device {
	if step.Action == plan.Exchange {
		return step.Before.Device
	}
	return step.Device
}

// concerns tells whether a step may have an older record to drop.
func (o outdated) concerns(step *plan.Step) bool {
	return step.Action == plan.Destroy || step.Action == plan.Exchange && o[givenUp(step)] != nil
}

// drop forgets what is older than the record that a step is about to take away.
func (o outdated) drop(journal Journal, step *plan.Step) error {
	for _, other := range o[givenUp(step)] {
		if other == step || other.Action != plan.Forget || step.Action != plan.Destroy && !other.Older(step) {
			continue
		}
		if err := journal.Drop(other.RecordName()); err != nil {
			return err
		}
	}
	return nil
}
