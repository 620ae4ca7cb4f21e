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
	owned
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
	one, err := pick(thermostats, device)
	if err != nil {
		return provider.ProgramList{}, err
	}
	entries, err := decodeList[programEntry](one.Programs, "programs", one.owner() != "")
	if err != nil {
		return provider.ProgramList{}, err
	}
	var list provider.ProgramList
	seen := map[int]bool{}
	for _, e := range entries {
		name := hide(string(e.Name))
		number, why := programNumber(e.Number)
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

// programNumber reads 3, "3" and "3.00000", in a list as in a status, or says why
// it is no number of a program.
func programNumber(written text) (number int, why string) {
	plain := strings.TrimSpace(string(written))
	if plain == "" {
		return 0, "its number is missing"
	}
	whole, fraction, _ := strings.Cut(plain, ".")
	number, err := strconv.Atoi(whole)
	if err != nil || strings.Trim(fraction, "0") != "" {
		return 0, "its number is no whole number"
	}
	if provider.CheckProgram(number) != nil {
		return 0, fmt.Sprintf("its number does not lie between %d and %d", provider.MinProgram, provider.MaxProgram)
	}
	return number, ""
}
