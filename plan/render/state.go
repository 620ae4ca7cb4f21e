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
	at := diag.Minute(e.At)
	switch e.Outcome {
	case state.Unknown:
		if e.Previous != nil {
			return fmt.Sprintf("sent %s, never answered for certain; before: %s", at, Settings(*e.Previous, reference))
		}
		return fmt.Sprintf("sent %s, never answered for certain", at)
	case state.Observed:
		return "observed " + at
	case state.Confirmed:
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

// StateJSON is a state for programs: Terraform's state JSON (format 1.0), on one
// line, with thermostats and outputs as in JSON. The same state gives the same
// bytes.
func StateJSON(s *state.State) ([]byte, error) {
	out := stateJSON{FormatVersion: stateFormat, TerraformVersion: terraformVersion, SetpointVersion: s.SetpointVersion}
	out.Values.Outputs = make(map[string]outputJSON, len(s.Outputs))
	for name, o := range s.Outputs {
		out.Values.Outputs[name] = outputOf(o, false)
	}
	all := make([]placed, 0, len(s.Thermostats))
	for _, at := range addressesOf(s) {
		name := at.String()
		entry := s.Thermostats[name]
		all = append(all, placed{at, name, recorded(&entry)})
	}
	out.Values.RootModule = inModules(all)
	encoded, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode state as JSON: %w", err)
	}
	return append(encoded, '\n'), nil
}
