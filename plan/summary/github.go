package summary

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"setpoint/config/diag"
)

// mostAnnotations is how many annotations of a kind GitHub shows of one step. It
// drops the others without a word.
const mostAnnotations = 10

// mostTogether is how many rows of one line of source share an annotation.
const mostTogether = 8

// annotation is a message at a line of the source.
type annotation struct {
	file    string // relative to the root of the repository; "" for none
	line    int
	columns [2]int // from, to; 0 for the whole line
	endLine int
	title   string
	text    []string // lines
}

// Annotations draws a summary as workflow commands of GitHub Actions, a line
// each: errors, then warnings, then notices. The runner finds them in standard
// output and standard error alike.
//
// Of each kind GitHub shows ten in a step, so what weighs most comes first: what
// is wrong with the configuration, then why a run ended and what to do, then what
// it could not do, then what was changed outside; of changes those that give
// something up. Where there are more the tenth says how many.
func Annotations(s *Summary) string {
	var errors, warnings []annotation
	for _, d := range s.Diagnostics.Sorted() {
		if d.Severity == diag.Error {
			errors = append(errors, s.diagnosed(d))
		} else {
			warnings = append(warnings, s.diagnosed(d))
		}
	}
	var notices []annotation
	if s.Account != nil {
		var grave, rest []Row
		for _, r := range s.Account.Unfinished {
			r.Text, r.Reason = r.Reason+": "+r.Text, ""
			if r.Grave {
				grave = append(grave, r)
			} else {
				rest = append(rest, r)
			}
		}
		if s.Account.Next != "" {
			errors = append(errors, annotation{title: s.title(), text: []string{s.Account.Next}})
		}
		errors = append(errors, s.annotated("Not done", grave)...)
		warnings = append(warnings, s.annotated("Not done", rest)...)
		notices = s.annotated("Done", byWeight(s.Account.Done))
	}
	if s.Plan != nil {
		warnings = append(warnings, s.annotated("Changed outside", s.Plan.Outside)...)
		if s.Account == nil {
			notices = s.annotated("Planned", byWeight(s.Plan.Rows))
		}
	}
	return commands("error", errors) + commands("warning", warnings) + commands("notice", notices)
}

func (s *Summary) diagnosed(d diag.Diagnostic) annotation {
	a := annotation{title: d.Summary, text: strings.Split(d.Detail, "\n")}
	if d.Address != "" {
		a.title += ": " + d.Address
	}
	if d.Range == nil {
		return a
	}
	if a.file = s.place(d.Range.Filename); a.file == "" {
		a.text = append(a.text, fmt.Sprintf("At %s:%d.", d.Range.Filename, d.Range.Start.Line))
		return a
	}
	a.line, a.endLine = d.Range.Start.Line, d.Range.End.Line
	if a.line == a.endLine && d.Range.End.Column > d.Range.Start.Column {
		a.columns = [2]int{d.Range.Start.Column, d.Range.End.Column - 1}
	}
	return a
}

// byWeight puts what gives something up before what changes, and that before
// what is new.
func byWeight(rows []Row) []Row {
	const order = "-~+<>"
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b Row) int {
		return cmp.Compare(strings.IndexByte(order, a.Sign), strings.IndexByte(order, b.Sign))
	})
	return sorted
}

// annotated gives the annotations of rows, those of one line together.
func (s *Summary) annotated(title string, rows []Row) []annotation {
	type place struct {
		file string
		line int
	}
	var order []place
	byPlace := map[place][]*Row{}
	for i := range rows {
		at := place{s.place(rows[i].File), rows[i].Line}
		if byPlace[at] == nil {
			order = append(order, at)
		}
		byPlace[at] = append(byPlace[at], &rows[i])
	}
	var all []annotation
	for _, at := range order {
		a := annotation{file: at.file, line: at.line, title: title}
		thermostats, left := 0, 0
		for i, r := range byPlace[at] {
			if thermostats += r.count(); i >= mostTogether {
				left += r.count()
				continue
			}
			a.text = append(a.text, plainName(r)+": "+r.Text+aside(r.Reason))
		}
		if left > 0 {
			a.text = append(a.text, fmt.Sprintf("and %d more", left))
		}
		if thermostats > 1 {
			a.title += fmt.Sprintf(" (%d thermostats)", thermostats)
		}
		all = append(all, a)
	}
	return all
}

func aside(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

// plainName is what a row is about, without markup.
func plainName(r *Row) string {
	if len(r.Keys) == 0 {
		return r.Name
	}
	text := diag.Plural(len(r.Keys), "thermostat")
	if r.Name != "" {
		text = fmt.Sprintf("%s (%d)", r.Name, len(r.Keys))
	}
	return text + ": " + diag.First(r.Keys, 6)
}
