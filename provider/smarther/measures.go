package smarther

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"setpoint/provider"
)

// instrumentBody is a thermometer or a hygrometer with all that it measured.
type instrumentBody struct {
	Measures json.RawMessage `json:"measures"`
}

// decodeMeasures reads the answer of Chronothermostat Measures. Either
// instrument may be missing, or have measured nothing.
func decodeMeasures(body []byte, device provider.Device) (provider.Measures, error) {
	var answer struct {
		Thermometer json.RawMessage `json:"thermometer"`
		Hygrometer  json.RawMessage `json:"hygrometer"`
		Sender      lenient[sender] `json:"sender"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return provider.Measures{}, fmt.Errorf("the answer holds no measures: %w", err)
	}
	id := string(answer.Sender.value.Plant.Module.ID)
	switch {
	case id != "" && !strings.EqualFold(id, device.ModuleID):
		return provider.Measures{}, errors.New("the answer is about another thermostat")
	case id == "" && answer.Thermometer == nil && answer.Hygrometer == nil:
		return provider.Measures{}, errors.New("the answer has neither a thermometer nor a hygrometer")
	}
	warm, warmErr := measured(answer.Thermometer, "measures of the thermometer")
	humid, humidErr := measured(answer.Hygrometer, "measures of the hygrometer")
	if err := errors.Join(warmErr, humidErr); err != nil {
		return provider.Measures{}, err
	}
	var measures provider.Measures
	for _, m := range warm {
		if value := (instrument{[]measure{m}}).temperature(); value != nil {
			measures.Temperatures = append(measures.Temperatures, provider.Temperature{Time: m.time(), Value: *value})
		}
	}
	for _, m := range humid {
		if percent := (instrument{[]measure{m}}).humidity(); percent != nil {
			measures.Humidities = append(measures.Humidities, provider.Humidity{Time: m.time(), Percent: *percent})
		}
	}
	measures.Unreadable = len(warm) + len(humid) - len(measures.Temperatures) - len(measures.Humidities)
	return measures, nil
}

// measured is what an instrument lists; nothing where there is no instrument,
// or something else in its place.
func measured(member json.RawMessage, what string) ([]measure, error) {
	var i lenient[instrumentBody]
	if member != nil {
		if err := json.Unmarshal(member, &i); err != nil {
			return nil, err
		}
	}
	return decodeList[measure](i.value.Measures, what, true)
}

// time is when it was measured; zero where that is not told with an offset.
func (m measure) time() time.Time {
	t, _ := time.Parse(time.RFC3339, strings.TrimSpace(string(m.TimeStamp)))
	return t
}
