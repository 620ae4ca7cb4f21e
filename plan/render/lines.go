package render

import (
	"encoding/json"
	"fmt"
	"strings"

	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/state"
)

// textLines are the lines of an output that is a text of several; nil for any
// other. They can be shown as they are.
func textLines(o *state.Output) []string {
	text, ok := textOf(o)
	if !ok || !strings.Contains(text, "\n") {
		return nil
	}
	return splitLines(text)
}

func splitLines(text string) []string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = diag.Printable(strings.TrimSuffix(line, "\r"))
	}
	return lines
}

func textOf(o *state.Output) (text string, ok bool) {
	if o == nil || o.Sensitive || o.Value == nil || json.Unmarshal(o.Value, &text) != nil {
		return "", false
	}
	return text, o.Value[0] == '"' // null is no text
}

// lineByLine draws an output that is, or was, a text of several lines: what it
// gains and loses between the lines that stay. Nil where one line will do, or where
// lines cannot tell the difference.
func (o TextOptions) lineByLine(out *plan.Output) []string {
	before, after := textLines(out.Before), textLines(out.After)
	if before == nil && after == nil {
		return nil
	}
	for _, side := range []struct {
		output *state.Output
		lines  *[]string
	}{{out.Before, &before}, {out.After, &after}} {
		switch text, ok := textOf(side.output); {
		case side.output == nil || *side.lines != nil:
		case !ok:
			return nil
		default:
			*side.lines = splitLines(text)
		}
	}
	head := 0
	for head < min(len(before), len(after)) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < min(len(before), len(after))-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	gone, come := before[head:len(before)-tail], after[head:len(after)-tail]
	if len(gone)+len(come) == 0 {
		return nil
	}
	drawn := o.same(head)
	drawn = append(drawn, o.signed('-', gone)...)
	drawn = append(drawn, o.signed('+', come)...)
	return append(drawn, o.same(tail)...)
}

// mostLines is how many lines of a text are shown on each side of a change.
const mostLines = 10

// signed are lines that come or go.
func (o TextOptions) signed(sign byte, lines []string) []string {
	const indent = "      "
	shown := lines
	if !o.Full && len(lines) > mostLines {
		shown = lines[:mostLines-1]
	}
	var drawn []string
	for _, line := range shown {
		drawn = append(drawn, indent+paint(string(sign), sign, o.Color)+" "+o.shorten(line, o.Width-len(indent)-len("+ ")))
	}
	if more := len(lines) - len(shown); more > 0 {
		drawn = append(drawn, fmt.Sprintf("%s%s … and %d lines more", indent, paint(string(sign), sign, o.Color), more))
	}
	return drawn
}

func (o TextOptions) same(lines int) []string {
	switch lines {
	case 0:
		return nil
	case 1:
		return []string{"        … 1 line as before"}
	}
	return []string{fmt.Sprintf("        … %d lines as before", lines)}
}
