package smarther

import (
	"errors"
	"fmt"
	"strings"
)

// part is what a call is about. The zero part is the status of a thermostat.
type part int

const (
	partStatus part = iota
	partPrograms
	partTopology
	partPlants
)

// byteOrderMark may stand before JSON, which has no place for it.
const byteOrderMark = "\ufeff"

// longestID is far more than the 36 characters of a UUID.
const longestID = 100

func (t target) path() []string {
	module := []string{"chronothermostat", "thermoregulation", "addressLocation", "plants", t.device.PlantID,
		"modules", "parameter", "id", "value", t.device.ModuleID}
	switch t.part {
	case partPlants:
		return []string{"plants"}
	case partTopology:
		return []string{"plants", t.device.PlantID, "topology"}
	case partPrograms:
		return append(module, "programlist")
	case partStatus:
	}
	return module
}

// longest is how many bytes of the answer are read.
func (p part) longest() int64 {
	if p == partTopology || p == partPlants {
		return maxListing
	}
	return maxReading
}

// check refuses ids that would need escaping, or name another operation.
func (t target) check() error {
	var problems []error
	if t.part != partPlants && !isID(t.device.PlantID) {
		problems = append(problems, fmt.Errorf("%q is no id of a plant", t.device.PlantID))
	}
	if t.part != partPlants && t.part != partTopology && !isID(t.device.ModuleID) {
		problems = append(problems, fmt.Errorf("%q is no id of a module", t.device.ModuleID))
	}
	return errors.Join(problems...)
}

// isID tells whether a text can stand in a path as it is: a UUID can.
func isID(text string) bool {
	strange := func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r|' ' < 'a' || r|' ' > 'z') }
	return text != "" && len(text) <= longestID && !strings.ContainsFunc(text, strange)
}
