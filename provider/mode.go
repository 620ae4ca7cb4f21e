package provider

import (
	"fmt"
	"slices"
	"strings"
)

// Function is what the plant is used for. Every Set call carries it, also where
// it does not change. The zero value is none.
type Function string

// The functions of the reference.
const (
	Heating Function = "heating"
	Cooling Function = "cooling"
)

// Functions lists every Function in the order of the reference.
func Functions() []Function { return []Function{Heating, Cooling} }

// ParseFunction reads a function in either case, as the cloud writes both.
func ParseFunction(s string) (Function, error) {
	return parseEnum("function", s, Functions())
}

// Mode is how a thermostat works. The zero value is none.
type Mode string

// The modes of the reference.
const (
	// Automatic follows one of the thermostat's weekly programs.
	Automatic Mode = "automatic"
	// Manual holds a setpoint, for ever or until an end.
	Manual Mode = "manual"
	// Boost heats or cools at full power for 30, 60 or 90 minutes.
	Boost Mode = "boost"
	// Off does nothing, not even against frost.
	Off Mode = "off"
	// Protection keeps the plant from freezing, at a temperature of its own.
	Protection Mode = "protection"
)

// Modes lists every Mode in the order of the reference.
func Modes() []Mode { return []Mode{Automatic, Manual, Boost, Off, Protection} }

// ParseMode reads a mode in either case, as the cloud writes both.
func ParseMode(s string) (Mode, error) { return parseEnum("mode", s, Modes()) }

func parseEnum[T ~string](what, s string, all []T) (T, error) {
	if v := T(strings.ToLower(s)); slices.Contains(all, v) {
		return v, nil
	}
	return "", fmt.Errorf("%q is no %s of a thermostat", s, what)
}

// Field names a part of Settings that depends on the mode, spelt as in the
// configuration.
type Field string

// The fields that depend on the mode.
const (
	FieldSetpoint     Field = "setpoint"
	FieldProgram      Field = "program"
	FieldBoostMinutes Field = "boost_minutes"
	FieldUntil        Field = "until"
)

// Requires tells whether the mode makes no sense without the field.
func (m Mode) Requires(f Field) bool {
	switch f {
	case FieldSetpoint:
		return m == Manual
	case FieldProgram:
		return m == Automatic
	case FieldBoostMinutes:
		return m == Boost
	case FieldUntil:
	}
	return false
}

// Allows tells whether the mode uses the field. A boost has an end too, but it
// follows from its minutes and cannot be chosen.
func (m Mode) Allows(f Field) bool {
	if f == FieldUntil {
		return m == Manual || m == Off || m == Protection
	}
	return m.Requires(f)
}
