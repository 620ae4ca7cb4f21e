package render

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/plan/state"
)

// State draws a state as text: one line for each thermostat, with how far the
// record can be trusted and since when. Times of another year than that of the
// reference instant are written with their year.
func State(w io.Writer, s *state.State, reference time.Time) error {
	var b strings.Builder
	all := addressesOf(s)
	longest := 0
	for _, at := range all {
		longest = max(longest, width(at.String()))
	}
	for _, at := range all {
		entry := s.Thermostats[at.String()]
		fmt.Fprintf(&b, "%s    %s (%s)\n", fill(diag.Printable(at.String()), min(longest, 60)),
			Settings(entry.Settings, reference), outcomeText(entry, reference))
	}
	if len(all) > 0 {
		b.WriteString("\n")
	}
	b.WriteString(stateLine(s) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// stateLine is a state in a line.
func stateLine(s *state.State) string {
	return fmt.Sprintf("%d thermostats, serial %d, lineage %s", len(s.Thermostats), s.Serial, s.Lineage)
}

func outcomeText(e state.Entry, reference time.Time) string {
	at := e.At.UTC().Format("2006-01-02 15:04 UTC")
	switch e.Outcome {
	case state.Unknown:
		if e.Previous != nil {
			return fmt.Sprintf("sent %s, never answered for certain; before: %s", at, Settings(*e.Previous, reference))
		}
		return fmt.Sprintf("sent %s, never answered for certain", at)
	case state.Observed:
		return "observed " + at
	}
	return "confirmed " + at
}

func addressesOf(s *state.State) []address.Address {
	all := make([]address.Address, 0, len(s.Thermostats))
	for name := range s.Thermostats {
		if at, err := address.Parse(name); err == nil { // a state holds canonical addresses only
			all = append(all, at)
		}
	}
	slices.SortFunc(all, address.Compare)
	return all
}

type stateJSON struct {
	FormatVersion   string     `json:"format_version"`
	SetpointVersion string     `json:"setpoint_version"`
	Values          moduleJSON `json:"values"`
}

type moduleJSON struct {
	Outputs    map[string]state.Output `json:"outputs"`
	RootModule struct {
		Resources []resourceJSON `json:"resources"`
	} `json:"root_module"`
}

type resourceJSON struct {
	Address         string     `json:"address"`
	Mode            string     `json:"mode"`
	Type            string     `json:"type"`
	Name            string     `json:"name"`
	Index           any        `json:"index,omitempty"`
	ProviderName    string     `json:"provider_name"`
	SchemaVersion   int        `json:"schema_version"`
	Values          valuesJSON `json:"values"`
	SensitiveValues struct{}   `json:"sensitive_values"`
}

// StateJSON is a state for programs, in the shape of Terraform's state JSON.
func StateJSON(s *state.State) ([]byte, error) {
	out := stateJSON{FormatVersion: "1.0", SetpointVersion: s.SetpointVersion}
	out.Values.Outputs = s.Outputs
	out.Values.RootModule.Resources = make([]resourceJSON, 0, len(s.Thermostats))
	for _, at := range addressesOf(s) {
		entry := s.Thermostats[at.String()]
		recorded := values(entry.Device, entry.Settings)
		recorded.Outcome, recorded.OnRemove = entry.Outcome, entry.OnRemove
		out.Values.RootModule.Resources = append(out.Values.RootModule.Resources, resourceJSON{
			Address: at.String(), Mode: "managed", Type: "thermostat", Name: at.Name, Index: at.Key.Value(),
			ProviderName: "smarther", Values: recorded,
		})
	}
	encoded, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode state as JSON: %w", err)
	}
	return append(encoded, '\n'), nil
}
