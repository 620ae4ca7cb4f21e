package cli

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"setpoint/apply/report"
	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/config/programs"
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
	a.tell(calling{&reached.policy})
	found := reached.survey(signals, devices, survey.AskStatus, func(e survey.Event) { a.tell(reading{e, in.Config.Thermostats, reached.policy.RateLimit}) })
	a.tell(calling{})
	if err := unfinished(&found.Ending, time.Now(), howFar(found)+", so no plan is made", "Run it again"); err != nil {
		return nil, err
	}
	for i := range found.Readings {
		seen[found.Readings[i].Device] = seenOf(&found.Readings[i])
	}
	a.tell(refreshed{len(devices), found.Calls})
	if !a.simulate { // simulated programs are nobody's
		a.tellOldPrograms(in.Config.Thermostats, seen)
	}
	return seen, nil
}

// seenOf is a reading as a plan uses it.
func seenOf(r *survey.Reading) plan.Seen {
	if !r.Status.OK() {
		return plan.Seen{At: time.Now(), Why: survey.Reason(r.Status.Err)}
	}
	seen := plan.Seen{Settings: &r.Status.Value.Settings, At: r.Status.At}
	if clock := r.Status.Value.Time; !clock.IsZero() {
		seen.Clock = provider.WallClock(clock)
	}
	return seen
}

// tellOldPrograms warns where thermostats were read in programs that the file, if
// there is one, does not have: names are looked up in it. A status carries no names,
// so a program that only has another name by now is not noticed.
func (a *app) tellOldPrograms(declared []config.Thermostat, seen map[provider.Device]plan.Seen) {
	known, content, err := a.readPrograms()
	if err != nil {
		var failed *exitError
		if errors.As(err, &failed) { // the plan does not depend on it
			a.warn(failed.diags[0].Summary, failed.diags[0].Detail)
		}
		return
	}
	var unknown []string
	for i := range declared {
		t := &declared[i]
		read := seen[t.Device].Settings
		if content == nil || read == nil || read.Mode != provider.Automatic || read.Program == provider.MinProgram {
			continue // the lowest number may stand for no program, and is not listed then
		}
		list, _ := known.Of(t.Device)
		if !slices.ContainsFunc(list, func(p provider.Program) bool { return p.Number == read.Program }) {
			unknown = append(unknown, fmt.Sprintf("%s (program %d)", t.Address, read.Program))
		}
	}
	if len(unknown) > 0 {
		a.warn("Programs have changed", fmt.Sprintf("%s does not have the program that was read of %s. It is older than what the thermostats say: bring it up to date with setpoint programs update",
			programs.FileName, diag.Few(unknown)))
	}
}

// tellOldReadings warns that a saved plan cannot know what somebody has set since
// its thermostats were read.
func (a *app) tellOldReadings(p *plan.Plan) {
	const old = time.Hour
	var first time.Time
	for i := range p.Steps {
		if seen := p.Steps[i].Seen; seen != nil && (first.IsZero() || seen.At.Before(first)) {
			first = seen.At
		}
	}
	if !p.HasChanges() || first.IsZero() || a.now.Sub(first) < old {
		return
	}
	a.warn("Readings are old", fmt.Sprintf("The thermostats of this plan were read %s ago, at %s. What somebody has set since then is not known to it, and is overwritten where the plan sets something. "+
		"To look again: setpoint plan --refresh", report.Duration(a.now.Sub(first)), diag.Minute(first)))
}
