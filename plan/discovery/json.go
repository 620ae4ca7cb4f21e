package discovery

import (
	"encoding/json"
	"fmt"

	"setpoint/config/diag"
	"setpoint/plan/render"
	"setpoint/provider"
	"setpoint/provider/survey"
)

// inventoryJSON is an account as data. Names are the official ones, as they are.
type inventoryJSON struct {
	FormatVersion string        `json:"format_version"`
	Complete      bool          `json:"complete"` // everything that is not declared was read
	Calls         int           `json:"calls"`
	render.Retry                // of a quota that has cut the reading short
	Plants        []plantJSON   `json:"plants"`
	Skipped       []skippedJSON `json:"skipped"`
	Diagnostics   diag.List     `json:"diagnostics"`
}

type plantJSON struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	Address     string           `json:"address"` // of its block, or of the one that is proposed
	Declared    bool             `json:"declared"`
	TimeZone    *string          `json:"time_zone"` // null where it is not known
	Offsets     []string         `json:"utc_offsets"`
	Error       string           `json:"error,omitempty"`
	Thermostats []thermostatJSON `json:"thermostats"`
	Skipped     []skippedJSON    `json:"skipped"`
}

type thermostatJSON struct {
	PlantID  string `json:"plant_id"`
	ModuleID string `json:"module_id"`
	Name     string `json:"name"`
	Address  string `json:"address"`
	Declared bool   `json:"declared"` // then it was not read
	render.ReadingJSON
	Obstacle string `json:"obstacle,omitempty"` // why discover prints no block that can be used as it is
}

type skippedJSON struct {
	Type string `json:"type,omitempty"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Why  string `json:"why"`
}

// JSON is the account as one document. Diagnostics are what is to be said of it,
// retry is when a quota returns that has cut the reading short.
func (d *Account) JSON(diagnostics diag.List, retry render.Retry) (string, error) {
	out := inventoryJSON{
		FormatVersion: "1.0", Complete: d.Complete(), Calls: d.Calls, Retry: retry,
		Plants: []plantJSON{}, Skipped: skippedData(d.Listed.Value.Skipped), Diagnostics: diagnostics.Sorted(),
	}
	if out.Diagnostics == nil {
		out.Diagnostics = diag.List{}
	}
	for i := range d.plants {
		out.Plants = append(out.Plants, d.plants[i].data())
	}
	text, err := json.MarshalIndent(out, "", "  ")
	return string(text) + "\n", err
}

func (p *plant) data() plantJSON {
	out := plantJSON{
		ID: p.ID, Name: p.Name, Address: "plant." + p.name, Offsets: p.clocks.offsets(),
		Thermostats: []thermostatJSON{}, Skipped: skippedData(p.Listed.Value.Skipped),
	}
	if p.declared != nil {
		out.Address, out.Declared = p.declared.String(), true
	}
	if p.zone != nil {
		name := p.zone.String()
		out.TimeZone = &name
	}
	if out.Offsets == nil {
		out.Offsets = []string{}
	}
	if p.Listed.Err != nil {
		out.Error = survey.Reason(p.Listed.Err)
	}
	for i := range p.thermostats {
		out.Thermostats = append(out.Thermostats, p.thermostats[i].data())
	}
	return out
}

func (t *thermostat) data() thermostatJSON {
	out := thermostatJSON{
		PlantID: t.Device.PlantID, ModuleID: t.Device.ModuleID, Name: t.Name,
		Address: fmt.Sprintf("thermostat.%s", t.name), Obstacle: t.obstacle,
	}
	if t.declared != "" {
		out.Address, out.Declared = t.declared, true
	}
	var read *provider.Status
	why := ""
	switch {
	case t.Status.OK():
		read = &t.Status.Value
	case t.Status.Err != nil:
		why = survey.Reason(t.Status.Err)
	}
	out.ReadingJSON = render.ReadingData(t.Device, read, t.Status.At, why)
	return out
}

func skippedData(all []provider.Skipped) []skippedJSON {
	out := []skippedJSON{}
	for _, s := range all {
		out = append(out, skippedJSON{s.Type, s.ID, s.Name, s.Why})
	}
	return out
}
