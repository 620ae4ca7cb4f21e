package smarther

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"setpoint/provider"
)

func asIs(s string) string { return s }

func same(t *testing.T, body string, want, got any, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", body, err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", body, diff)
	}
}

func TestPlantsAreASet(t *testing.T) {
	home := provider.Plant{ID: plantID, Name: "Home"}
	for body, want := range map[string]provider.PlantList{
		`{"plants":[{"id":"` + plantID + `","name":"Home","type":"RESIDENTIAL","x":[{}]}],"y":1}`: {Plants: []provider.Plant{home}},
		`{"Plants" : [ {"ID":"` + strings.ToUpper(plantID) + `","Name":"Home"} ] }`:               {Plants: []provider.Plant{home}},
		`{"plants":null}`: {},
		`{"plants":[]}`:   {},
		`{"plants":[{"id":"b","name":"B"},{"id":"a","name":null},{"id":"B","name":"later"},{"id":"a","name":7},{"id":"a","name":"8"}]}`: {
			Plants: []provider.Plant{{ID: "b", Name: "B"}, {ID: "a", Name: "7"}},
		},
		`{"plants":[null,"x",{"name":"lost"},{"id":42,"name":{}},{"id":"a/../b","name":"odd"}]}`: {
			Plants: []provider.Plant{{ID: "42"}},
			Skipped: []provider.Skipped{
				{Why: "its id is missing"}, {Why: "its id is missing"}, {Name: "lost", Why: "its id is missing"},
				{ID: "a/../b", Name: "odd", Why: "its id cannot stand in a request"},
			},
		},
	} {
		got, err := decodePlants([]byte(body), asIs)
		same(t, body, want, got, err)
	}
}

func TestTopologyTellsThermostatsFromTheRest(t *testing.T) {
	for body, want := range map[string]provider.Topology{
		`{"plant":{"id":"` + strings.ToUpper(plantID) + `","name":"Home","modules":[` +
			`{"device":"chronothermostat","id":"B","name":"Sala","capabilities":[{"capability":"setPoint"}]},` +
			`{"device":" ChronoThermostat","id":"a","name":"Sala"},` +
			`{"device":"gateway","id":"c","name":"Box"},{"id":"d","name":"?"},{"device":"CHRONOTHERMOSTAT","name":"lost"},` +
			`{"device":"chronothermostat","id":"b","name":"later"},7]}}`: {
			Name:    "Home",
			Modules: []provider.Module{{ID: "b", Name: "Sala"}, {ID: "a", Name: "Sala"}},
			Skipped: []provider.Skipped{
				{Type: "gateway", ID: "c", Name: "Box", Why: "it is no thermostat"},
				{ID: "d", Name: "?", Why: "it does not say what it is"},
				{Type: "CHRONOTHERMOSTAT", Name: "lost", Why: "its id is missing"},
				{Why: "it does not say what it is"},
			},
		},
		`{"plant":{"modules":[{"device":"chronothermostat","id":"a"}]}}`: {Modules: []provider.Module{{ID: "a"}}},
		`{"plant":{"modules":null}}`:                                     {},
		`{"plant":{"id":"` + plantID + `"}}`:                             {},
	} {
		got, err := decodeTopology([]byte(body), plantID, asIs)
		same(t, body, want, got, err)
	}
}

func TestProgramsOfOneThermostat(t *testing.T) {
	mine := `"sender":{"plant":{"module":{"id":"` + strings.ToUpper(moduleID) + `"}}}`
	for body, want := range map[string]provider.ProgramList{
		one(`"programs":[{"number":0,"name":"0"},{"number":1,"name":"At Home"},{"number":"2","name":"At Home"},{"number":3.0,"name":""}]`): {
			Programs: []provider.Program{{Number: 1, Name: "At Home"}, {Number: 2, Name: "At Home"}, {Number: 3}},
		},
		one(`"programs":[{"number":"0.00000","name":0},{"number":0,"name":"Night"},{"number":0,"name":"later"},{"number":" 11 ","name":"0"}]`): {
			Programs: []provider.Program{{Number: 0, Name: "Night"}, {Number: 11, Name: "0"}},
		},
		one(`"programs":[{"number":12,"name":"a"},{"number":-1},{"number":1.5},{"number":"one"},{"name":"b"},null,{"number":1e1}]`): {
			Skipped: []provider.Skipped{
				{ID: "12", Name: "a", Why: "its number does not lie between 0 and 11"},
				{ID: "-1", Why: "its number does not lie between 0 and 11"},
				{ID: "1.5", Why: "its number is no whole number"},
				{ID: "one", Why: "its number is no whole number"},
				{Name: "b", Why: "its number is missing"}, {Why: "its number is missing"},
				{ID: "1e1", Why: "its number is no whole number"},
			},
		},
		one(mine):              {},
		one(`"programs":null`): {},
		`{"chronothermostats":[{"programs":[{"number":1,"name":"x"}],"sender":{"plant":{"module":{"id":"other"}}}},{"programs":[{"number":2,"name":"y"}],` + mine + `}]}`: {
			Programs: []provider.Program{{Number: 2, Name: "y"}},
		},
	} {
		got, err := decodePrograms([]byte(body), device(), asIs)
		same(t, body, want, got, err)
	}
}

// decoders are all three, with what they decode left out.
func decoders() map[string]func([]byte) error {
	return map[string]func([]byte) error{
		"plants":   func(b []byte) error { _, err := decodePlants(b, asIs); return err },
		"topology": func(b []byte) error { _, err := decodeTopology(b, plantID, asIs); return err },
		"programs": func(b []byte) error { _, err := decodePrograms(b, device(), asIs); return err },
	}
}

// An answer that is about something else must never pass for an empty list:
// what a list no longer holds may be taken out of files.
func TestListsThatMakeNoSense(t *testing.T) {
	other := `"sender":{"plant":{"module":{"id":"2a9d5c0f-0000-4000-8000-000000000002"}}}`
	for what, bodies := range map[string][]string{
		"plants":   {`{"plants":{}}`, `{"plants":"none"}`, `{"plants":[` + strings.Repeat(`0,`, maxEntries) + `0]}`},
		"topology": {`{"plant":null}`, `{"plant":[]}`, `{"plant":{}}`, `{"plant":{"name":"Home"}}`, `{"plant":{"modules":{}}}`, `{"plant":{"id":"other","modules":[]}}`},
		"programs": {one(``), one(`"programs":7`), one(`"programs":[],` + other), `{"chronothermostats":null}`, `{"chronothermostats":[{"programs":[]},{"programs":[]}]}`},
	} {
		for _, body := range append(bodies, ``, `null`, `[]`, `{}`, `"x"`, `<html>`, `{"statusCode":404,"message":"Gateway Offline"}`) {
			if decoders()[what]([]byte(body)) == nil {
				t.Errorf("%s: %.80s is taken for an answer", what, body)
			}
		}
	}
}

func FuzzLists(f *testing.F) {
	f.Add([]byte(`{"plants":[{"id":"A","name":"x"},{"id":"a"},{"name":3}]}`))
	f.Add([]byte(`{"plant":{"id":"` + plantID + `","modules":[{"device":"CHRONOTHERMOSTAT","id":1},{"device":"x"}]}}`))
	f.Add([]byte(one(`"programs":[{"number":0,"name":"0"},{"number":"1.0","name":"At Home"},{"number":12}]`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		if list, err := decodePlants(body, asIs); err == nil {
			checkEntries(t, list.Plants, func(p provider.Plant) string { return p.ID }, list.Skipped)
			again, err := decodePlants(encode(t, map[string]any{"plants": list.Plants}), asIs)
			list.Skipped = nil
			same(t, string(body), list, again, err)
		}
		if topology, err := decodeTopology(body, plantID, asIs); err == nil {
			checkEntries(t, topology.Modules, func(m provider.Module) string { return m.ID }, topology.Skipped)
		}
		if list, err := decodePrograms(body, device(), asIs); err == nil {
			checkEntries(t, list.Programs, func(p provider.Program) string { return fmt.Sprint(p.Number) }, list.Skipped)
			for _, p := range list.Programs {
				if provider.CheckProgram(p.Number) != nil || p == (provider.Program{Number: 0, Name: "0"}) {
					t.Errorf("%s: program %v", body, p)
				}
			}
			again, err := decodePrograms(encode(t, map[string]any{"chronothermostats": []any{map[string]any{"programs": list.Programs}}}), device(), asIs)
			list.Skipped = nil
			same(t, string(body), list, again, err)
		}
	})
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// checkEntries wants every id once, fit for a request, and a reason for all
// that is left out.
func checkEntries[T any](t *testing.T, entries []T, id func(T) string, skipped []provider.Skipped) {
	t.Helper()
	seen := map[string]bool{}
	for _, e := range entries {
		if !isID(id(e)) || seen[id(e)] || strings.ToLower(id(e)) != id(e) {
			t.Errorf("%q stands in a list", id(e))
		}
		seen[id(e)] = true
	}
	for _, s := range skipped {
		if s.Why == "" {
			t.Errorf("%v is left out for no reason", s)
		}
	}
}
