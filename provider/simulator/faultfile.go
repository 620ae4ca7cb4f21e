package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// ParseFaults reads a faults file; its format is in the package comment. The
// error names everything that is wrong with every fault, or the first thing
// where the text is not even JSON.
func ParseFaults(text []byte) ([]Fault, error) {
	var fields map[string]json.RawMessage
	var syntax *json.SyntaxError
	switch err := json.Unmarshal(text, &fields); {
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("read faults: %s: %w", place(text, err), err)
	case err != nil || fields == nil:
		return nil, errors.New("read faults: the content is not a JSON object with the field faults")
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name != "faults" {
			problems = append(problems, fmt.Errorf("unknown field %q; the only one is faults", name))
		}
	}
	var items []json.RawMessage
	if raw, ok := fields["faults"]; !ok {
		problems = append(problems, errors.New("the field faults is missing; give it a list"))
	} else if err := json.Unmarshal(raw, &items); err != nil || items == nil {
		problems = append(problems, errors.New("the field faults is not a list"))
	}
	faults := make([]Fault, 0, len(items))
	for i, item := range items {
		fault, found := decodeFault(item)
		for _, problem := range found {
			problems = append(problems, fmt.Errorf("fault %d: %s", i+1, problem))
		}
		faults = append(faults, fault)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("read faults: %w", errors.Join(problems...))
	}
	return faults, nil
}

// decodeFault reads one fault into normal form and lists what is wrong with it.
func decodeFault(raw json.RawMessage) (Fault, []string) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
		return Fault{}, []string{fmt.Sprintf("%s is not an object", brief(raw))}
	}
	fault := Fault{From: 1}
	targets := map[string]any{
		"module": &fault.Module, "method": &fault.Method, "from": &fault.From, "times": &fault.Times,
		"status": &fault.Status, "message": &fault.Message, "retry_after": &fault.RetryAfter,
		"shape": &fault.Shape, "location": &fault.Location, "landed": &fault.Landed,
		"latency": (*duration)(&fault.Latency), "drop": &fault.Drop, "offline": &fault.Offline,
		"operation": &fault.Operation, "for": (*duration)(&fault.For), "chance": &fault.Chance,
		"body_over": (*duration)(&fault.BodyOver), "truncate": &fault.Truncate, "expire_tokens": &fault.ExpireTokens,
	}
	var problems, unreadable []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		target, known := targets[name]
		kind := "of the right kind"
		if _, is := target.(*duration); is {
			kind = "a duration such as \"1.5s\""
		}
		switch {
		case !known:
			problems = append(problems, fmt.Sprintf("unknown field %q; there are %q", name, slices.Sorted(maps.Keys(targets))))
		case string(value) == "null" || json.Unmarshal(value, target) != nil:
			unreadable = append(unreadable, fmt.Sprintf("%s: %s is not %s", name, brief(value), kind))
		}
	}
	// Of these the zero value would pass for a field left out.
	if _, given := fields["status"]; given && fault.Status == 0 && len(unreadable) == 0 {
		problems = append(problems, "status is 0; leave it out, or give 300 to 599")
	}
	if fault.From == 0 {
		problems = append(problems, "from is 0; the first call is 1")
	}
	if _, given := fields["chance"]; given && fault.Chance == 0 && len(unreadable) == 0 {
		problems = append(problems, "chance is 0; leave it out, or give a number above 0 up to 1")
	}
	fault = fault.normal()
	if len(unreadable) == 0 {
		// Together the values can only be judged where all of them could be read.
		problems = append(problems, fault.problems()...)
	}
	return fault, append(problems, unreadable...)
}

// faultFields is a fault as the faults file has it.
type faultFields struct {
	Module       string    `json:"module"`
	Method       string    `json:"method,omitempty"`
	Operation    Operation `json:"operation,omitempty"`
	From         int       `json:"from"`
	Times        int       `json:"times"`
	For          duration  `json:"for,omitzero"`
	Chance       float64   `json:"chance,omitempty"`
	Status       int       `json:"status,omitempty"`
	Message      string    `json:"message,omitempty"`
	RetryAfter   string    `json:"retry_after,omitempty"`
	Shape        Shape     `json:"shape,omitempty"`
	Location     string    `json:"location,omitempty"`
	Landed       bool      `json:"landed,omitempty"`
	Latency      duration  `json:"latency,omitzero"`
	BodyOver     duration  `json:"body_over,omitzero"`
	Truncate     bool      `json:"truncate,omitempty"`
	Drop         Drop      `json:"drop,omitempty"`
	Offline      bool      `json:"offline,omitempty"`
	ExpireTokens bool      `json:"expire_tokens,omitempty"`
}

// fields is a normal fault as the faults file has it.
func (f Fault) fields() faultFields {
	return faultFields{
		Module: f.Module, Method: f.Method, Operation: f.Operation,
		From: f.From, Times: *f.Times, For: duration(f.For), Chance: f.Chance,
		Status: f.Status, Message: f.Message, RetryAfter: f.RetryAfter, Shape: f.Shape, Location: f.Location, Landed: f.Landed,
		Latency: duration(f.Latency), BodyOver: duration(f.BodyOver), Truncate: f.Truncate, Drop: f.Drop, Offline: f.Offline,
		ExpireTokens: f.ExpireTokens,
	}
}

// duration is a time.Duration that JSON has as text such as "1.5s".
type duration time.Duration

func (d duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

func (d *duration) UnmarshalJSON(raw []byte) error {
	text, ok := jsonString(raw)
	value, err := time.ParseDuration(text)
	if !ok || err != nil {
		return fmt.Errorf("%s is not a duration such as \"1.5s\"", brief(raw))
	}
	*d = duration(value)
	return nil
}
