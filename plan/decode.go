package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// decodeParts reads the steps one by one, and what stands around them as a file
// of its own: the library would copy all that it decodes at once.
func decodeParts(content []byte) (*Plan, error) {
	dec := json.NewDecoder(bytes.NewReader(content))
	dec.DisallowUnknownFields()
	if err := opened(dec); err != nil {
		return nil, err
	}
	var steps []Step
	var around []byte // nil while there are no steps
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		if name, _ := token.(string); !strings.EqualFold(name, "steps") { // as the library compares names
			var other json.RawMessage
			if err := dec.Decode(&other); err != nil {
				return nil, err
			}
			continue
		}
		if around != nil {
			return nil, errors.New("its steps stand twice")
		}
		start := dec.InputOffset()
		if steps, err = decodeSteps(dec); err != nil {
			return nil, err
		}
		around = bytes.Join([][]byte{content[:start], content[dec.InputOffset():]}, []byte(":null"))
	}
	var file struct {
		Version int    `json:"setpoint_plan"`
		Digest  string `json:"digest"`
		Plan
	}
	if around == nil {
		around = content
	}
	whole := json.NewDecoder(bytes.NewReader(around))
	whole.DisallowUnknownFields()
	if err := whole.Decode(&file); err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(around[whole.InputOffset():])) > 0 {
		return nil, errors.New("something follows its end")
	}
	file.Steps = steps
	return &file.Plan, nil
}

// decodeSteps reads the list of steps; nil for null.
func decodeSteps(dec *json.Decoder) ([]Step, error) {
	if start, err := dec.Token(); err != nil || start == nil {
		return nil, err
	} else if start != json.Delim('[') {
		return nil, errors.New("its steps are no list")
	}
	steps := []Step{}
	for dec.More() {
		var s Step
		if err := dec.Decode(&s); err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	_, err := dec.Token()
	return steps, err
}

// opened reads the brace that begins an object.
func opened(dec *json.Decoder) error {
	start, err := dec.Token()
	if err == nil && start != json.Delim('{') {
		err = errors.New("it is no object")
	}
	return err
}
