package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"setpoint/provider"
)

// stateJSON gives the file its order.
type stateJSON struct {
	Version         int               `json:"version"`
	SetpointVersion string            `json:"setpoint_version"`
	Lineage         string            `json:"lineage"`
	Serial          uint64            `json:"serial"`
	Thermostats     map[string]Entry  `json:"thermostats"`
	Outputs         map[string]Output `json:"outputs"`
}

// Encode writes the file: keys in fixed order, addresses and outputs sorted,
// two-space indent, a newline at the end. The same State gives the same bytes.
// It refuses a State that Decode would refuse, and names all that is wrong.
func Encode(s *State) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	out := stateJSON(*s)
	if out.Thermostats == nil {
		out.Thermostats = map[string]Entry{}
	}
	if out.Outputs == nil {
		out.Outputs = map[string]Output{}
	}
	return encodeThermostats(out)
}

// marshal leaves <, > and & readable: nothing here is ever put into a web page.
func marshal(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (s *State) check() error {
	const path = "state to be written"
	var found problems
	if s.Version != Version {
		found.add(Error{Kind: KindShape, Path: path, Detail: fmt.Sprintf("version is %d, not %d", s.Version, Version)})
	}
	if err := checkUUID("the lineage", s.Lineage); err != nil {
		found.add(Error{Kind: KindLineage, Path: path, Detail: err.Error()})
	}
	for _, a := range slices.Sorted(maps.Keys(s.Thermostats)) {
		if err := checkAddress(a); err != nil {
			found.add(Error{Kind: KindAddress, Path: path, Address: a, Detail: err.Error()})
		}
		if err := s.Thermostats[a].check(); err != nil {
			found.add(Error{Kind: KindEntry, Path: path, Address: a, Detail: oneLine(err)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Outputs)) {
		if err := s.Outputs[name].check(); err != nil {
			found.add(Error{Kind: KindOutput, Path: path, Detail: fmt.Sprintf("output %q: %s", name, oneLine(err))})
		}
	}
	return found.err()
}

type entryJSON struct {
	provider.Device
	Settings provider.Settings  `json:"settings"`
	Outcome  Outcome            `json:"outcome"`
	At       string             `json:"at"`
	Previous *provider.Settings `json:"previous,omitempty"`
	Declared *provider.Settings `json:"declared,omitempty"`
	OnRemove *provider.Settings `json:"on_remove,omitempty"`
}

// MarshalJSON writes the entry as it stands in state and journal: the time in
// UTC, cut to whole seconds.
func (e Entry) MarshalJSON() ([]byte, error) {
	return json.Marshal(entryJSON{
		Device: e.Device, Settings: e.Settings, Outcome: e.Outcome,
		At: wholeSecond(e.At).Format(time.RFC3339), Previous: e.Previous, Declared: e.Declared, OnRemove: e.OnRemove,
	})
}

// UnmarshalJSON reads what MarshalJSON writes and refuses anything else.
func (e *Entry) UnmarshalJSON(b []byte) error {
	var in entryJSON
	if err := unmarshalStrict(b, &in); err != nil {
		return err
	}
	at, err := parseAt(in.At)
	if err != nil {
		return err
	}
	out := Entry{
		Device: in.Device, Settings: in.Settings, Outcome: in.Outcome,
		At: at, Previous: in.Previous, Declared: in.Declared, OnRemove: in.OnRemove,
	}
	if err := out.check(); err != nil {
		return err
	}
	*e = out
	return nil
}

func parseAt(s string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil || wholeSecond(at).Format(time.RFC3339) != s {
		return time.Time{}, fmt.Errorf("at %q is not a UTC time of the form 2006-01-02T15:04:05Z", s)
	}
	return wholeSecond(at), nil
}
