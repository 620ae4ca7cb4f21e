package report

import (
	"strings"
	"time"

	"setpoint/apply"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/plan/summary"
)

// SummaryOf is the account of a run of a plan in the form that reports are drawn
// from. Now is the end of the run.
func SummaryOf(p *plan.Plan, a *apply.Account, now time.Time) *summary.Account {
	s := &summary.Account{
		Line: numbers(a), Complete: a.Complete(), Next: next(a, now), Notes: notes(a),
		Counts: summary.AccountCounts(a.Count()), Calls: a.Calls,
	}
	applied := make(map[*plan.Step]bool, len(a.Results))
	for i := range a.Results {
		applied[a.Results[i].Step] = a.Results[i].Outcome == apply.Applied
	}
	s.Done = render.SummaryRows(p, func(step *plan.Step) bool { return applied[step] })
	for _, outcome := range []apply.Outcome{apply.Failed, apply.Unknown, apply.Expired, apply.NotAttempted} {
		s.Unfinished = append(s.Unfinished, unfinishedRows(a, outcome, now)...)
	}
	return s
}

// unfinishedRows are those that ended with an outcome, in the plan's order; those
// declared in one place that ended alike are in one row.
func unfinishedRows(a *apply.Account, outcome apply.Outcome, now time.Time) []summary.Row {
	var rows []summary.Row
	for _, g := range unfinished(a, outcome, now, true) {
		step := g.results[0].Step
		row := summary.Row{
			Text: g.why, Reason: outcomeName(outcome), File: step.File, Line: step.Line,
			Grave: outcome == apply.Failed || outcome == apply.Unknown,
		}
		if names := g.names(); len(names) > 1 {
			row.Keys = names
		} else {
			row.Name = names[0]
		}
		rows = append(rows, row)
	}
	return rows
}

func outcomeName(outcome apply.Outcome) string { return strings.ReplaceAll(string(outcome), "_", " ") }
