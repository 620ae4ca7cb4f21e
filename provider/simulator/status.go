package simulator

import (
	"fmt"
	"hash/fnv"
	"slices"
	"time"
)

// Function is what a thermostat regulates.
type Function string

// The functions of the reference.
const (
	Heating Function = "heating"
	Cooling Function = "cooling"
)

// Mode is how a thermostat works.
type Mode string

// The modes of the reference.
const (
	Automatic  Mode = "automatic"
	Manual     Mode = "manual"
	Boost      Mode = "boost"
	Off        Mode = "off"
	Protection Mode = "protection"
)

// Limits of the reference, both ends included: °C in tenths, and program numbers.
const (
	lowestSetpoint  Tenths = 30
	highestSetpoint Tenths = 400
	highestProgram         = 11
)

func functions() []string { return []string{string(Heating), string(Cooling)} }

func modes() []string {
	return []string{string(Automatic), string(Manual), string(Boost), string(Off), string(Protection)}
}

// Settings is what a thermostat has been put into.
type Settings struct {
	Function Function `json:"function"`
	Mode     Mode     `json:"mode"`

	// Setpoint in °C, 3 to 40: in manual mode the one asked for, in automatic and
	// protection the device's own, in off and boost the last one in memory.
	Setpoint Tenths `json:"setpoint"`

	// Program, 0 to 11, runs in automatic mode; in the others it is the one the
	// device remembers.
	Program int `json:"program"`

	// End is the instant at which the mode runs out; zero for a mode without end.
	// Automatic never has one, boost always does.
	End time.Time `json:"end,omitzero"`
}

// Status is all there is to know about one thermostat.
type Status struct {
	Settings

	// Before holds, while a mode with an end lasts, the last settings that had
	// none; nil where they are not known.
	Before *Settings `json:"before,omitempty"`

	Temperature Tenths `json:"temperature"` // measured, °C, -50 to 100
	Humidity    Tenths `json:"humidity"`    // measured, percent, 0 to 100
}

// AfterEnd is what a thermostat does when a mode with an end runs out.
type AfterEnd int

const (
	// AfterEndAutomatic returns to automatic with the remembered program.
	AfterEndAutomatic AfterEnd = iota
	// AfterEndPrevious returns to the last settings without end, or to automatic
	// where they are not known.
	AfterEndPrevious
)

// firstStatus is that of a thermostat fresh out of its box. What it measures
// follows from its id alone, so that every run sees the same.
func firstStatus(moduleID string) Status {
	h := fnv.New32a()
	_, _ = h.Write([]byte(moduleID)) // never fails, says hash.Hash
	spread := h.Sum32()
	return Status{
		Settings:    automaticSettings(Heating, 1),
		Temperature: 180 + Tenths(spread%40),
		Humidity:    400 + Tenths(spread/40%200),
	}
}

// automaticSettings is automatic mode with the temperature that every simulated
// program keeps all day.
func automaticSettings(function Function, program int) Settings {
	setpoint := Tenths(200)
	if function == Cooling {
		setpoint = 260
	}
	return Settings{Function: function, Mode: Automatic, Setpoint: setpoint, Program: program}
}

// protectionSetpoint is what the device holds by itself in protection mode.
func protectionSetpoint(function Function) Tenths {
	if function == Cooling {
		return 350
	}
	return 70
}

// enter puts the thermostat into new settings, as a call does.
func (s Status) enter(next Settings) Status {
	switch {
	case next.End.IsZero():
		s.Before = nil
	case s.End.IsZero():
		lasting := s.Settings
		s.Before = &lasting
	}
	s.Settings = next
	return s
}

// at is the status at an instant not before the last change.
func (s Status) at(now time.Time, after AfterEnd) Status {
	if s.End.IsZero() || now.Before(s.End) {
		return s
	}
	if after == AfterEndPrevious && s.Before != nil {
		s.Settings = *s.Before
	} else {
		s.Settings = automaticSettings(s.Function, s.Program)
	}
	s.Before = nil
	return s
}

// active tells whether the thermostat calls for heat or cold.
func (s Status) active() bool {
	switch {
	case s.Mode == Off:
		return false
	case s.Mode == Boost:
		return true
	case s.Function == Cooling:
		return s.Temperature > s.Setpoint
	default:
		return s.Temperature < s.Setpoint
	}
}

// problems lists what cannot be in a status.
func (s Status) problems() []string {
	found := s.Settings.problems()
	if s.Temperature < -500 || s.Temperature > 1000 {
		found = append(found, fmt.Sprintf("temperature %s is not within -50 and 100", s.Temperature))
	}
	if s.Humidity < 0 || s.Humidity > 1000 {
		found = append(found, fmt.Sprintf("humidity %s is not within 0 and 100", s.Humidity))
	}
	if s.Before == nil {
		return found
	}
	if s.End.IsZero() {
		found = append(found, "before is there, but the mode has no end")
	}
	if !s.Before.End.IsZero() {
		found = append(found, "before has an end; it keeps only settings without one")
	}
	for _, problem := range s.Before.problems() {
		found = append(found, "before: "+problem)
	}
	return found
}

func (s Settings) problems() []string {
	var found []string
	if !slices.Contains(functions(), string(s.Function)) {
		found = append(found, fmt.Sprintf("function %q is none of %q", s.Function, functions()))
	}
	if !slices.Contains(modes(), string(s.Mode)) {
		found = append(found, fmt.Sprintf("mode %q is none of %q", s.Mode, modes()))
	}
	if s.Setpoint < lowestSetpoint || s.Setpoint > highestSetpoint {
		found = append(found, fmt.Sprintf("setpoint %s is not within 3 and 40", s.Setpoint))
	}
	if s.Program < 0 || s.Program > highestProgram {
		found = append(found, fmt.Sprintf("program %d is not within 0 and 11", s.Program))
	}
	// RFC 3339 has no years beyond 9999, and no seconds in offsets, as some zones
	// had before 1973.
	if year := s.End.Year(); !s.End.IsZero() && (year < 1973 || year > 9999) {
		found = append(found, fmt.Sprintf("end is in the year %d, which is not within 1973 and 9999", year))
	}
	if s.Mode == Automatic && !s.End.IsZero() {
		found = append(found, "automatic mode has an end; remove it")
	}
	if s.Mode == Boost && s.End.IsZero() {
		found = append(found, "boost mode has no end; give it one")
	}
	return found
}
