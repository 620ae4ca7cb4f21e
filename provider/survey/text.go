package survey

import (
	"errors"
	"fmt"
	"strings"

	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/provider"
)

// Reason is why a question was not answered, in one line that a terminal may
// show, without a full stop.
func Reason(err error) string {
	reason := "not read"
	if failed, ok := errors.AsType[*provider.Error](err); ok {
		reason = failed.Reason()
	} else if err != nil {
		reason = err.Error()
	}
	return diag.Printable(strings.TrimRight(strings.ReplaceAll(reason, "\n", "; "), ". "))
}

// Official is a name that a person gave in the official app, as a string literal
// of the configuration, which evaluates to the name.
func Official(name string) string {
	if name == "" {
		return "without a name"
	}
	return address.Quote(name)
}

// Skipped is what a list holds and is not taken, and why, without a full stop.
func Skipped(s provider.Skipped) string {
	text := Official(s.Name)
	if s.ID != "" {
		text += ", id " + address.Quote(s.ID)
	}
	if s.Type != "" {
		text += ", a " + address.Quote(s.Type)
	}
	return text + ": " + s.Why
}

// Ends says when a temporary status ends, with a space before; "" where the
// thermostat did not tell.
func Ends(at provider.LocalTime) string {
	if at.IsZero() {
		return ""
	}
	return fmt.Sprintf(" until %s on its own clock", at)
}
