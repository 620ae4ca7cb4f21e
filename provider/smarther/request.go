package smarther

import (
	"encoding/json"
	"errors"

	"setpoint/provider"
)

// statusBody is the body of Set Chronothermostat Status, its properties in the
// order of the reference.
type statusBody struct {
	Function       provider.Function `json:"function"`
	Mode           provider.Mode     `json:"mode"`
	SetPoint       *setPointBody     `json:"setPoint,omitempty"`
	Programs       []programBody     `json:"programs,omitempty"`
	ActivationTime string            `json:"activationTime,omitempty"`
}

type setPointBody struct {
	Value string `json:"value"` // a string in the reference, one decimal
	Unit  string `json:"unit"`  // the only one the reference takes is C
}

type programBody struct {
	Number int `json:"number"`
}

// encodeSettings writes only what the mode carries.
func encodeSettings(s provider.Settings) ([]byte, error) {
	err := s.Validate()
	if s.Mode == provider.Boost && s.Start.IsZero() && s.End.IsZero() {
		err = errors.Join(err, errors.New("a boost cannot be sent without its interval"))
	}
	if err != nil {
		return nil, err
	}
	s = s.Canonical()
	body := statusBody{Function: s.Function, Mode: s.Mode, ActivationTime: s.ActivationTime()}
	switch s.Mode {
	case provider.Manual:
		body.SetPoint = &setPointBody{Value: s.Setpoint.Fixed(), Unit: "C"}
	case provider.Automatic:
		body.Programs = []programBody{{Number: s.Program}}
	case provider.Boost, provider.Off, provider.Protection:
	}
	return json.Marshal(body)
}
