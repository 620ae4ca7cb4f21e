package smarther

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"setpoint/provider"
)

type programEntry struct {
	Number text `json:"number"`
	Name   text `json:"name"`
}

type programsEntry struct {
	Programs json.RawMessage `json:"programs"`
	Sender   lenient[sender] `json:"sender"`
}

// decodePrograms reads the answer of Chronothermostat ProgramList. The entry
// number 0 named "0", which the cloud puts in front, stands for no program.
func decodePrograms(body []byte, device provider.Device, hide func(string) string) (provider.ProgramList, error) {
	var answer struct {
		Chronothermostats json.RawMessage `json:"chronothermostats"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return provider.ProgramList{}, fmt.Errorf("the answer is no list of programs: %w", err)
	}
	thermostats, err := decodeList[programsEntry](answer.Chronothermostats, "chronothermostats", false)
	if err != nil {
		return provider.ProgramList{}, err
	}
	one, err := pickPrograms(thermostats, device)
	if err != nil {
		return provider.ProgramList{}, err
	}
	entries, err := decodeList[programEntry](one.Programs, "programs", one.Sender.value.Plant.Module.ID != "")
	if err != nil {
		return provider.ProgramList{}, err
	}
	var list provider.ProgramList
	seen := map[int]bool{}
	for _, e := range entries {
		name := hide(string(e.Name))
		number, why := e.number()
		switch {
		case why != "":
			list.Skipped = append(list.Skipped, provider.Skipped{ID: hide(string(e.Number)), Name: name, Why: why})
		case number == 0 && name == "0":
		case !seen[number]:
			seen[number] = true
			list.Programs = append(list.Programs, provider.Program{Number: number, Name: name})
		}
	}
	return list, nil
}

// pickPrograms finds the thermostat asked for, by the rule of pick.
func pickPrograms(thermostats []programsEntry, device provider.Device) (programsEntry, error) {
	var found []programsEntry
	for _, t := range thermostats {
		id := string(t.Sender.value.Plant.Module.ID)
		if strings.EqualFold(id, device.ModuleID) || id == "" && len(thermostats) == 1 {
			found = append(found, t)
		}
	}
	if len(found) != 1 {
		return programsEntry{}, fmt.Errorf("of %d thermostats in the answer %d are the one asked for", len(thermostats), len(found))
	}
	return found[0], nil
}

// number reads 3, "3" and "3.00000", or says why the entry cannot be chosen.
func (e programEntry) number() (number int, why string) {
	text := strings.TrimSpace(string(e.Number))
	if text == "" {
		return 0, "its number is missing"
	}
	whole, fraction, _ := strings.Cut(text, ".")
	number, err := strconv.Atoi(whole)
	if err != nil || strings.Trim(fraction, "0") != "" {
		return 0, "its number is no whole number"
	}
	if provider.CheckProgram(number) != nil {
		return 0, fmt.Sprintf("its number does not lie between %d and %d", provider.MinProgram, provider.MaxProgram)
	}
	return number, ""
}
