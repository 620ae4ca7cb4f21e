package smarther

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"setpoint/provider"
)

// maxEntries bounds every list, repeated entries included. The largest account
// to plan for has 10,000 thermostats.
const maxEntries = 20_000

type plantEntry struct {
	ID   text `json:"id"`
	Name text `json:"name"`
}

type moduleEntry struct {
	Device text `json:"device"`
	ID     text `json:"id"`
	Name   text `json:"name"`
}

// decodePlants reads the answer of Plants. hide is Client.hide.
func decodePlants(body []byte, hide func(string) string) (provider.PlantList, error) {
	var answer struct {
		Plants json.RawMessage `json:"plants"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return provider.PlantList{}, fmt.Errorf("the answer is no list of plants: %w", err)
	}
	entries, err := decodeList[plantEntry](answer.Plants, "plants", false)
	if err != nil {
		return provider.PlantList{}, err
	}
	var list provider.PlantList
	places := map[string]int{}
	for _, e := range entries {
		id, name := hide(strings.ToLower(string(e.ID))), hide(string(e.Name))
		if why := unfit(id); why != "" {
			list.Skipped = append(list.Skipped, provider.Skipped{ID: id, Name: name, Why: why})
			continue
		}
		i, again := places[id]
		if !again {
			i = len(list.Plants)
			places[id] = i
			list.Plants = append(list.Plants, provider.Plant{ID: id})
		}
		if list.Plants[i].Name == "" {
			list.Plants[i].Name = name
		}
	}
	return list, nil
}

// decodeTopology reads the answer of Topology for one plant.
func decodeTopology(body []byte, plantID string, hide func(string) string) (provider.Topology, error) {
	var answer struct {
		Plant lenient[struct {
			ID      text            `json:"id"`
			Name    text            `json:"name"`
			Modules json.RawMessage `json:"modules"`
		}] `json:"plant"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return provider.Topology{}, fmt.Errorf("the answer is no topology: %w", err)
	}
	plant := answer.Plant.value
	if plant.ID != "" && !strings.EqualFold(string(plant.ID), plantID) {
		return provider.Topology{}, errors.New("the answer is about another plant")
	}
	entries, err := decodeList[moduleEntry](plant.Modules, "modules", plant.ID != "")
	if err != nil {
		return provider.Topology{}, err
	}
	topology := provider.Topology{Name: hide(string(plant.Name))}
	places := map[string]int{}
	for _, e := range entries {
		id, name := hide(strings.ToLower(string(e.ID))), hide(string(e.Name))
		if why := e.unfit(id); why != "" {
			topology.Skipped = append(topology.Skipped, provider.Skipped{Type: hide(string(e.Device)), ID: id, Name: name, Why: why})
			continue
		}
		i, again := places[id]
		if !again {
			i = len(topology.Modules)
			places[id] = i
			topology.Modules = append(topology.Modules, provider.Module{ID: id})
		}
		if topology.Modules[i].Name == "" {
			topology.Modules[i].Name = name
		}
	}
	return topology, nil
}

// decodeList reads a member that should be a list. null is an empty list; an
// absent member is one only where the answer says that it is about what was
// asked for: else it may be anything, an error with the wrong status too.
//
// Entries are decoded one by one, so that a body of nothing but commas does not
// take many times its size.
func decodeList[T any](member json.RawMessage, what string, mayLack bool) ([]T, error) {
	switch {
	case member == nil && mayLack, string(member) == "null":
		return nil, nil
	case member == nil:
		return nil, fmt.Errorf("the answer has no %s", what)
	case member[0] != '[':
		return nil, fmt.Errorf("what the answer gives for %s is no list", what)
	}
	in := json.NewDecoder(bytes.NewReader(member))
	if _, err := in.Token(); err != nil {
		return nil, err
	}
	var entries []T
	for in.More() {
		if len(entries) == maxEntries {
			return nil, fmt.Errorf("the answer has more than %d %s", maxEntries, what)
		}
		var e lenient[T]
		if err := in.Decode(&e); err != nil {
			return nil, err
		}
		entries = append(entries, e.value)
	}
	return entries, nil
}

// unfit says why an id in lower case cannot be asked for; "" if it can.
func unfit(id string) string {
	switch {
	case id == "":
		return "its id is missing"
	case !isID(id):
		return "its id cannot stand in a request"
	}
	return ""
}

func (e moduleEntry) unfit(id string) string {
	switch device := strings.TrimSpace(string(e.Device)); {
	case device == "":
		return "it does not say what it is"
	case !strings.EqualFold(device, "chronothermostat"):
		return "it is no thermostat"
	}
	return unfit(id)
}
