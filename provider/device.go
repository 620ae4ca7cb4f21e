package provider

import (
	"fmt"
	"strings"
)

// Device names one thermostat. Both ids are UUIDs in lower case; together they
// are unique in an account.
type Device struct {
	PlantID  string `json:"plant_id"`
	ModuleID string `json:"module_id"`
}

// IsID tells whether a text can be the id of a plant or a module: a UUID in its
// usual form of 36 characters, in either case.
func IsID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range []byte(text) {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !('0' <= c && c <= '9' || 'a' <= c|' ' && c|' ' <= 'f') {
				return false
			}
		}
	}
	return true
}

// ParseDevice reads what ID writes, in either case.
func ParseDevice(text string) (Device, error) {
	plantID, moduleID, _ := strings.Cut(strings.ToLower(text), "/")
	if !IsID(plantID) || !IsID(moduleID) {
		return Device{}, fmt.Errorf("%q does not name a thermostat: that is PLANT_ID/MODULE_ID, two UUIDs with a slash between them", text)
	}
	return Device{PlantID: plantID, ModuleID: moduleID}, nil
}

// ID is "PLANT_ID/MODULE_ID", which names a device where one text has to, as in an
// import block.
func (d Device) ID() string { return d.PlantID + "/" + d.ModuleID }

// object names whom a request is about: a thermostat, else a plant, else nobody
// but the account.
func (d Device) object() string {
	switch {
	case d.ModuleID != "":
		return " of module " + d.ModuleID
	case d.PlantID != "":
		return " of plant " + d.PlantID
	}
	return ""
}
