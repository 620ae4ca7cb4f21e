package cli

import (
	"sync/atomic"
	"time"

	"setpoint/apply/report"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// liveView is the text for a person at a terminal: in the place of a line for
// each event of a call it shows how far the calls are, and only the lines that
// matter stay.
type liveView struct {
	*textView
	policy     *dispatch.Policy // calls are made
	verifies   bool
	applying   atomic.Pointer[live]
	reads      func(survey.Event)
	endReading func()
}

func (v *liveView) observe(e event) error {
	switch e := e.(type) {
	case calling:
		v.calling(e.policy)
	case verifying:
		v.verifies = true
	case interrupted:
		v.applying.Load().take((*report.Live).Stop)
	case reading:
		if v.reads == nil {
			v.reads, v.endReading = v.followReadings(*v.policy, newReadProgress(v.notes, e.pace, calledBy(e.declared)))
		}
		v.reads(e.Event)
		return nil
	case performed:
		if l := v.applying.Load(); l != nil {
			l.take(func(shown *report.Live) { shown.Observe(e.Event, time.Now()) })
			if !report.Notable(e.Event) {
				return nil
			}
		}
	default: // the text's alone
	}
	return v.textView.observe(e)
}

// calling begins and ends what is shown of calls. Without a plan it is readings
// that are made, which begin to be shown with the first of them.
func (v *liveView) calling(policy *dispatch.Policy) {
	v.policy = policy
	switch {
	case policy == nil && v.endReading != nil:
		v.endReading()
		v.reads, v.endReading = nil, nil
	case policy == nil:
		v.applying.Swap(nil).end()
	case v.plan != nil:
		v.applying.Store(v.startLive(v.notes, report.NewLiveRun(v.plan, *policy, v.verifies)))
	}
}
