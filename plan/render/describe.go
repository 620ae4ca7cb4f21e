// Package render draws plans and states: as text for people, as JSON for
// programs. It draws what it is given and decides nothing; it knows nothing of
// applying.
package render

import (
	"fmt"
	"time"

	"setpoint/provider"
)

// Settings describes a status in plain words, "heating, manual 21.5 °C until
// Thu 24 Dec 18:00". Times are plant-local; the year is named where it is not
// that of the reference instant.
func Settings(s provider.Settings, reference time.Time) string {
	return string(s.Function) + ", " + mode(s, reference)
}

func mode(s provider.Settings, reference time.Time) string {
	s = s.Canonical()
	text := string(s.Mode)
	switch s.Mode {
	case provider.Manual:
		text += " " + s.Setpoint.String() + " °C"
	case provider.Automatic:
		text += fmt.Sprintf(" program %d", s.Program)
	case provider.Boost:
		if s.BoostMinutes > 0 {
			text += fmt.Sprintf(" %d min", s.BoostMinutes)
		}
	case provider.Off, provider.Protection:
	}
	if !s.End.IsZero() {
		text += " until " + localText(s.End, reference)
	}
	return text
}

// localText writes a plant-local time for people.
func localText(l provider.LocalTime, reference time.Time) string {
	layout := "Mon 2 Jan 15:04"
	if l.Time().Year() != reference.Year() {
		layout = "Mon 2 Jan 2006 15:04"
	}
	if l.Time().Second() != 0 {
		layout += ":05"
	}
	return l.Time().Format(layout)
}

// difference describes a change with what it leaves alone said once:
// "heating, manual 19 -> 20.5 °C".
func difference(before, after provider.Settings, reference time.Time) string {
	b, a := before.Canonical(), after.Canonical()
	if b.Function != a.Function {
		return Settings(b, reference) + " -> " + Settings(a, reference)
	}
	function := string(a.Function) + ", "
	sameEnd := b
	sameEnd.End, sameEnd.Start = a.End, a.Start
	switch {
	case b.Mode != a.Mode:
	case a.Mode == provider.Manual && b.End == a.End && b.Setpoint != a.Setpoint:
		return function + fmt.Sprintf("manual %s -> %s", b.Setpoint, mode(a, reference)[len("manual "):])
	case a.Mode == provider.Automatic && b.Program != a.Program:
		return function + fmt.Sprintf("automatic program %d -> %d", b.Program, a.Program)
	case a.Mode == provider.Boost && b.BoostMinutes != a.BoostMinutes:
		return function + fmt.Sprintf("boost %d -> %d min", b.BoostMinutes, a.BoostMinutes)
	case sameEnd == a && b.End != a.End && a.Mode != provider.Boost:
		endless := a
		endless.End = provider.LocalTime{}
		return function + mode(endless, reference) + ", " + end(b, reference) + " -> " + end(a, reference)
	}
	return function + mode(b, reference) + " -> " + mode(a, reference)
}

func end(s provider.Settings, reference time.Time) string {
	if s.End.IsZero() {
		return "without end"
	}
	return "until " + localText(s.End, reference)
}
