// Package state is the last-applied record: what each thermostat was last set
// to, as a file that is only ever replaced whole, and a journal beside it that
// holds what happened since.
//
// A reader sees both together and writes nothing (Store.Read). A writer holds
// the lock, appends what happens to the journal while it happens, and folds the
// journal into the file at the end or, after a crash, at the next start
// (Store.Open, Session). No other package writes these files.
//
// Where several machines share a state, a Remote holds it, and the file is a
// working copy on which all of this runs as it is; what is promised then is said
// at Remote.
//
// The package knows neither the configuration language nor how a thermostat is
// called. It is never given a secret: the caller leaves sensitive outputs out.
package state

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"setpoint/provider"
)

// Version is the version of the state file format that this program writes,
// and the newest that it reads.
const Version = 1

// State is the whole record. Thermostats are under their canonical addresses.
type State struct {
	Version         int    // of the format
	SetpointVersion string // of the program that wrote it last
	Lineage         string // a UUID in lower case, given once and kept for ever
	Serial          uint64 // one more at every change
	Thermostats     map[string]Entry
	Outputs         map[string]Output
}

// New is an empty record with a lineage of its own and serial 0.
func New(setpointVersion string) *State {
	return &State{
		Version:         Version,
		SetpointVersion: setpointVersion,
		Lineage:         uuid.NewString(),
		Thermostats:     map[string]Entry{},
		Outputs:         map[string]Output{},
	}
}

// Outcome says how far the settings of an entry can be trusted.
type Outcome string

// The outcomes.
const (
	// Confirmed: the cloud answered 2xx to exactly these settings.
	Confirmed Outcome = "confirmed"
	// Unknown: they were sent and never answered for certain.
	Unknown Outcome = "unknown"
	// Observed: they were read from the thermostat (import, adopted drift).
	Observed Outcome = "observed"
)

// Entry is what is known of one thermostat.
type Entry struct {
	Device   provider.Device
	Settings provider.Settings // as sent, or as read where Observed
	Outcome  Outcome
	At       time.Time // of the outcome, UTC, whole seconds

	// Previous is what was confirmed or observed of the same device before;
	// only where the outcome is Unknown, nil where nothing was.
	Previous *provider.Settings
	// Declared is what was declared when the settings, which differ from it, were
	// adopted: they stay until it changes. Only where the outcome is Observed, nil
	// where nothing was adopted.
	Declared *provider.Settings
	// OnRemove is what to leave behind on destruction; nil where not declared.
	OnRemove *provider.Settings
}

// Equal tells whether two entries say the same.
func (e Entry) Equal(o Entry) bool {
	return e.Device == o.Device && e.Settings == o.Settings && e.Outcome == o.Outcome &&
		e.At.Equal(o.At) && sameSettings(e.Previous, o.Previous) && sameSettings(e.Declared, o.Declared) &&
		sameSettings(e.OnRemove, o.OnRemove)
}

func sameSettings(a, b *provider.Settings) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// Output is one value that the configuration gives out. Value and Type are JSON
// in compact form. Of a sensitive output both are nil: only that it exists is
// recorded.
type Output struct {
	Value     json.RawMessage `json:"value,omitempty"`
	Type      json.RawMessage `json:"type,omitempty"`
	Sensitive bool            `json:"sensitive,omitempty"`
}

// Equal tells whether two outputs say the same.
func (o Output) Equal(p Output) bool {
	return o.Sensitive == p.Sensitive && bytes.Equal(o.Value, p.Value) && bytes.Equal(o.Type, p.Type)
}
