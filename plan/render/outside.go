package render

import (
	"fmt"
	"strings"
	"time"

	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

// writeReadings says what somebody else has set and what could not be read,
// apart from what is to be done.
func writeReadings(b *strings.Builder, p *plan.Plan, o TextOptions) {
	outside, unread := readings(p, o.Full)
	for i := range outside {
		outside[i].text += readingTime(&outside[i])
	}
	writeSection(b, "Changed outside:", outside, o)
	writeSection(b, "Not read, so planned from the record:", unread, o)
}

// readings are the lines of what somebody else has set, and of what could not be
// read.
func readings(p *plan.Plan, each bool) (outside, unread []line) {
	outside = gather(p, func(s *plan.Step) bool { return s.Outside != "" }, func(s *plan.Step) drawing {
		return drawReading(s, outsideText(s, p.Made))
	}, each)
	unread = gather(p, func(s *plan.Step) bool { return s.Seen != nil && s.Seen.Settings == nil }, func(s *plan.Step) drawing {
		return drawReading(s, s.Seen.Why)
	}, each)
	return outside, unread
}

func writeSection(b *strings.Builder, title string, lines []line, o TextOptions) {
	if len(lines) == 0 {
		return
	}
	b.WriteString(title + "\n")
	writeLines(b, lines, o)
	b.WriteString("\n")
}

// outsideText says what a thermostat was recorded at, what it was read at, and
// what is made of that.
func outsideText(s *plan.Step, reference time.Time) string {
	return readingText(s.Before, *s.Seen.Settings, reference) + "; " + fate(s)
}

// readingText describes a reading with what was recorded before, where that is known.
func readingText(record *state.Entry, read provider.Settings, reference time.Time) string {
	before := &record.Settings
	if record.Outcome == state.Unknown {
		before = record.Previous
	}
	if before == nil || before.Same(read) {
		return Settings(read, reference)
	}
	return difference(*before, read, reference)
}

func fate(s *plan.Step) string {
	switch s.Outside {
	case plan.OutsidePutBack:
		return "to be put back"
	case plan.OutsideAdopted:
		return "to be adopted"
	case plan.OutsideAsDeclared:
		return "as declared by now"
	case plan.OutsideWish:
		return "left until it ends"
	case plan.OutsideOverridden:
		return "to be overridden"
	case plan.OutsideLeft:
	}
	return "left as it is"
}

// readingTime is when the thermostats of a line were read, in UTC.
func readingTime(l *line) string {
	first, last := l.step.Seen.At, l.step.Seen.At
	for i := range l.members {
		at := l.members[i].step.Seen.At
		if at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	const layout = "2006-01-02 15:04"
	from, to := first.UTC().Format(layout), last.UTC().Format(layout)
	if from == to {
		return " (read " + from + " UTC)"
	}
	if day := len("2006-01-02 "); from[:day] == to[:day] {
		to = to[day:]
	}
	return fmt.Sprintf(" (read %s to %s UTC)", from, to)
}

// nothingRead says why there is nothing to do after thermostats were read.
func nothingRead(p *plan.Plan, over int) string {
	left, adopted, read := 0, 0, 0
	for i := range p.Steps {
		s := &p.Steps[i]
		switch {
		case s.Outside != "":
			left++
		case s.Before != nil && s.Before.Declared != nil:
			adopted++
		}
		if s.Seen != nil && s.Seen.Settings != nil {
			read++
		}
	}
	text := "No changes."
	for _, part := range []struct {
		count     int
		one, many string
	}{
		{over, "1 declared status is over and is not sent.", "%d declared statuses are over and are not sent."},
		{left, "1 thermostat was changed outside and is left as it is.", "%d thermostats were changed outside and are left as they are."},
		{adopted, "1 adopted status stays until its declaration changes.", "%d adopted statuses stay until their declarations change."},
	} {
		switch {
		case part.count == 1:
			text += " " + part.one
		case part.count > 1:
			text += " " + fmt.Sprintf(part.many, part.count)
		}
	}
	what := "Your thermostats match the configuration."
	if p.RefreshOnly {
		what = "Your thermostats match the record."
	}
	if over+left+adopted > 0 {
		what = strings.Replace(what, "Your", "Your other", 1)
	}
	if read < p.Managed {
		what = fmt.Sprintf("Of %d thermostats %d were read; everything else matches what was last applied.", p.Managed, read)
	}
	return text + " " + what
}
