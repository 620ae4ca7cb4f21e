package cli

import (
	"fmt"
	"strings"
	"time"

	"setpoint/apply"
	"setpoint/apply/report"
	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/provider"
	"setpoint/provider/dispatch"
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
	if f.maxCalls > 0 && f.maxCalls < len(devices) {
		return nil, fail("Too few calls allowed", "%s to be read, each with a call, but --max-calls allows %d. Allow more, or name some with --target.",
			plural(len(devices), "thermostat")+are(len(devices)), f.maxCalls)
	}
	found := survey.Thermostats(signals.drain, signals.calls, survey.Input{
		Reader: reached.client, Policy: reached.policy, Observe: func(e survey.Event) { a.tell(reading{e, in.Wanted}) },
	}, devices, survey.Ask{Status: true})
	signals.notes.flush() // before anything that comes of it
	if found.Stop != nil {
		return nil, unfinished(found, time.Now(), "no plan is made of them")
	}
	for i := range found.Readings {
		seen[found.Readings[i].Device] = seenOf(&found.Readings[i])
	}
	a.tell(refreshed{len(devices), found.Calls})
	return seen, nil
}

func are(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

// seenOf is a reading as a plan uses it.
func seenOf(r *survey.Reading) plan.Seen {
	if !r.Status.OK() {
		reason, _ := apply.Reason(r.Status.Err)
		return plan.Seen{At: time.Now(), Why: reason}
	}
	seen := plan.Seen{Settings: &r.Status.Value.Settings, At: r.Status.At}
	if clock := r.Status.Value.Time; !clock.IsZero() {
		seen.Clock = provider.WallClock(clock)
	}
	return seen
}

// unfinished says why a survey ended before everything was asked, and what to do.
func unfinished(found *survey.Report, now time.Time, consequence string) error {
	read := 0
	for i := range found.Readings {
		if found.Readings[i].Status.OK() {
			read++
		}
	}
	done := fmt.Sprintf("%d of %s were read, with %s, and %s", read, plural(len(found.Readings), "thermostat"), plural(found.Calls, "call"), consequence)
	reason, remedy := apply.Reason(found.Stop.Err)
	reason = strings.TrimRight(reason, ". ")
	switch found.Stop.Reason {
	case dispatch.StopQuota:
		when := "when the quota has returned"
		if found.Returns.After(now) {
			when = fmt.Sprintf("in %s, after %s", report.Wait(found.Returns.Sub(now)), found.Returns.UTC().Format("2006-01-02 15:04 UTC"))
		}
		return failWith(codeQuota, "Quota used up", "%s: %s. Run it again %s.", done, reason, when)
	case dispatch.StopAccount:
		return failWith(codePerson, "A person must act", "%s: %s. %s", done, reason, remedy)
	case dispatch.StopDrained:
		return failWith(codeInterrupted, "Interrupted", "%s.", done)
	case dispatch.StopCallLimit, dispatch.StopHalted:
	}
	return fail("Too few calls allowed", "%s: --max-calls allows no more. Allow more, or name some with --target.", done)
}

// readProgress writes what happens while thermostats are read: each retry and
// failure and, where there are many, how far it is.
type readProgress struct {
	out       *notes
	names     map[provider.Device]string
	all, done int
	every     int
}

// manyReadings is from how many on it is said how far the reading is.
const manyReadings = 20

func newReadProgress(out *notes, declared []config.Thermostat) *readProgress {
	p := &readProgress{out: out, names: make(map[provider.Device]string, len(declared))}
	for i := range declared {
		p.names[declared[i].Device] = declared[i].Address.String()
	}
	return p
}

func (p *readProgress) observe(e survey.Event) {
	switch e := e.(type) {
	case survey.Foreseen:
		p.all, p.done, p.every = e.Questions, 0, max(e.Questions/10, manyReadings)
		if p.all >= manyReadings {
			p.say("Reading %d thermostats.", p.all)
		}
	case survey.Retrying:
		reason, _ := apply.Reason(e.Err)
		p.say("%s: reading failed (%s); again in %s", p.name(e.Call), reason, report.Duration(e.Wait))
	case survey.Paused:
		reason, _ := apply.Reason(e.Err)
		p.say("All calls pause for %s: %s", report.Duration(time.Until(e.Until)), reason)
	case survey.Settled:
		p.done++
		if e.Outcome == dispatch.Failed {
			reason, _ := apply.Reason(e.Err)
			p.say("%s: not read: %s", p.name(e.Call), reason)
		}
		if p.all >= manyReadings && p.done%p.every == 0 && p.done < p.all && e.Outcome != dispatch.NotAttempted {
			p.say("Read %d of %d.", p.done, p.all)
		}
	case survey.Started:
	}
}

func (p *readProgress) name(c survey.Call) string {
	if name, ok := p.names[c.Device]; ok {
		return name
	}
	return "module " + c.Device.ModuleID
}

func (p *readProgress) say(format string, args ...any) {
	// Nobody may be reading; that is no reason to stop.
	_, _ = fmt.Fprintln(p.out, diag.Printable(strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "; ")))
}
