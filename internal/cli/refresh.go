package cli

import (
	"fmt"
	"time"

	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/provider"
	"setpoint/provider/survey"
)

// refresh reads the thermostats that a plan can use. A reading that is cut short
// by what holds for all is an error: the plan would not be what it says.
func (a *app) refresh(f *planFlags, in plan.Input, reached *cloud, signals *interrupts) (map[provider.Device]plan.Seen, error) {
	seen := map[provider.Device]plan.Seen{}
	devices := plan.Readable(in)
	if len(devices) == 0 {
		return seen, nil
	}
	if err := allowCalls(devices, f.maxCalls); err != nil {
		return nil, err
	}
	found := a.survey(calledBy(in.Wanted), devices, survey.Ask{Status: true}, reached, signals)
	if short, code := cutShort(&found.Ending, time.Now(), howFar(found)+", so no plan is made", "Run it again"); code != 0 {
		return nil, &exitError{code, diag.List{short}}
	}
	for i := range found.Readings {
		seen[found.Readings[i].Device] = seenOf(&found.Readings[i])
	}
	fmt.Fprintf(a.Stderr, "Read %s with %s.\n\n", plural(len(devices), "thermostat"), plural(found.Calls, "call"))
	return seen, nil
}

// seenOf is a reading as a plan uses it.
func seenOf(r *survey.Reading) plan.Seen {
	if !r.Status.OK() {
		return plan.Seen{At: time.Now(), Why: reasonOf(r.Status.Err)}
	}
	seen := plan.Seen{Settings: &r.Status.Value.Settings, At: r.Status.At}
	if clock := r.Status.Value.Time; !clock.IsZero() {
		seen.Clock = provider.WallClock(clock)
	}
	return seen
}
