package render

import (
	"setpoint/plan/state"
	"setpoint/provider"
)

// valuesJSON are the attributes of a thermostat, named as in the configuration.
type valuesJSON struct {
	PlantID      string             `json:"plant_id"`
	ModuleID     string             `json:"module_id"`
	Function     provider.Function  `json:"function"`
	Mode         provider.Mode      `json:"mode"`
	Setpoint     *provider.Celsius  `json:"setpoint"`
	Program      *int               `json:"program"`
	BoostMinutes *int               `json:"boost_minutes"`
	Until        *string            `json:"until"`
	OnRemove     *provider.Settings `json:"on_remove"`
	Outcome      state.Outcome      `json:"outcome,omitempty"` // only of what is recorded
}

// importedJSON is what is known of a thermostat before it is read, readJSON what
// is known after it.
type importedJSON struct {
	PlantID  string             `json:"plant_id"`
	ModuleID string             `json:"module_id"`
	OnRemove *provider.Settings `json:"on_remove"`
}

// decidedJSON is what is known of a thermostat after the call that sets it.
type decidedJSON struct {
	Outcome bool `json:"outcome"`
}

type readJSON struct {
	Function     bool `json:"function"`
	Mode         bool `json:"mode"`
	Setpoint     bool `json:"setpoint"`
	Program      bool `json:"program"`
	BoostMinutes bool `json:"boost_minutes"`
	Until        bool `json:"until"`
	Outcome      bool `json:"outcome"`
}

// recorded are the attributes of a record, nil where there is none.
func recorded(e *state.Entry) any {
	if e == nil {
		return nil
	}
	v := values(e.Device, e.Settings)
	v.Outcome, v.OnRemove = e.Outcome, e.OnRemove
	return v
}

func values(d provider.Device, s provider.Settings) valuesJSON {
	s = s.Canonical()
	v := valuesJSON{PlantID: d.PlantID, ModuleID: d.ModuleID, Function: s.Function, Mode: s.Mode}
	switch s.Mode {
	case provider.Manual:
		v.Setpoint = &s.Setpoint
	case provider.Automatic:
		v.Program = &s.Program
	case provider.Boost:
		v.BoostMinutes = &s.BoostMinutes
	case provider.Off, provider.Protection:
	}
	if !s.End.IsZero() && s.Mode != provider.Boost {
		until := s.End.String()
		v.Until = &until
	}
	return v
}
