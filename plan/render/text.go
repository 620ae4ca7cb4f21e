package render

import (
	"fmt"
	"io"
	"strings"

	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/state"
)

// TextOptions say how a plan looks as text.
type TextOptions struct {
	Width int  // columns that lines of many names are cut to; 0 for DefaultWidth
	Color bool // ANSI colours
	Full  bool // every thermostat with its attributes, file and line
}

// DefaultWidth is the width where there is no terminal.
const DefaultWidth = 100

// Text draws a plan: one line for each thermostat that something happens to,
// then the outputs that change, then one line that sums it up.
func Text(w io.Writer, p *plan.Plan, o TextOptions) error {
	if o.Width <= 0 {
		o.Width = DefaultWidth
	}
	var b strings.Builder
	writeReadings(&b, p, o)
	if o.Full {
		writeFull(&b, p, o)
	} else {
		writeLines(&b, planLines(p), o)
	}
	writeOutputs(&b, p, o)
	if b.Len() > 0 && !strings.HasSuffix(b.String(), "\n\n") {
		b.WriteString("\n")
	}
	b.WriteString(planLine(p) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// planLine is the one line that sums a plan up.
func planLine(p *plan.Plan) string {
	if !p.HasChanges() {
		return nothing(p)
	}
	c := p.Count()
	text := "Plan: "
	if c.Import > 0 {
		text += fmt.Sprintf("%d to import, ", c.Import)
	}
	text += fmt.Sprintf("%d to add, %d to change, %d to destroy", c.Add, c.Change, c.Destroy)
	if c.Forget > 0 {
		text += fmt.Sprintf(", %d to forget", c.Forget)
	}
	text += ". API calls: " + callsText(c.Calls, c.MostCalls) + "."
	if c.Moved > 0 {
		text += fmt.Sprintf(" Moved in the record: %d.", c.Moved)
	}
	if c.Observed > 0 {
		text += fmt.Sprintf(" Recorded as read: %d.", c.Observed)
	}
	return text
}

// callsText says how many calls are to be made, and how many it can be.
func callsText(calls, most int) string {
	switch {
	case most < calls:
		return fmt.Sprintf("%d, of which --max-calls allows %d", calls, most)
	case calls > 0:
		return fmt.Sprintf("%d (at most %d with retries)", calls, most)
	}
	return "0"
}

// nothing says why there is nothing to do.
func nothing(p *plan.Plan) string {
	over := 0
	for i := range p.Steps {
		if p.Steps[i].Reason == plan.ReasonExpired {
			over++
		}
	}
	if p.Refreshed && p.Managed > 0 {
		return nothingRead(p, over)
	}
	const rest = "everything else matches what was last applied; no thermostat was read."
	switch {
	case p.Destroy && p.Targets == nil:
		return "No changes. No thermostat is managed, so there is nothing to destroy."
	case over == 1:
		return "No changes. 1 declared status is over and is not sent; " + rest
	case over > 1:
		return fmt.Sprintf("No changes. %d declared statuses are over and are not sent; ", over) + rest
	}
	return "No changes. The configuration matches what was last applied; no thermostat was read."
}

func symbol(step *plan.Step) byte {
	switch step.Action {
	case plan.Add, plan.Exchange:
		return '+'
	case plan.Change:
		return '~'
	case plan.Move:
		return '>'
	case plan.Import:
		return '<'
	case plan.NoOp, plan.Destroy, plan.Forget:
	}
	return '-'
}

func writeLines(b *strings.Builder, lines []line, o TextOptions) {
	const mostName = 60 // one long name must not push everything else away
	longest := 0
	for _, l := range lines {
		longest = max(longest, width(l.name))
	}
	longest = min(longest, mostName)
	for _, l := range lines {
		start := fmt.Sprintf("  %c %s    ", l.symbol, fill(diag.Printable(l.name), longest))
		text := diag.Printable(l.text)
		b.WriteString(paint(start[:3], l.symbol, o.Color) + start[3:] + text)
		if len(l.keys) > 0 {
			b.WriteString(": " + cut(l.keys, o.Width-width(start)-width(text)-width(": ")))
		}
		b.WriteString("\n")
	}
}

func writeOutputs(b *strings.Builder, p *plan.Plan, o TextOptions) {
	first := true
	for _, out := range p.Outputs {
		if !out.Changed() {
			continue
		}
		if first {
			if b.Len() > 0 {
				b.WriteString("\n")
			}
			b.WriteString("Outputs:\n")
			first = false
		}
		room := o.Width - width(fmt.Sprintf("  + %s = ", out.Name))
		before, after := diag.Printable(outputValue(out.Before)), diag.Printable(outputValue(out.After))
		var sign byte
		var text string
		switch {
		case out.Before == nil:
			sign, text = '+', o.shorten(after, room)
		case out.After == nil:
			sign, text = '-', o.shorten(before, room)
		case before == after:
			how := " (of another type)"
			if out.Sensitive {
				how = " (no longer recorded with its value)"
			}
			sign, text = '~', o.shorten(after, room-width(how))+how
		default:
			room = (room - width(" -> ")) / 2
			sign, text = '~', o.shorten(before, room)+" -> "+o.shorten(after, room)
		}
		if lines := o.lineByLine(&out); lines != nil {
			text = "\n" + strings.Join(lines, "\n")
		} else {
			text = " " + text
		}
		fmt.Fprintf(b, "%s %s =%s\n", paint(fmt.Sprintf("  %c", sign), sign, o.Color), out.Name, text)
	}
}

// shorten cuts a value that is longer than there is room, unless everything is
// to be shown.
func (o TextOptions) shorten(text string, room int) string {
	const least = 20 // of less nobody could make anything
	if o.Full {
		return text
	}
	return truncate(text, max(room, least))
}

// outputValue is the value of an output on one line.
func outputValue(o *state.Output) string {
	switch {
	case o == nil:
		return ""
	case o.Sensitive || o.Value == nil:
		return "(sensitive value)"
	}
	return readable(o.Value)
}
