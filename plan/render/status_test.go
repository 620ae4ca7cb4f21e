package render

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

func statusReadings(t *testing.T) []Reading {
	t.Helper()
	warm, damp := provider.Celsius(195), 48.4
	end, err := provider.ParseLocalTime("2026-12-24T18:00:00")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 10, 0, 7, 0, time.UTC)
	entry := state.Entry{Settings: provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 200}, Outcome: state.Confirmed}
	status := func(s provider.Settings) *provider.Status {
		return &provider.Status{Settings: s, Temperature: &warm, Humidity: &damp, Active: true}
	}
	return []Reading{
		{Address: "thermostat.hall", Record: entry, At: at, Status: status(entry.Settings)},
		{Address: "thermostat.bath\x1b[2J", Record: entry, At: at, Outside: plan.OutsideWish, Status: status(provider.Settings{Function: provider.Heating, Mode: provider.Boost, End: end})},
		{Address: `module.floor["a rather long name of a floor"].thermostat.room`, Record: entry, At: at, Outside: plan.OutsidePutBack,
			Status: &provider.Status{Settings: provider.Settings{Function: provider.Cooling, Mode: provider.Automatic, Program: 3}}},
		{Address: "thermostat.away", Record: entry, At: at, Why: "404 not found or offline: Gateway Offline"},
	}
}

func TestStatus(t *testing.T) {
	for columns, want := range map[int]string{
		200: `
NAME                                                             °C  RH %  RELAY  MODE                  SETPOINT  UNTIL             DRIFT                                                READ UTC
thermostat.hall                                                19.5    48  on     manual                    20.0  -                 no                                                   10:00:07
thermostat.bath\u001b[2J                                       19.5    48  on     boost                        -  Thu 24 Dec 18:00  for a time; was manual 20 °C                         10:00:07
module.floor["a rather long name of a floor"].thermostat.room     -     -  off    cooling, automatic 3         -  -                 yes; was heating, manual 20 °C                       10:00:07
thermostat.away                                                   -     -  -      -                            -  -                 not read: 404 not found or offline: Gateway Offline  10:00:07
`,
		80: `
NAME                              °C  MODE                  SETPOINT  DRIFT
thermostat.hall                 19.5  manual                    20.0  no
thermostat.bath\u001b[2J        19.5  boost                        -  for a tim…
… of a floor"].thermostat.room     -  cooling, automatic 3         -  yes; was …
thermostat.away                    -  -                            -  not read:…
`,
		20: `
NAME                °C  MODE                  SETPOINT  DRIFT
thermostat.hall   19.5  manual                    20.0  no
…t.bath\u001b[2J  19.5  boost                        -  for a tim…
…thermostat.room     -  cooling, automatic 3         -  yes; was …
thermostat.away      -  -                            -  not read:…
`,
	} {
		var b strings.Builder
		if err := Status(&b, statusReadings(t), columns, time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), b.String()); diff != "" {
			t.Errorf("%d columns (-want +got):\n%s", columns, diff)
		}
	}
}

func TestStatusJSON(t *testing.T) {
	got, err := StatusJSON(statusReadings(t)[1:], 5, true, Retry{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"thermostats":[{"address":"thermostat.bath\u001b[2J","read_at":"2026-11-22T10:00:07Z","temperature":19.5,"humidity":48.4,"active":true,"status":{`,
		`"mode":"boost","setpoint":null,"program":null,"boost_minutes":null,"until":"2026-12-24T18:00:00"`, `"drift":"wish"},`,
		`"program":3,`, `"drift":"put_back"},`, `"error":"404 not found or offline: Gateway Offline","recorded":{`, `"outcome":"confirmed"},"drift":""}],"calls":5,"complete":true}` + "\n",
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if empty, err := StatusJSON(nil, 0, false, Retry{After: 60, At: "2026-11-23T00:00:00Z"}); err != nil || string(empty) != `{"thermostats":[],"calls":0,"complete":false,"retry_after":60,"retry_at":"2026-11-23T00:00:00Z"}`+"\n" {
		t.Errorf("%s, %v", empty, err)
	}
}
