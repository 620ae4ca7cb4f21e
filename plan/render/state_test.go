package render

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/plan/state"
	"setpoint/provider"
)

func exampleState(t *testing.T) *state.State {
	t.Helper()
	at := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	end, err := provider.ParseLocalTime("2026-12-24T18:00:00")
	if err != nil {
		t.Fatal(err)
	}
	before := provider.Settings{Function: provider.Heating, Mode: provider.Automatic, Program: 1}
	device := func(n string) provider.Device {
		return provider.Device{PlantID: "1f3c6b1e-0000-4000-8000-000000000001", ModuleID: "2a9d5c0f-0000-4000-8000-00000000000" + n}
	}
	s := state.New("0.1.0")
	s.Lineage, s.Serial = "6a1c0000-0000-4000-8000-000000000000", 7
	s.Thermostats = map[string]state.Entry{
		"thermostat.room[10]": {Device: device("1"), Settings: before, Outcome: state.Observed, At: at},
		"thermostat.room[9]": {Device: device("2"), Outcome: state.Confirmed, At: at,
			Settings: provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 205, End: end}},
		"thermostat.hall": {Device: device("3"), Outcome: state.Unknown, At: at, Previous: &before,
			Settings: provider.Settings{Function: provider.Heating, Mode: provider.Off}},
		`module.floor["2"].thermostat.attic`: {Device: device("4"), Outcome: state.Unknown, At: at,
			Settings: provider.Settings{Function: provider.Cooling, Mode: provider.Protection}},
	}
	s.Outputs = map[string]state.Output{"rooms": {Value: []byte("40"), Type: []byte(`"number"`)}, "key": {Sensitive: true}}
	return s
}

func TestState(t *testing.T) {
	const want = `thermostat.hall                       heating, off (sent 2026-11-22 09:30 UTC, never answered for certain; before: heating, automatic program 1)
thermostat.room[9]                    heating, manual 20.5 °C until Thu 24 Dec 18:00 (confirmed 2026-11-22 09:30 UTC)
thermostat.room[10]                   heating, automatic program 1 (observed 2026-11-22 09:30 UTC)
module.floor["2"].thermostat.attic    cooling, protection (sent 2026-11-22 09:30 UTC, never answered for certain)

4 thermostats, serial 7, lineage 6a1c0000-0000-4000-8000-000000000000
`
	var b strings.Builder
	if err := State(&b, exampleState(t), time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestStateJSON(t *testing.T) {
	text, err := StateJSON(exampleState(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"format_version":"1.0"`,
		`"outputs":{"key":{"sensitive":true},"rooms":{"sensitive":false,"type":"number","value":40}}`,
		`"child_modules":[{"resources":[{"address":"module.floor[\"2\"].thermostat.attic",`,
		`{"address":"thermostat.room[9]","mode":"managed","type":"thermostat","name":"room","index":9,"provider_name":"smarther","schema_version":0,"values":{`,
		`"setpoint":20.5`,
		`"until":"2026-12-24T18:00:00"`,
		`"outcome":"unknown"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}
