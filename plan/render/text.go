package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"setpoint/config/address"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

// TextOptions say how a plan looks as text.
type TextOptions struct {
	Width int  // columns that lines of many names are cut to; 0 for DefaultWidth
	Color bool // ANSI colours
	Full  bool // every thermostat with its attributes, file and line
}

// DefaultWidth is the width where there is no terminal.
const DefaultWidth = 100

// fewestAlike is from how many on thermostats that change alike share a line.
const fewestAlike = 4

// Text draws a plan: one line for each thermostat that something happens to,
// then the outputs that change, then one line that sums it up.
func Text(w io.Writer, p *plan.Plan, o TextOptions) error {
	if o.Width <= 0 {
		o.Width = DefaultWidth
	}
	var b strings.Builder
	lines := planLines(p, o)
	writeLines(&b, lines, o)
	if o.Full {
		b.Reset()
		writeFull(&b, p, o)
	}
	writeOutputs(&b, p, o)
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	b.WriteString(Summary(p) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// Summary is the one line that sums a plan up.
func Summary(p *plan.Plan) string {
	if !p.HasChanges() {
		return "No changes. The configuration matches what was last applied; no thermostat was read."
	}
	c := p.Count()
	text := fmt.Sprintf("Plan: %d to add, %d to change, %d to destroy", c.Add, c.Change, c.Destroy)
	if c.Forget > 0 {
		text += fmt.Sprintf(", %d to forget", c.Forget)
	}
	text += fmt.Sprintf(". API calls: %d", c.Calls)
	if c.Calls > 0 {
		text += fmt.Sprintf(" (at most %d with retries)", c.MostCalls)
	}
	return text + "."
}

// line is one line of a plan: of one thermostat, or of several alike.
type line struct {
	symbol byte
	block  string
	name   string
	text   string
	keys   []string
}

func planLines(p *plan.Plan, o TextOptions) []line {
	var lines []line
	alike := map[[3]string]int{} // by symbol, block and text: the place in lines
	for i := range p.Steps {
		step := &p.Steps[i]
		if step.Action == plan.NoOp {
			continue
		}
		next := line{symbol: symbol(step), block: step.Address.Block(), name: step.Address.String(), text: StepText(step, p.Made)}
		if !step.Address.Key.IsNone() {
			key := [3]string{string(next.symbol), next.block, next.text}
			if at, ok := alike[key]; ok {
				lines[at].keys = append(lines[at].keys, keyText(step.Address.Key))
				if len(lines[at].keys) >= fewestAlike {
					continue
				}
			} else {
				alike[key] = len(lines)
				next.keys = []string{keyText(step.Address.Key)}
			}
		}
		lines = append(lines, next)
	}
	return dropFolded(lines, alike)
}

// dropFolded removes the lines of the second and third thermostat of a group
// that turned out to be large enough for one line.
func dropFolded(lines []line, alike map[[3]string]int) []line {
	kept := lines[:0]
	folded := map[[3]string]bool{}
	for key, at := range alike {
		folded[key] = len(lines[at].keys) >= fewestAlike
	}
	for _, l := range lines {
		if l.keys == nil && folded[[3]string{string(l.symbol), l.block, l.text}] {
			continue
		}
		kept = append(kept, l)
	}
	return kept
}

func keyText(k address.Key) string {
	if text, ok := k.Value().(string); ok {
		return printable(text)
	}
	return fmt.Sprint(k.Value())
}

func symbol(step *plan.Step) byte {
	switch step.Action {
	case plan.Add, plan.Exchange:
		return '+'
	case plan.Change:
		return '~'
	}
	return '-'
}

// StepText says in plain words what happens to a thermostat.
func StepText(step *plan.Step, reference time.Time) string {
	switch step.Action {
	case plan.NoOp:
		return "unchanged"
	case plan.Add:
		return Settings(*step.After, reference) + again(step.Reason)
	case plan.Exchange:
		return fmt.Sprintf("%s; another thermostat: module %s is no longer managed", Settings(*step.After, reference), step.Before.Device.ModuleID)
	case plan.Change:
		return changeText(step, reference)
	case plan.Destroy:
		return "leave it at " + Settings(*step.After, reference) + ", then no longer managed"
	case plan.Forget:
		return forgetText(step, reference)
	}
	return string(step.Action)
}

func changeText(step *plan.Step, reference time.Time) string {
	before := step.Before.Settings
	switch step.Reason {
	case plan.ReasonRecord:
		if step.OnRemove == nil {
			return "on removal: stay as it is (recorded, no call)"
		}
		return "on removal: " + Settings(*step.OnRemove, reference) + " (recorded, no call)"
	case plan.ReasonUnknown:
		if step.Before.Previous != nil {
			before = *step.Before.Previous
		}
	}
	if before.Same(*step.After) {
		return Settings(*step.After, reference) + again(step.Reason)
	}
	return Difference(before, *step.After, reference) + again(step.Reason)
}

func again(r plan.Reason) string {
	switch r {
	case plan.ReasonUnknown:
		return " (the last call was never answered for certain)"
	case plan.ReasonRequested:
		return " (sent again, as requested)"
	}
	return ""
}

func forgetText(step *plan.Step, reference time.Time) string {
	was := Settings(step.Before.Settings, reference)
	switch step.Before.Outcome {
	case state.Unknown:
		was = "last sent, never confirmed: " + was
	case state.Observed:
		was = "last seen at " + was
	default:
		was = "last set to " + was
	}
	switch step.Reason {
	case plan.ReasonReadressed:
		return "no longer managed under this name; " + was
	case plan.ReasonExpired:
		return "module " + step.Device.ModuleID + " no longer managed; " + was
	}
	return "no longer managed; " + was
}

func writeLines(b *strings.Builder, lines []line, o TextOptions) {
	width := 0
	for i := range lines {
		if n := len(lines[i].keys); n >= fewestAlike {
			lines[i].name = fmt.Sprintf("%s (%d)", lines[i].block, n)
		}
		width = max(width, runewidth.StringWidth(lines[i].name))
	}
	const mostName = 60 // one long name must not push everything else away
	width = min(width, mostName)
	for _, l := range lines {
		start := fmt.Sprintf("  %c %s    ", l.symbol, runewidth.FillRight(printable(l.name), width))
		b.WriteString(paint(start[:3], l.symbol, o.Color) + start[3:] + printable(l.text))
		if len(l.keys) >= fewestAlike {
			b.WriteString(cut(": ", l.keys, o.Width-runewidth.StringWidth(start)-runewidth.StringWidth(l.text)))
		}
		b.WriteString("\n")
	}
}

// cut lists names as far as they fit, at least one.
func cut(intro string, names []string, width int) string {
	text := intro
	for i, name := range names {
		next := name
		if i > 0 {
			next = ", " + name
		}
		if i > 0 && runewidth.StringWidth(text+next) > width-len(", …") {
			return text + ", …"
		}
		text += next
	}
	return text
}

func paint(text string, symbol byte, color bool) string {
	if !color {
		return text
	}
	code := map[byte]string{'+': "32", '~': "33", '-': "31"}[symbol]
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// attribute is one row of the full form.
type attribute struct{ name, before, after string }

func writeFull(b *strings.Builder, p *plan.Plan, o TextOptions) {
	for i := range p.Steps {
		step := &p.Steps[i]
		if step.Action == plan.NoOp {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		sign := symbol(step)
		fmt.Fprintf(b, "%s %s", paint(fmt.Sprintf("  %c", sign), sign, o.Color), printable(step.Address.String()))
		if step.File != "" {
			fmt.Fprintf(b, "    %s:%d", printable(step.File), step.Line)
		}
		fmt.Fprintf(b, "\n      # %s\n", printable(StepText(step, p.Made)))
		var before, after *provider.Settings
		if step.Before != nil {
			before = &step.Before.Settings
		}
		if step.Action != plan.Forget {
			after = step.After
		}
		writeAttributes(b, attributes(before, after), o)
	}
}

func attributes(before, after *provider.Settings) []attribute {
	b, a := rows(before), rows(after)
	var all []attribute
	for _, name := range []string{"function", "mode", "setpoint", "program", "boost_minutes", "until"} {
		if b[name] != "" || a[name] != "" {
			all = append(all, attribute{name, b[name], a[name]})
		}
	}
	return all
}

func rows(s *provider.Settings) map[string]string {
	if s == nil {
		return nil
	}
	r := map[string]string{"function": fmt.Sprintf("%q", s.Function), "mode": fmt.Sprintf("%q", s.Mode)}
	switch s.Mode {
	case provider.Manual:
		r["setpoint"] = s.Setpoint.String()
	case provider.Automatic:
		r["program"] = fmt.Sprint(s.Program)
	case provider.Boost:
		r["boost_minutes"] = fmt.Sprint(s.BoostMinutes)
	}
	if !s.End.IsZero() && s.Mode != provider.Boost {
		r["until"] = fmt.Sprintf("%q", s.End)
	}
	return r
}

func writeAttributes(b *strings.Builder, all []attribute, o TextOptions) {
	width := 0
	for _, a := range all {
		width = max(width, len(a.name))
	}
	for _, a := range all {
		sign, text := byte(' '), a.after
		switch {
		case a.before == "":
			sign = '+'
		case a.after == "":
			sign, text = '-', a.before
		case a.before != a.after:
			sign, text = '~', a.before+" -> "+a.after
		}
		mark := string(sign)
		if sign != ' ' {
			mark = paint(mark, sign, o.Color)
		}
		fmt.Fprintf(b, "      %s %-*s = %s\n", mark, width, a.name, text)
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
		sign, text := byte('~'), OutputValue(out.Before)+" -> "+OutputValue(out.After)
		switch {
		case out.Before == nil:
			sign, text = '+', OutputValue(out.After)
		case out.After == nil:
			sign, text = '-', OutputValue(out.Before)
		}
		fmt.Fprintf(b, "%s %s = %s\n", paint(fmt.Sprintf("  %c", sign), sign, o.Color), out.Name, printable(text))
	}
}

// OutputValue is the value of an output on one line.
func OutputValue(o *state.Output) string {
	switch {
	case o == nil:
		return ""
	case o.Sensitive:
		return "(sensitive value)"
	}
	return string(o.Value)
}

// printable keeps text from configurations from moving the cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '�'
		}
		return r
	}, s)
}
