package render

import (
	"maps"
	"slices"
	"strings"
	"time"

	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/plan/summary"
)

// SummaryOf is a plan in the form that reports are drawn from.
func SummaryOf(p *plan.Plan) *summary.Plan {
	c := p.Count()
	s := &summary.Plan{
		Line: planLine(p), HasChanges: p.HasChanges(), Digest: p.Digest(), Made: p.Made,
		Counts: summary.Counts{
			Add: c.Add, Change: c.Change, Destroy: c.Destroy, Forget: c.Forget, Import: c.Import, Move: c.Moved,
			Calls: c.Calls, MostCalls: c.MostCalls,
		},
		Rows: SummaryRows(p, func(s *plan.Step) bool { return s.Action != plan.NoOp }),
	}
	outside, unread := readings(p, false)
	for i := range outside {
		outside[i].text += readingTime(&outside[i])
	}
	s.Outside, s.Unread = summaryRows(outside), summaryRows(unread)
	for _, o := range p.Outputs {
		if o.Changed() {
			s.Outputs = append(s.Outputs, summary.Output{Name: o.Name, Before: summaryOutput(o.Before), After: summaryOutput(o.After)})
		}
	}
	return s
}

// SummaryRows are the steps of a plan that belong among them, those alike in one
// row, in the order of the plan.
func SummaryRows(p *plan.Plan, belongs func(*plan.Step) bool) []summary.Row {
	return summaryRows(gather(p, belongs, func(s *plan.Step) drawing {
		d := drawStep(s, what(s, p.Made))
		d.reason, d.file, d.at = reasonText(s, p.Made), s.File, s.Line
		return d
	}, false))
}

// StateSummary is a state in the form that reports are drawn from. Times of
// another year than that of the reference instant are written with their year.
func StateSummary(s *state.State, reference time.Time) *summary.Record {
	r := &summary.Record{Line: stateLine(s)}
	for _, at := range addressesOf(s) {
		e := s.Thermostats[at.String()]
		r.Rows = append(r.Rows, summary.Row{Name: at.String(), Text: Settings(e.Settings, reference), Reason: outcomeText(e, reference)})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Outputs)) {
		value := s.Outputs[name]
		r.Outputs = append(r.Outputs, summary.Output{Name: name, After: summaryOutput(&value)})
	}
	return r
}

func summaryOutput(o *state.Output) string {
	if lines := textLines(o); len(lines) > 1 {
		return strings.Join(lines, "\n")
	}
	return outputValue(o)
}

func summaryRows(lines []line) []summary.Row {
	rows := make([]summary.Row, 0, len(lines))
	for i := range lines {
		l := &lines[i]
		row := summary.Row{Name: l.name, Keys: l.keys, Text: arrows(l.text), Reason: l.reason, File: l.file, Line: l.at, Sign: l.symbol}
		if l.symbol == ' ' {
			row.Sign = 0
		}
		if len(l.members) > 0 {
			row.Name = l.step.Address.Block()
			row.Members = summaryRows(l.members)
		}
		rows = append(rows, row)
	}
	return slices.Clip(rows)
}

// arrows makes the arrow between before and after one that HTML shows. Settings
// have none of their own.
func arrows(text string) string { return strings.ReplaceAll(text, " -> ", " → ") }
