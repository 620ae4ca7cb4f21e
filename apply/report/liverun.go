package report

import (
	"time"

	"setpoint/apply"
	"setpoint/plan"
	"setpoint/provider/dispatch"
)

// NewLiveRun is the view of a run of a plan; verifying tells that what is done
// is read back in the end. Its events are those that Observe takes.
func NewLiveRun(p *plan.Plan, policy dispatch.Policy, verifying bool) *Live {
	l := NewLive("Applying", "done", policy)
	l.verifying = verifying
	calls, more := 0, 0
	for i := range p.Steps {
		switch step := &p.Steps[i]; {
		case step.Call:
			calls++
			l.chained = l.chained || len(step.DependsOn) > 0
		case step.Action != plan.NoOp:
			more++
		}
	}
	l.Foresee(calls, more)
	return l
}

// Observe takes an event of apply.Run, which happened at the given instant.
func (l *Live) Observe(e apply.Event, now time.Time) {
	switch e := e.(type) {
	case apply.Started:
		id := e.Step.Address.String()
		l.Start(id, id, now)
	case apply.Retrying:
		id := e.Step.Address.String()
		l.Retry(id, id, e.Err, e.Wait, now)
	case apply.Paused:
		l.Pause(e.Until)
	case apply.Settled:
		l.Settle(e.Result.Step.Address.String(), e.Result.Outcome, e.Result.Step.Call, now)
	case apply.Verified:
		l.seenBack++
	}
}

// Notable tells whether an event is worth a line that stays, above the view of
// a run. What was not attempted because the run ended is said once for all, by
// the account.
func Notable(e apply.Event) bool {
	switch e := e.(type) {
	case apply.Settled:
		switch r := &e.Result; r.Outcome {
		case apply.Failed, apply.Unknown, apply.Expired:
			return true
		case apply.NotAttempted:
			return r.Because != nil
		case apply.Applied, apply.Unchanged:
			return r.Attempts > 1
		}
	case apply.Verified:
		return e.Result.Back != nil || e.Result.Unread != nil
	case apply.Started, apply.Retrying, apply.Paused:
	}
	return false
}
