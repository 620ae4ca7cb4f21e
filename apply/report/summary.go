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
	c := a.Count()
	s := &summary.Account{
		Line: numbers(a), Complete: a.Complete(), Next: next(a, now), Notes: notes(a),
		Counts: summary.AccountCounts{
			Applied: c.Applied, Unchanged: c.Unchanged, Failed: c.Failed, NotAttempted: c.NotAttempted, Expired: c.Expired, Unknown: c.Unknown,
			Imported: c.Imported, Added: c.Added, Changed: c.Changed, Destroyed: c.Destroyed, Forgotten: c.Forgotten,
			Calls: a.Calls,
		},
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
	type alike struct {
		text, file string
		line       int
	}
	var rows []summary.Row
	rowOf := map[alike]int{}
	for i := range a.Results {
		r := &a.Results[i]
		if r.Outcome != outcome {
			continue
		}
		name := r.Step.Address.String()
		group := alike{why(a, r, now), r.Step.File, r.Step.Line}
		at, found := rowOf[group]
		if !found {
			rowOf[group] = len(rows)
			rows = append(rows, summary.Row{
				Name: name, Text: group.text, Reason: outcomeName(outcome), File: group.file, Line: group.line,
				Grave: outcome == apply.Failed || outcome == apply.Unknown,
			})
			continue
		}
		if row := &rows[at]; len(row.Keys) == 0 {
			row.Keys, row.Name = []string{row.Name, name}, ""
		} else {
			row.Keys = append(row.Keys, name)
		}
	}
	return rows
}

func outcomeName(outcome apply.Outcome) string { return strings.ReplaceAll(string(outcome), "_", " ") }
