package provider

import "context"

// Reader is a cloud as it is seen by those who only look: nothing in it changes
// a thermostat.
//
// Implementations are safe for concurrent use. They make exactly one attempt
// per call: pace, order and retries belong to package dispatch. Every error
// they return is an *Error, whose MayHaveLanded is false. All names they return
// are foreign text as people wrote it: of any length and with any character, so
// whoever shows them makes them fit to be shown.
type Reader interface {
	// Get reads the present status of the device, as Provider.Get does.
	Get(ctx context.Context, device Device) (Status, error)

	// Plants lists the plants of the account. An account without any is no error.
	Plants(ctx context.Context) (PlantList, error)

	// Topology lists the thermostats of a plant.
	Topology(ctx context.Context, plantID string) (Topology, error)

	// Programs lists the programs that the device remembers.
	Programs(ctx context.Context, device Device) (ProgramList, error)
}

// Plant is a home, or a part of a building, with thermostats in it.
type Plant struct {
	ID   string // in lower case, unique in an account
	Name string // not unique; "" where there is none
}

// PlantList is what an account holds.
type PlantList struct {
	Plants  []Plant // in the order of the cloud, each id once
	Skipped []Skipped
}

// Module is a thermostat as a plant lists it.
type Module struct {
	ID   string // in lower case, unique in a plant
	Name string // not unique; "" where there is none
}

// Topology is what a plant holds.
type Topology struct {
	Name    string   // of the plant; "" where there is none
	Modules []Module // its thermostats, in the order of the cloud, each id once
	Skipped []Skipped
}

// Program is a weekly program that a thermostat remembers. Nothing but the
// official app can create or change one.
type Program struct {
	Number int    // MinProgram to MaxProgram
	Name   string // not unique, not even on one thermostat
}

// ProgramList is what a thermostat remembers. Other thermostats can have other
// programs under the same numbers and names.
type ProgramList struct {
	Programs []Program // in the order of the cloud, each number once
	Skipped  []Skipped
}

// Skipped is an entry of a list that is left out, and why: it is no thermostat,
// or it cannot be named in a request. All of its texts are foreign, but for Why.
type Skipped struct {
	Type string // what the cloud calls a module that is no thermostat; "" for nothing
	ID   string // of a plant or module, or the number of a program; "" where there is none
	Name string
	Why  string // a clause in plain words: "its id is missing"
}
