package diag

import (
	"fmt"
	"io"
	"strings"

	"github.com/mitchellh/go-wordwrap"
)

// TextOptions say how diagnostics look as text.
type TextOptions struct {
	Width int  // columns to wrap at; 0 for no wrapping
	Color bool // ANSI colours
}

// WriteText draws diagnostics for a person:
//
//	Error: Setpoint out of range
//
//	  main.hcl:12:14, in thermostat "hall":
//	  12:   setpoint = 41
//	                   ^^
//	  var.comfort is 41
//
//	A setpoint must lie between 3 and 40 °C, not 41.
//
// Control characters of the source are not passed on to the terminal.
func WriteText(w io.Writer, list List, o TextOptions) error {
	var b strings.Builder
	for i, d := range list {
		if i > 0 {
			b.WriteString("\n")
		}
		writeOne(&b, d, o)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeOne(b *strings.Builder, d Diagnostic, o TextOptions) {
	label, color := "Error", "\x1b[1;31m"
	if d.Severity == Warning {
		label, color = "Warning", "\x1b[1;33m"
	}
	summary := Printable(d.Summary)
	if o.Color {
		fmt.Fprintf(b, "%s%s:\x1b[0m \x1b[1m%s\x1b[0m\n", color, label, summary)
	} else {
		fmt.Fprintf(b, "%s: %s\n", label, summary)
	}
	switch {
	case d.Range != nil:
		b.WriteString("\n")
		writePlace(b, d, o)
	case d.Address != "":
		b.WriteString("\n  " + Printable(d.Address) + "\n")
	}
	if d.Detail != "" {
		b.WriteString("\n")
		for line := range strings.Lines(d.Detail) {
			b.WriteString(wrap(Printable(strings.TrimSuffix(line, "\n")), o.Width) + "\n")
		}
	}
}

func writePlace(b *strings.Builder, d Diagnostic, o TextOptions) {
	fmt.Fprintf(b, "  %s:%d:%d", Printable(d.Range.Filename), d.Range.Start.Line, d.Range.Start.Column)
	switch {
	case d.Address != "":
		fmt.Fprintf(b, ", in %s", Printable(d.Address))
	case d.Snippet != nil && d.Snippet.Context != nil:
		fmt.Fprintf(b, ", in %s", Printable(*d.Snippet.Context))
	}
	if d.Snippet == nil {
		b.WriteString("\n")
		return
	}
	b.WriteString(":\n")
	s := d.Snippet
	offset := 0
	for i, whole := range strings.Split(s.Code, "\n") {
		line := strings.TrimSuffix(whole, "\r")
		number := fmt.Sprintf("  %d: ", s.StartLine+i)
		from := clamp(s.HighlightStartOffset-offset, len(line))
		to := clamp(s.HighlightEndOffset-offset, len(line))
		before, marked, after := end(Printable(line[:from])), beginning(Printable(line[from:to])), beginning(Printable(line[to:]))
		if o.Color {
			fmt.Fprintf(b, "%s%s\x1b[4m%s\x1b[0m%s\n", number, before, marked, after)
		} else {
			fmt.Fprintf(b, "%s%s%s%s\n", number, before, marked, after)
			if i == 0 && !strings.Contains(s.Code, "\n") {
				indent := strings.Repeat(" ", len(number)+Screen().StringWidth(before))
				b.WriteString(indent + strings.Repeat("^", max(1, Screen().StringWidth(marked))) + "\n")
			}
		}
		offset += len(whole) + 1
	}
	for _, v := range s.Values {
		fmt.Fprintf(b, "  %s %s\n", Printable(v.Traversal), Printable(v.Statement))
	}
}

// longestPart bounds what is drawn of a line before the marked part, of that, and
// after it, in runes: a line can be as long as its file.
const longestPart = 300

func beginning(s string) string {
	if runes := []rune(s); len(runes) > longestPart {
		return string(runes[:longestPart]) + "…"
	}
	return s
}

func end(s string) string {
	if runes := []rune(s); len(runes) > longestPart {
		return "…" + string(runes[len(runes)-longestPart:])
	}
	return s
}

func clamp(n, most int) int { return min(max(n, 0), most) }

func wrap(line string, width int) string {
	if width < 20 || strings.HasPrefix(line, " ") {
		return line // narrower than sense, or laid out by its author
	}
	return wordwrap.WrapString(line, uint(width))
}
