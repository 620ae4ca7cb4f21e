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
	var latency string
	targets := map[string]any{
		"module": &fault.Module, "method": &fault.Method, "from": &fault.From, "times": &fault.Times,
		"status": &fault.Status, "message": &fault.Message, "retry_after": &fault.RetryAfter,
		"shape": &fault.Shape, "location": &fault.Location, "landed": &fault.Landed,
		"latency": &latency, "drop": &fault.Drop, "offline": &fault.Offline,
	}
	var problems, unreadable []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		target, known := targets[name]
		switch {
		case !known:
			problems = append(problems, fmt.Sprintf("unknown field %q; there are %q", name, slices.Sorted(maps.Keys(targets))))
		case string(value) == "null" || json.Unmarshal(value, target) != nil:
			unreadable = append(unreadable, fmt.Sprintf("%s: %s is not of the right kind", name, brief(value)))
		}
	}
	if latency != "" {
		var err error
		if fault.Latency, err = time.ParseDuration(latency); err != nil {
			unreadable = append(unreadable, fmt.Sprintf("latency %q is not a duration such as 1.5s", latency))
		}
	}
	// Of these the zero value would pass for a field left out.
	if _, given := fields["status"]; given && fault.Status == 0 && len(unreadable) == 0 {
		problems = append(problems, "status is 0; leave it out, or give 300 to 599")
	}
	if fault.From == 0 {
		problems = append(problems, "from is 0; the first call is 1")
	}
	fault = fault.normal()
	if len(unreadable) == 0 {
		// Together the values can only be judged where all of them could be read.
		problems = append(problems, fault.problems()...)
	}
	return fault, append(problems, unreadable...)
}
