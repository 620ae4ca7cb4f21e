package report

import (
	"time"

	"setpoint/apply"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/provider/dispatch"
)

// applyChanges are the steps by what became of them: each is in one, but an
// exchange that succeeded is one to add and one to forget, as in a plan.
type applyChanges struct {
	render.PlanChanges
	Unchanged    int `json:"unchanged"`
	Failed       int `json:"failed"`
	NotAttempted int `json:"not_attempted"`
	Expired      int `json:"expired"`
	Unknown      int `json:"unknown"`
}

// Account writes what became of a run, which was to make so many calls and has made
// some: why it ended early, the outputs and the calls. It closes the Lines. The
// numbers, which come last of all, are written by Changes.
//
// Now is the end of the run; times to come are counted from it.
func (l *Lines) Account(a *apply.Account, p *plan.Plan, budget render.CallBudget, now time.Time) error {
	l.Close()
	if err := l.ending(a, now); err != nil {
		return err
	}
	for _, text := range []string{differing(a), unread(a)} {
		if text != "" {
			if err := l.stream.Log(render.LevelWarn, oneLine(text)); err != nil {
				return err
			}
		}
	}
	if a.Complete() {
		if err := l.stream.Outputs(p.Outputs); err != nil {
			return err
		}
	}
	return l.stream.CallBudget(budget)
}

// Changes writes the numbers of a run, with a text of its own where there is one:
// the last line of every stream of an apply.
func Changes(stream *render.Stream, a *apply.Account, operation, text string) error {
	switch {
	case text != "":
	case a.Complete():
		text = completed(a)
	default:
		text = numbers(a)
	}
	c := a.Count()
	changes := applyChanges{
		PlanChanges: render.PlanChanges{Add: c.Added, Change: c.Changed, Import: c.Imported, Remove: c.Destroyed, Forget: c.Forgotten, Operation: operation},
		Unchanged:   c.Unchanged, Failed: c.Failed, NotAttempted: c.NotAttempted, Expired: c.Expired, Unknown: c.Unknown,
	}
	for i := range a.Results {
		if r := &a.Results[i]; r.Outcome == apply.Applied && r.Step.Action == plan.Move {
			changes.Move++
		}
	}
	return stream.Line(render.LevelInfo, "change_summary", text, struct {
		Changes applyChanges `json:"changes"`
	}{changes})
}

// ending says why a run ended early, and what to do.
func (l *Lines) ending(a *apply.Account, now time.Time) error {
	text := oneLine(next(a, now))
	switch {
	case text == "":
		return nil
	case a.Stop == nil:
		return l.stream.Log(render.LevelWarn, text)
	}
	d := diag.Diagnostic{Severity: diag.Error, Detail: text}
	switch a.Stop.Reason {
	case dispatch.StopAccount:
		d.Summary = "A person must act"
	case dispatch.StopQuota:
		d.Summary = "Quota used up"
	case dispatch.StopCallLimit:
		d.Summary = "Too few calls allowed"
	case dispatch.StopDrained:
		d.Summary = "Interrupted"
	case dispatch.StopHalted:
		d.Summary = "Not recorded"
	case dispatch.StopLogin:
		d.Summary = "No access token"
	}
	return l.stream.Diagnostic(d, render.RetryAfter(a.Stop.RetryAfter, now))
}
