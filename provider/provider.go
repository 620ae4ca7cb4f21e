// Package provider is the vocabulary that every other package shares: what a
// thermostat can be set to (Settings), which thermostat is meant (Device), what
// one says about itself (Status), who is asked (Provider) and how a request can
// fail (Error).
//
// It knows nothing of HTTP, HCL or files and imports only the standard library.
// The rules it states are those of the Smarther v2.0 reference, operations "Set
// Chronothermostat Status" and "Get Chronothermostat Status".
package provider

import (
	"context"
	"time"
)

// Provider is a cloud that sets and reads thermostats.
//
// Implementations are safe for concurrent use. They make exactly one attempt
// per call: pace, order and retries belong to package dispatch. Every error
// they return is an *Error.
type Provider interface {
	// Set puts the device into the given settings, which must be valid
	// (Settings.Validate) and, in boost mode, carry their interval. The write is
	// absolute: sending the same settings again soon changes nothing.
	//
	// A nil error means that the cloud answered 2xx to exactly these settings.
	// An error whose MayHaveLanded is true leaves open whether they took effect.
	Set(ctx context.Context, device Device, settings Settings) error

	// Get reads the present status of the device.
	Get(ctx context.Context, device Device) (Status, error)
}

// Status is what a thermostat said about itself at one instant.
type Status struct {
	// Settings are in canonical form. Start is never known: the cloud reports
	// only the end of a temporary mode, also of a boost, so BoostMinutes is 0.
	// They can be recorded: Settings.UnmarshalJSON reads what MarshalJSON writes
	// of them. Whoever reads the cloud refuses what cannot.
	Settings Settings

	// Temperature is the measured room temperature, rounded to tenths of a
	// degree; nil where the thermostat reported none.
	Temperature *Celsius

	// Humidity is the measured relative humidity in percent, 0 to 100; nil
	// where the thermostat reported none.
	Humidity *float64

	// Active tells whether the thermostat calls for heat or cold right now.
	Active bool

	// Time is the thermostat's own clock with its own offset, the only in-band
	// source of its time zone; zero where it reported none.
	Time time.Time
}
