package cli

import (
	"fmt"
	"time"

	"setpoint/apply"
	"setpoint/apply/report"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// followReadings shows what happens while thermostats are read until end, which
// waits until all is written: on a terminal a view, else lines.
func (a *app) followReadings(policy dispatch.Policy, lines *readProgress) (observe func(survey.Event), end func()) {
	l := a.startLive(lines.out, report.NewLive("Reading", "", policy))
	if l == nil {
		return lines.observe, lines.out.flush
	}
	return func(e survey.Event) {
		now := time.Now()
		l.take(func(view *report.Live) { feed(view, e, lines.name, now) })
		lines.observeLive(e)
	}, l.end
}

// feed lets a view know what has happened while thermostats are read.
func feed(view *report.Live, e survey.Event, name func(survey.Call) string, now time.Time) {
	id := func(c survey.Call) string {
		return c.Question.String() + " " + c.Device.ID()
	}
	switch e := e.(type) {
	case survey.Foreseen:
		view.Foresee(e.Questions, 0)
	case survey.Started:
		view.Doing = "Reading the " + e.Call.Question.String()
		view.Start(id(e.Call), name(e.Call), now)
	case survey.Retrying:
		view.Retry(id(e.Call), name(e.Call), e.Err, e.Wait, now)
	case survey.Paused:
		view.Pause(e.Until)
	case survey.Settled:
		outcome := apply.Applied
		switch e.Outcome {
		case dispatch.Failed:
			outcome = apply.Failed
		case dispatch.NotAttempted:
			outcome = apply.NotAttempted
		case dispatch.Succeeded:
		}
		view.Settle(id(e.Call), outcome, true, now)
	}
}

// observeLive writes what stays above the view: who could not be read, and who
// was only after several attempts.
func (p *readProgress) observeLive(e survey.Event) {
	settled, ok := e.(survey.Settled)
	switch {
	case !ok:
	case settled.Outcome == dispatch.Failed:
		p.say(p.name(settled.Call) + ": not read: " + survey.Reason(settled.Err))
	case settled.Outcome == dispatch.Succeeded && settled.Attempts > 1:
		p.say(fmt.Sprintf("%s: read after %d attempts", p.name(settled.Call), settled.Attempts))
	}
}
