package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// floor does, as a process of its own, what no way around could save: parse the
// files of a folder one after another with the library ("parse"), and decode its
// state with the standard library, into memory and unchecked ("state"); or make
// calls over HTTP, each when the one before is answered ("call").
func floor(kind string, args []string) error {
	if kind == "call" {
		return call(args)
	}
	names, err := filepath.Glob(filepath.Join(args[0], "*.hcl"))
	if err != nil {
		return err
	}
	var kept []any
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
		if diags.HasErrors() {
			return errors.New(diags.Error())
		}
		kept = append(kept, file)
	}
	if kind == "state" {
		data, err := os.ReadFile(filepath.Join(args[0], "setpoint.state.json"))
		if err != nil {
			return err
		}
		var state recordedState
		if err := json.Unmarshal(data, &state); err != nil {
			return err
		}
		kept = append(kept, &state)
	}
	runtime.KeepAlive(kept)
	return nil
}

type recordedState struct {
	Version     int                      `json:"version"`
	Lineage     string                   `json:"lineage"`
	Serial      uint64                   `json:"serial"`
	Thermostats map[string]recordedEntry `json:"thermostats"`
}

type recordedEntry struct {
	PlantID  string `json:"plant_id"`
	ModuleID string `json:"module_id"`
	Settings struct {
		Function string  `json:"function"`
		Mode     string  `json:"mode"`
		Setpoint float64 `json:"setpoint"`
	} `json:"settings"`
	Outcome string `json:"outcome"`
	At      string `json:"at"`
}
