package summary

import (
	"fmt"
	"strings"

	"setpoint/config/diag"
)

// Bounds of one cell, in characters, so that one name or message cannot fill a
// comment.
const (
	mostName  = 200
	mostKeys  = 50
	mostText  = 1500
	mostValue = 300
	mostLines = 30 // of a value, each as long as a name
)

// section is a part of a comment: a table below a title, folded or not.
type section struct {
	title   string
	columns []string
	rows    []line
	folded  bool
	what    string // of what rows are left out where there is no room
}

// line is a row of a table and how many things it stands for.
type line struct {
	text  string
	count int
}

// sections are the parts of a comment, in the order in which they are read and
// in which they get room.
func (s *Summary) sections() []section {
	var errors, warnings diag.List
	for _, d := range s.Diagnostics.Sorted() {
		if d.Severity == diag.Error {
			errors = append(errors, d)
		} else {
			warnings = append(warnings, d)
		}
	}
	if s.Record != nil {
		return []section{s.record(), outputs(s.Record.Outputs, "Value")}
	}
	all := []section{s.diagnostics("Errors", "error", errors)}
	var changes []Row
	switch {
	case s.Account != nil:
		changes = s.Account.Done
		all = append(all, s.unfinished(), s.table("Done", changes))
	case s.Plan != nil:
		changes = s.Plan.Rows
		all = append(all, s.table("", changes))
	}
	if s.Plan != nil {
		all = append(all, s.readings("Changed outside", s.Plan.Outside), s.readings("Not read, so planned from the record", s.Plan.Unread))
	}
	all = append(all, s.diagnostics("Warnings", "warning", warnings))
	if s.Plan != nil && (s.Account == nil || s.Account.Complete) { // else none is recorded
		all = append(all, outputs(s.Plan.Outputs, "Before", "After"))
	}
	return append(all, s.members(changes))
}

func (s *Summary) diagnostics(title, what string, list diag.List) section {
	t := section{title: fmt.Sprintf("%s (%d)", title, len(list)), columns: []string{diag.Capital(what), "Where"}, what: what}
	for _, d := range list {
		text := "<strong>" + prose(cut(d.Summary, mostName)) + "</strong>"
		detail := d.Detail
		if d.Snippet != nil {
			for _, v := range d.Snippet.Values {
				detail += "\n" + v.Traversal + " " + v.Statement + "."
			}
		}
		if detail != "" {
			text += "<br/>" + lines(cut(detail, mostText))
		}
		where := code(cut(d.Address, mostName))
		if d.Range != nil {
			if where != "" {
				where += "<br/>"
			}
			where += s.at(d.Range.Filename, d.Range.Start.Line)
		}
		t.add(1, text, where)
	}
	return t
}

// table is one of changes to thermostats.
func (s *Summary) table(title string, rows []Row) section {
	t := section{title: title, columns: []string{"", "Thermostat", "Change", "Reason", "Declared"}, what: "thermostat"}
	for i := range rows {
		r := &rows[i]
		t.add(r.count(), code(string(r.Sign)), name(r), prose(cut(r.Text, mostText)), prose(r.Reason), s.at(r.File, r.Line))
	}
	return t
}

func (s *Summary) unfinished() section {
	t := section{title: "Not done", columns: []string{"Thermostat", "Outcome", "Why", "Declared"}, what: "thermostat"}
	for i := range s.Account.Unfinished {
		r := &s.Account.Unfinished[i]
		t.add(r.count(), name(r), prose(r.Reason), lines(cut(r.Text, mostText)), s.at(r.File, r.Line))
	}
	return t
}

func (s *Summary) readings(title string, rows []Row) section {
	t := section{title: title, columns: []string{"Thermostat", "Reading", "Declared"}, what: "thermostat"}
	for i := range rows {
		r := &rows[i]
		t.add(r.count(), name(r), prose(cut(r.Text, mostText)), s.at(r.File, r.Line))
	}
	return t
}

func (s *Summary) record() section {
	t := section{columns: []string{"Thermostat", "Set to", "How certain"}, what: "thermostat"}
	for i := range s.Record.Rows {
		r := &s.Record.Rows[i]
		t.add(1, name(r), prose(cut(r.Text, mostText)), prose(cut(r.Reason, mostText)))
	}
	return t
}

// outputs is a table with the values of outputs: before and after, or after only.
func outputs(all []Output, values ...string) section {
	t := section{title: "Outputs", columns: append([]string{"Output"}, values...), what: "output"}
	for _, o := range all {
		cells := []string{code(o.Name), value(o.Before), value(o.After)}
		if len(values) == 1 {
			cells = []string{cells[0], cells[2]}
		}
		t.add(1, cells...)
	}
	return t
}

// value is that of an output in its cell, which a text cannot leave: each of its lines
// is code of its own.
func value(text string) string {
	all := strings.Split(text, "\n")
	if len(all) == 1 {
		return code(cut(text, mostValue))
	}
	var cell []string
	for _, line := range all[:min(len(all), mostLines)] {
		cell = append(cell, code(cut(strings.TrimSuffix(line, "\r"), mostName)))
	}
	if more := len(all) - mostLines; more > 0 {
		cell = append(cell, fmt.Sprintf("and %s", diag.Plural(more, "more line")))
	}
	return strings.Join(cell, "<br/>")
}

// members names each thermostat of the rows that stand for several.
func (s *Summary) members(rows []Row) section {
	t := section{columns: []string{"Thermostat", "Change", "Declared"}, what: "thermostat", folded: true}
	for i := range rows {
		for j := range rows[i].Members {
			m := &rows[i].Members[j]
			t.add(1, name(m), prose(cut(m.Text, mostText)), s.at(m.File, m.Line))
		}
	}
	t.title = fmt.Sprintf("Each of the %d thermostats that share a line", len(t.rows))
	return t
}

func (t *section) add(count int, cells ...string) {
	t.rows = append(t.rows, line{"| " + strings.Join(cells, " | ") + " |\n", count})
}

// name is what a row is about, with the first of several alike.
func name(r *Row) string {
	if len(r.Keys) == 0 {
		return code(cut(r.Name, mostName))
	}
	text := diag.Plural(len(r.Keys), "thermostat") + ": "
	if r.Name != "" {
		text = code(cut(r.Name, mostName)) + fmt.Sprintf(" (%d): ", len(r.Keys))
	}
	room := mostKeys
	for i, key := range r.Keys {
		key = cut(key, mostKeys)
		if room -= len(key); i > 0 && room < 0 {
			return text + fmt.Sprintf(" and %d more", len(r.Keys)-i)
		}
		if i > 0 {
			text += ", "
		}
		text += code(key)
	}
	return text
}

// at is a place in the source.
func (s *Summary) at(file string, number int) string {
	if file == "" {
		return ""
	}
	return code(fmt.Sprintf("%s:%d", cut(s.shownPlace(file), mostName), number))
}
