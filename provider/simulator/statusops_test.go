package simulator

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSetThenGet(t *testing.T) {
	type want struct{ function, mode, setpoint, program, end, load string }
	tests := []struct {
		body string
		want want
	}{
		{`{"function":"heating","mode":"automatic","programs":[{"number":0}],"setPoint":{"value":"31","unit":"C"}}`,
			want{"HEATING", "AUTOMATIC", "20.00000", "0", "", "ACTIVE"}},
		{`{"function":"cooling","mode":"Automatic","programs":[{"number":"11"}]}`,
			want{"COOLING", "AUTOMATIC", "26.00000", "11", "", "INACTIVE"}},
		{`{"function":"heating","mode":"manual","setPoint":{"value":"3","unit":"C"}}`,
			want{"HEATING", "MANUAL", "3.00000", "1", "", "INACTIVE"}},
		{`{"function":"HEATING","mode":"manual","setPoint":{"value":40,"unit":"c"},"activationTime":"2026-12-24T12:00:01"}`,
			want{"HEATING", "MANUAL", "40.00000", "1", "2026-12-24T12:00:01", "ACTIVE"}},
		{`{"function":"heating","mode":"manual","setPoint":{"value":"20.5","unit":"C"},"activationTime":"2027-1-2T08:00:00","more":1}`,
			want{"HEATING", "MANUAL", "20.50000", "1", "2027-01-02T08:00:00", "ACTIVE"}},
		{`{"function":"heating","mode":"manual","setPoint":{"value":20.46,"unit":"C"}}`,
			want{"HEATING", "MANUAL", "20.50000", "1", "", "ACTIVE"}},
		{`{"function":"heating","mode":"boost","activationTime":"2026-12-24T12:00:00/2026-12-24T12:30:00"}`,
			want{"HEATING", "BOOST", "", "1", "2026-12-24T12:30:00", "ACTIVE"}},
		{`{"function":"heating","mode":"boost","activationTime":"2026-12-24T11:55:00/2026-12-24T12:55:00"}`,
			want{"HEATING", "BOOST", "", "1", "2026-12-24T12:55:00", "ACTIVE"}},
		{`{"function":"heating","mode":"boost","activationTime":"2026-12-24T12:05:00/2026-12-24T13:35:00"}`,
			want{"HEATING", "BOOST", "", "1", "2026-12-24T13:35:00", "ACTIVE"}},
		{`{"function":"heating","mode":"off"}`,
			want{"HEATING", "OFF", "20.00000", "1", "", "INACTIVE"}},
		{`{"function":"heating","mode":"off","activationTime":"2026-12-24T18:00:00"}`,
			want{"HEATING", "OFF", "20.00000", "1", "2026-12-24T18:00:00", "INACTIVE"}},
		{`{"function":"heating","mode":"protection"}`,
			want{"HEATING", "PROTECTION", "7.00000", "1", "", "INACTIVE"}},
		{`{"function":"cooling","mode":"protection","activationTime":"2026-12-24T18:00:00"}`,
			want{"COOLING", "PROTECTION", "35.00000", "1", "2026-12-24T18:00:00", "INACTIVE"}},
	}
	for _, test := range tests {
		cloud, _ := newCloud(t, Options{})
		start := status(t, cloud, testModule)
		start.Temperature, start.Humidity = 195, 619
		if err := cloud.SetStatus(testPlant, testModule, start); err != nil {
			t.Fatal(err)
		}
		if w := post(cloud, testModule, test.body); w.Code != 200 || w.Body.Len() != 0 {
			t.Errorf("%s: answered %d %q", test.body, w.Code, w.Body)
			continue
		}
		clock := "2026-12-24T12:00:00+01:00"
		measures := func(value, unit string) any {
			return map[string]any{"measures": []any{map[string]any{"timeStamp": clock, "value": value, "unit": unit}}}
		}
		number := map[string]float64{"0": 0, "1": 1, "11": 11}[test.want.program]
		want := map[string]any{
			"function": test.want.function, "mode": test.want.mode,
			"programs": []any{map[string]any{"number": number}}, "temperatureFormat": "C",
			"loadState": test.want.load, "time": clock,
			"thermometer": measures("19.5", "C"), "hygrometer": measures("61.9", "%"),
			"sender": map[string]any{"addressType": "addressLocation", "system": "thermoregulation",
				"plant": map[string]any{"id": testPlant, "module": map[string]any{"id": testModule}}},
		}
		if test.want.setpoint != "" {
			want["setPoint"] = map[string]any{"value": test.want.setpoint, "unit": "C"}
		}
		if test.want.end != "" {
			want["activationTime"] = test.want.end
		}
		if diff := cmp.Diff(want, get(t, cloud, testModule)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.body, diff)
		}
	}
}

func TestModesRunOut(t *testing.T) {
	const manual = `{"function":"cooling","mode":"manual","setPoint":{"value":24,"unit":"C"}}`
	bodies := []string{
		`{"function":"cooling","mode":"manual","setPoint":{"value":22,"unit":"C"},"activationTime":"2026-12-24T12:30:00"}`,
		`{"function":"cooling","mode":"off","activationTime":"2026-12-24T12:30:00"}`,
		`{"function":"cooling","mode":"protection","activationTime":"2026-12-24T12:30:00"}`,
		`{"function":"cooling","mode":"boost","activationTime":"2026-12-24T12:00:00/2026-12-24T12:30:00"}`,
	}
	automatic := Settings{Function: Cooling, Mode: Automatic, Setpoint: 260, Program: 4}
	lasting := Settings{Function: Cooling, Mode: Manual, Setpoint: 240, Program: 4}
	for after, want := range map[AfterEnd]Settings{AfterEndAutomatic: automatic, AfterEndPrevious: lasting} {
		for _, body := range bodies {
			cloud, clock := newCloud(t, Options{AfterEnd: after})
			// The second mode with an end follows on the first: what counts as
			// before is still the one without.
			for _, b := range []string{`{"function":"heating","mode":"automatic","programs":[{"number":4}]}`, manual, bodies[1], body} {
				if w := post(cloud, testModule, b); w.Code != 200 {
					t.Fatalf("%s: answered %s", b, w.Body)
				}
			}
			clock.now = winter().Add(30*time.Minute - time.Second)
			if got := get(t, cloud, testModule)["activationTime"]; got != "2026-12-24T12:30:00" {
				t.Errorf("%s: a second before the end activationTime is %v", body, got)
			}
			clock.now = winter().Add(30 * time.Minute)
			if got := status(t, cloud, testModule); got.Settings != want || got.Before != nil {
				t.Errorf("%s: after the end (%d) got %+v, want %+v", body, after, got, want)
			}
			if _, there := get(t, cloud, testModule)["activationTime"]; there {
				t.Errorf("%s: activationTime is still there after the end", body)
			}
		}
	}
}

func TestPreviousUnknownMeansAutomatic(t *testing.T) {
	cloud, clock := newCloud(t, Options{AfterEnd: AfterEndPrevious})
	s := status(t, cloud, testModule)
	s.Mode, s.End = Boost, clock.now.Add(time.Minute)
	if err := cloud.SetStatus(testPlant, testModule, s); err != nil {
		t.Fatal(err)
	}
	clock.now = s.End
	if got := status(t, cloud, testModule).Settings; got != automaticSettings(Heating, 1) {
		t.Errorf("got %+v", got)
	}
}

func TestDaylightSaving(t *testing.T) {
	at := func(text string) time.Time {
		instant, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return instant
	}
	off := func(end string) string { return `{"function":"heating","mode":"off","activationTime":"` + end + `"}` }
	tests := []struct{ now, clock, body, end string }{
		{"2026-07-01T10:00:00Z", "2026-07-01T12:00:00+02:00", off("2026-07-01T12:00:01"), "2026-07-01T10:00:01Z"},
		{"2026-03-29T00:00:00Z", "2026-03-29T01:00:00+01:00", off("2026-03-29T02:30:00"), "2026-03-29T01:00:00Z"}, // skipped
		{"2026-03-29T00:00:00Z", "2026-03-29T01:00:00+01:00", off("2026-03-29T03:00:00"), "2026-03-29T01:00:00Z"},
		{"2026-10-24T23:00:00Z", "2026-10-25T01:00:00+02:00", off("2026-10-25T02:30:00"), "2026-10-25T00:30:00Z"}, // first of two
		{"2026-10-25T00:45:00Z", "2026-10-25T02:45:00+02:00", off("2026-10-25T02:30:00"), "2026-10-25T01:30:00Z"}, // second
		{"2026-10-25T01:05:00Z", "2026-10-25T02:05:00+01:00", off("2026-10-25T02:30:00"), "2026-10-25T01:30:00Z"},
		{"2026-10-25T01:01:00Z", "2026-10-25T02:01:00+01:00", `{"function":"heating","mode":"boost",
			"activationTime":"2026-10-25T02:01:00/2026-10-25T02:31:00"}`, "2026-10-25T01:31:00Z"},
	}
	for _, test := range tests {
		cloud, clock := newCloud(t, Options{})
		clock.now = at(test.now)
		if got := get(t, cloud, testModule)["time"]; got != test.clock {
			t.Errorf("at %s the thermostat's clock shows %v, want %s", test.now, got, test.clock)
		}
		if w := post(cloud, testModule, test.body); w.Code != 200 {
			t.Errorf("at %s %s: answered %s", test.now, test.body, w.Body)
		}
		if got := status(t, cloud, testModule).End; !got.Equal(at(test.end)) {
			t.Errorf("at %s %s: ends at %s, want %s", test.now, test.body, got.UTC(), test.end)
		}
	}
	cloud, clock := newCloud(t, Options{})
	clock.now = at("2026-10-25T01:45:00Z") // 02:45 for the second time
	if w := post(cloud, testModule, off("2026-10-25T02:30:00")); w.Code != 430 {
		t.Errorf("an end that will not come again: answered %d", w.Code)
	}
}
