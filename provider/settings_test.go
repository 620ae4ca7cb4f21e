package provider

import (
	"encoding/json"
	"strings"
	"testing"
)

const (
	noon     = "2026-12-24T12:00:00"
	halfPast = "2026-12-24T12:30:00"
)

func TestSettingsJSON(t *testing.T) {
	for _, tt := range []struct {
		settings Settings
		want     string
	}{
		{Settings{Function: Heating, Mode: Automatic}, `{"function":"heating","mode":"automatic","program":0}`},
		{Settings{Function: Heating, Mode: Manual, Setpoint: 205}, `{"function":"heating","mode":"manual","setpoint":20.5}`},
		{Settings{Function: Cooling, Mode: Manual, Setpoint: 200, End: local(t, noon)},
			`{"function":"cooling","mode":"manual","setpoint":20,"activation_time":"2026-12-24T12:00:00"}`},
		{Settings{Function: Heating, Mode: Boost, BoostMinutes: 30}, `{"function":"heating","mode":"boost","boost_minutes":30}`},
		{Settings{Function: Heating, Mode: Boost, BoostMinutes: 30, Start: local(t, noon), End: local(t, halfPast)},
			`{"function":"heating","mode":"boost","boost_minutes":30,"activation_time":"2026-12-24T12:00:00/2026-12-24T12:30:00"}`},
		{Settings{Function: Heating, Mode: Boost, End: local(t, halfPast)}, // only observed
			`{"function":"heating","mode":"boost","activation_time":"2026-12-24T12:30:00"}`},
		{Settings{Function: Heating, Mode: Off}, `{"function":"heating","mode":"off"}`},
		{Settings{Function: Heating, Mode: Protection, End: local(t, noon)},
			`{"function":"heating","mode":"protection","activation_time":"2026-12-24T12:00:00"}`},
	} {
		out, err := json.Marshal(tt.settings)
		if err != nil || string(out) != tt.want {
			t.Errorf("%+v is written\n%s, %v; want\n%s", tt.settings, out, err, tt.want)
		}
		var back Settings
		if err := json.Unmarshal([]byte(tt.want), &back); err != nil || back != tt.settings {
			t.Errorf("%s is read as %+v, %v", tt.want, back, err)
		}
	}
}

func TestSettingsJSONRefusals(t *testing.T) {
	for name, in := range map[string]string{
		"empty":                    `{}`,
		"null":                     `null`,
		"no function":              `{"mode":"off"}`,
		"upper case":               `{"function":"HEATING","mode":"off"}`,
		"unknown mode":             `{"function":"heating","mode":"away"}`,
		"unknown name":             `{"function":"heating","mode":"off","colour":"red"}`,
		"manual without setpoint":  `{"function":"heating","mode":"manual"}`,
		"setpoint in off":          `{"function":"heating","mode":"off","setpoint":20}`,
		"setpoint too high":        `{"function":"heating","mode":"manual","setpoint":40.1}`,
		"setpoint too low":         `{"function":"heating","mode":"manual","setpoint":2.9}`,
		"setpoint with hundredths": `{"function":"heating","mode":"manual","setpoint":20.55}`,
		"setpoint as a string":     `{"function":"heating","mode":"manual","setpoint":"20.5"}`,
		"program 12":               `{"function":"heating","mode":"automatic","program":12}`,
		"program -1":               `{"function":"heating","mode":"automatic","program":-1}`,
		"program in manual":        `{"function":"heating","mode":"manual","setpoint":20,"program":1}`,
		"end in automatic":         `{"function":"heating","mode":"automatic","program":1,"activation_time":"` + noon + `"}`,
		"interval in manual":       `{"function":"heating","mode":"manual","setpoint":20,"activation_time":"` + noon + `/` + halfPast + `"}`,
		"boost of 45 minutes":      `{"function":"heating","mode":"boost","boost_minutes":45}`,
		"interval of other length": `{"function":"heating","mode":"boost","boost_minutes":60,"activation_time":"` + noon + `/` + halfPast + `"}`,
		"interval without end":     `{"function":"heating","mode":"boost","boost_minutes":30,"activation_time":"` + noon + `/"}`,
		"interval, no minutes":     `{"function":"heating","mode":"boost","activation_time":"` + noon + `/` + halfPast + `"}`,
		"interval of the zero time": `{"function":"heating","mode":"boost","boost_minutes":30,` +
			`"activation_time":"0001-01-01T00:00:00/0001-01-01T00:00:00"}`,
		"zone": `{"function":"heating","mode":"off","activation_time":"` + noon + `Z"}`,
	} {
		before := Settings{Function: Cooling, Mode: Off}
		got := before
		if err := json.Unmarshal([]byte(in), &got); err == nil || got != before {
			t.Errorf("%s: read as %+v, %v; want an error and nothing changed", name, got, err)
		}
	}
}

func TestValidateReportsEverything(t *testing.T) {
	err := Settings{Function: "warming", Mode: Boost, BoostMinutes: 45, Start: local(t, noon)}.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"warming", "45", "start and an end"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not speak of %q", err, want)
		}
	}
}

func TestSameIgnoresTheIntervalOfABoostAndUnusedFields(t *testing.T) {
	boost := Settings{Function: Heating, Mode: Boost, BoostMinutes: 30}
	sent := boost
	sent.Start, sent.End, sent.Program = local(t, noon), local(t, halfPast), 3
	if !boost.Same(sent) {
		t.Error("a boost is another one once it has its interval")
	}
	off, until := Settings{Function: Heating, Mode: Off}, Settings{Function: Heating, Mode: Off, End: local(t, noon)}
	if off.Same(until) || off.Same(Settings{Function: Cooling, Mode: Off}) {
		t.Error("another end or function is the same")
	}
}

func FuzzSettingsJSON(f *testing.F) {
	f.Add([]byte(`{"function":"heating","mode":"automatic","program":0}`))
	f.Add([]byte(`{"function":"cooling","mode":"manual","setpoint":20.5,"activation_time":"2026-12-24T12:00:00"}`))
	f.Add([]byte(`{"function":"heating","mode":"boost","boost_minutes":30,"activation_time":"2026-12-24T12:00:00/2026-12-24T12:30:00"}`))
	f.Add([]byte(`{"function":"heating","mode":"boost","boost_minutes":0,"activation_time":"2026-12-24T12:00:00"}`))
	f.Add([]byte(`{"function":"heating","mode":"boost","boost_minutes":30,"activation_time":"0001-01-01T00:00:00/0001-01-01T00:00:00"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		var s, again Settings
		if json.Unmarshal(in, &s) != nil {
			return
		}
		if s != s.Canonical() {
			t.Errorf("%s is read as %+v, not canonical", in, s)
		}
		out, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &again); err != nil || again != s {
			t.Errorf("%s became %+v, then %s, then %+v, %v", in, s, out, again, err)
		}
	})
}
