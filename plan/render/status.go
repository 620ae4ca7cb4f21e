package render

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

// Reading is a managed thermostat and what was read of it.
type Reading struct {
	Address string
	Record  state.Entry
	Status  *provider.Status // nil where it could not be read: Why says why
	At      time.Time
	Why     string
	Outside plan.Outside // what the next plan that looks would make of it
}

// column is a column of the table. The most dispensable goes first where there
// is no room.
type column struct {
	title string
	cells []string
	least int // columns of the screen that it can be cut to; 0: it is not cut
	whole int // columns up to which others are left out before it is cut
	drop  int // which to leave out first, from 1; 0: it stays
	right bool
}

// Status draws readings as a table, not wider than so many columns as long as
// the names and modes fit into them; 0 for DefaultWidth. Times of another year
// than that of the reference instant are written with their year.
func Status(w io.Writer, readings []Reading, columns int, reference time.Time) error {
	if columns <= 0 {
		columns = DefaultWidth
	}
	table := []column{
		{title: "NAME", least: 16, whole: 48}, {title: "°C", right: true}, {title: "RH %", drop: 2, right: true}, {title: "RELAY", drop: 3},
		{title: "MODE"}, {title: "SETPOINT", right: true}, {title: "UNTIL", drop: 4}, {title: "DRIFT", least: 10}, {title: "READ UTC", drop: 1},
	}
	for i := range readings {
		for n, text := range cells(&readings[i], reference) {
			table[n].cells = append(table[n].cells, diag.Printable(text))
		}
	}
	var b strings.Builder
	for _, text := range fit(table, columns) {
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func cells(r *Reading, reference time.Time) []string {
	row := []string{r.Address, "-", "-", "-", "-", "-", "-", "", r.At.UTC().Format("15:04:05")}
	if r.Status == nil {
		row[7] = "not read: " + r.Why
		return row
	}
	s := r.Status.Settings.Canonical()
	if t := r.Status.Temperature; t != nil {
		row[1] = t.Fixed()
	}
	if h := r.Status.Humidity; h != nil {
		row[2] = fmt.Sprintf("%.0f", *h)
	}
	row[3] = "off"
	if r.Status.Active {
		row[3] = "on"
	}
	row[4] = string(s.Mode)
	if s.Mode == provider.Automatic {
		row[4] += fmt.Sprintf(" %d", s.Program)
	}
	if s.Function == provider.Cooling {
		row[4] = "cooling, " + row[4]
	}
	if s.Mode == provider.Manual {
		row[5] = s.Setpoint.Fixed()
	}
	if !s.End.IsZero() {
		row[6] = localText(s.End, reference)
	}
	row[7] = driftText(r, reference)
	return row
}

// driftText says what a thermostat should be at where somebody else has set it, or
// what it was adopted in place of.
func driftText(r *Reading, reference time.Time) string {
	switch declared := r.Record.Declared; {
	case r.Outside == "" && declared != nil:
		return "adopted in place of " + mode(*declared, reference)
	case r.Outside == "":
		return "no"
	}
	was := mode(r.Record.Settings, reference)
	if r.Record.Settings.Function != r.Status.Settings.Function {
		was = Settings(r.Record.Settings, reference)
	}
	switch r.Outside {
	case plan.OutsideWish:
		return "for a time; was " + was
	case plan.OutsideAsDeclared:
		return "as declared by now; was " + was
	case plan.OutsidePutBack, plan.OutsideAdopted, plan.OutsideLeft, plan.OutsideOverridden:
	}
	return "yes; was " + was
}

// fit draws a table within so many columns: first what can be cut is cut, then
// what can be left out is left out.
func fit(table []column, room int) []string {
	const gap = "  "
	widths := func() (all []int, total int) {
		for i, c := range table {
			longest := width(c.title)
			for _, cell := range c.cells {
				longest = max(longest, width(cell))
			}
			all = append(all, longest)
			if total += longest; i > 0 {
				total += len(gap)
			}
		}
		return all, total
	}
	for drop := 1; ; drop++ {
		all, total := widths()
		least := total
		for i, c := range table {
			if c.least > 0 {
				least -= all[i] - min(all[i], max(c.least, c.whole))
			}
		}
		if least > room && drop <= 4 {
			for i := range table {
				if table[i].drop == drop {
					table = append(table[:i:i], table[i+1:]...)
					break
				}
			}
			continue
		}
		for i := len(table) - 1; i >= 0 && total > room; i-- {
			if c := table[i]; c.least > 0 {
				cutTo := max(all[i]-(total-room), min(all[i], c.least))
				total -= all[i] - cutTo
				all[i] = cutTo
			}
		}
		return lay(table, all, gap)
	}
}

func lay(table []column, widths []int, gap string) []string {
	rows := make([]string, len(table[0].cells)+1)
	for i, c := range table {
		for n, cell := range append([]string{c.title}, c.cells...) {
			if c.whole > 0 {
				cell = lastOf(cell, widths[i])
			} else {
				cell = truncate(cell, widths[i])
			}
			if i > 0 {
				rows[n] += gap
			}
			if c.right {
				rows[n] += strings.Repeat(" ", widths[i]-width(cell)) + cell
			} else {
				rows[n] += fill(cell, widths[i])
			}
		}
	}
	return rows
}

// lastOf cuts a name to so many columns of the screen, at its beginning: names of
// one module differ at their ends.
func lastOf(name string, columns int) string {
	runes := []rune(name)
	for from := 0; width(name) > columns && from < len(runes); from++ {
		name = "…" + string(runes[from+1:])
	}
	return name
}

// StatusJSON is a round of readings for programs, on one line. complete tells that
// no reading was cut short; retry is that of the quota that did.
func StatusJSON(readings []Reading, calls int, complete bool, retry Retry) ([]byte, error) {
	type rowJSON struct {
		Address string `json:"address"`
		ReadingJSON
		Recorded any          `json:"recorded"`
		Drift    plan.Outside `json:"drift"`
	}
	out := struct {
		Thermostats []rowJSON `json:"thermostats"`
		Calls       int       `json:"calls"`
		Complete    bool      `json:"complete"`
		Retry
	}{make([]rowJSON, 0, len(readings)), calls, complete, retry}
	for i := range readings {
		r := &readings[i]
		out.Thermostats = append(out.Thermostats, rowJSON{r.Address, ReadingData(r.Record.Device, r.Status, r.At, r.Why), recorded(&r.Record), r.Outside})
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode status as JSON: %w", err)
	}
	return append(text, '\n'), nil
}
