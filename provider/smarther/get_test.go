package smarther

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/provider"
)

func wire(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "testdata", "wire", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestGetReadsWhatTheCloudWrites(t *testing.T) {
	clock, err := time.Parse(time.RFC3339, "2026-11-22T22:49:32+01:00")
	if err != nil {
		t.Fatal(err)
	}
	warm, humid := provider.Celsius(195), 61.9
	for name, want := range map[string]provider.Status{
		"get-automatic.json": {
			Settings:    provider.Settings{Function: provider.Heating, Mode: provider.Automatic, Program: 1},
			Temperature: &warm, Humidity: &humid, Time: clock,
		},
		"get-manual-until.json": {
			Settings: provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 205, End: local(t, "2026-12-24T18:00:00")},
			Active:   true, Time: clock,
		},
		"get-boost.json": {
			Settings: provider.Settings{Function: provider.Cooling, Mode: provider.Boost, End: local(t, "2026-11-22T23:19:00")},
			Active:   true, Time: clock,
		},
	} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(wire(t, name)) })
		got, err := c.Get(t.Context(), device())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(provider.LocalTime{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if _, offset := got.Time.Zone(); offset != 3600 {
			t.Errorf("%s: the thermostat's clock lost its offset, now %d s", name, offset)
		}
	}
}

// one is a reading of one thermostat with the given fields.
func one(fields string) string { return `{"chronothermostats":[{` + fields + `}]}` }

const (
	heatManual = `"function":"heating","mode":"manual","setPoint":{"value":"20.5","unit":"C"}`
	heatOff    = `"function":"heating","mode":"off"`
	rome       = `"time":"2026-11-22T22:49:32+01:00"`
)

func TestReadingIsTolerant(t *testing.T) {
	automatic := func(n int) provider.Settings {
		return provider.Settings{Function: provider.Heating, Mode: provider.Automatic, Program: n}
	}
	at := func(c provider.Celsius) provider.Settings {
		return provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: c}
	}
	offUntil := func(s string) provider.Settings {
		return provider.Settings{Function: provider.Heating, Mode: provider.Off, End: local(t, s)}
	}
	off := provider.Settings{Function: provider.Heating, Mode: provider.Off}
	for body, want := range map[string]provider.Settings{
		one(heatManual): at(205),
		one(`"function":"Heating","mode":"Manual","setPoint":{"value":20.549}`):                                          at(205),
		one(`"function":"heating","mode":"manual","setPoint":{"value":"20.55000","unit":"c"}`):                           at(206),
		one(`"function":"heating","mode":"manual","setPoint":{"value":"68.0","unit":"F"}`):                               at(200),
		one(`"function":"heating","mode":"manual","setPoint":{"value":"69","unit":"F"}`):                                 at(206),
		one(heatManual + `,"activationTime":null,"programs":7,"thermometer":"x","hygrometer":[],"sender":false`):         at(205),
		one(heatManual + `,"activationTime":""`):                                                                         at(205),
		one(`"function":"heating","mode":"automatic","programs":[{"number":"11"}],"setPoint":4,"activationTime":"soon"`): automatic(11),
		one(`"function":"heating","mode":"automatic","programs":[{"number":0,"name":"Night"}]`):                          automatic(0),
		one(`"function":"heating","mode":"automatic","programs":[{"number":"3.00000"}]`):                                 automatic(3),
		one(`"function":"heating","mode":"automatic","programs":[{"number":" 3 "}]`):                                     automatic(3),
		one(`"function":"heating","mode":"automatic","programs":[{"number":3.0}]`):                                       automatic(3),
		one(heatOff): off,
		one(heatOff + `,"activationTime":"2026-12-24T18:00:00"`):                                   offUntil("2026-12-24T18:00:00"),
		one(heatOff + `,"activationTime":"2026-12-4T18:00:00.000"`):                                offUntil("2026-12-04T18:00:00"),
		one(heatOff + `,` + rome + `,"activationTime":"2027-06-24T18:00:00+02:00"`):                offUntil("2027-06-24T18:00:00"),
		one(heatOff + `,` + rome + `,"activationTime":"2026-12-24T17:00:00Z"`):                     offUntil("2026-12-24T18:00:00"),
		one(heatOff + `,"activationTime":"2026-12-24T17:00:00Z"`):                                  offUntil("2026-12-24T17:00:00"),
		one(heatOff + `,"activationTime":"2026-12-24T17:30:00/2026-12-24T18:00:00"`):               offUntil("2026-12-24T18:00:00"),
		one(heatOff + `,"activationTime":"0001-01-01T00:00:00"`):                                   off,
		one(heatOff + `,` + rome + `,"activationTime":"9999-12-31T22:59:59Z"`):                     offUntil("9999-12-31T23:59:59"),
		one(heatOff + `,"sender":{"plant":{"module":{"id":"` + strings.ToUpper(moduleID) + `"}}}`): off,
		`{"chronothermostats":[{` + heatManual + `,"sender":{"plant":{"module":{"id":"other"}}}},{` + heatOff +
			`,"sender":{"plant":{"module":{"id":"` + moduleID + `"}}}}]}`: off,
	} {
		got, err := decodeReading([]byte(body), device())
		if err != nil || got.Settings != want {
			t.Errorf("%s\nis read as %+v, %v\nwant %+v", body, got.Settings, err, want)
		}
	}
}

func TestMeasures(t *testing.T) {
	body := one(heatOff + `,"thermometer":{"measures":[{"timeStamp":"2026-11-22T22:00:00+01:00","value":"18","unit":"C"},` +
		`{"timeStamp":"2026-11-22T22:30:00+01:00","value":"68.9","unit":"F"},{"value":"3"}]},"hygrometer":{"measures":[{"value":55}]}`)
	got, err := decodeReading([]byte(body), device())
	if err != nil {
		t.Fatal(err)
	}
	if got.Temperature == nil || *got.Temperature != 205 || got.Humidity == nil || *got.Humidity != 55 || !got.Time.IsZero() || got.Active {
		t.Errorf("read %+v; want the newest measures, no clock, not active", got)
	}
	for _, value := range []string{`"NaN"`, `"-1"`, `101`, `"1e999"`, `"x"`, `null`} {
		body := one(heatOff + `,"thermometer":{"measures":[{"value":"` + "warm" + `"}]},"hygrometer":{"measures":[{"value":` + value + `}]}`)
		got, err := decodeReading([]byte(body), device())
		if err != nil || got.Humidity != nil || got.Temperature != nil {
			t.Errorf("%s: %+v, %v; want no measure", body, got, err)
		}
	}
}

func TestReadingsThatMakeNoSense(t *testing.T) {
	for name, body := range map[string]string{
		"empty":               ``,
		"HTML":                `<html>` + canaryToken,
		"null":                `null`,
		"nobody":              `{"chronothermostats":[]}`,
		"an error":            `{"statusCode":404,"message":"Gateway Offline"}`,
		"two without sender":  `{"chronothermostats":[{` + heatOff + `},{` + heatOff + `}]}`,
		"another module":      one(heatOff + `,"sender":{"plant":{"module":{"id":"2a9d5c0f-0000-4000-8000-000000000002"}}}`),
		"no function":         one(`"mode":"off"`),
		"unknown mode":        one(`"function":"heating","mode":"` + "\\u001b[31m" + canaryKey + `"`),
		"manual, no setpoint": one(`"function":"heating","mode":"manual"`),
		"setpoint too high":   one(`"function":"heating","mode":"manual","setPoint":{"value":"40.1"}`),
		"strange unit":        one(`"function":"heating","mode":"manual","setPoint":{"value":"293","unit":"K"}`),
		"Fahrenheit, no end":  one(`"function":"heating","mode":"manual","setPoint":{"value":"1e999999999","unit":"F"}`),
		"no program":          one(`"function":"heating","mode":"automatic"`),
		"program 12":          one(`"function":"heating","mode":"automatic","programs":[{"number":12}]`),
		"program 1.5":         one(`"function":"heating","mode":"automatic","programs":[{"number":"1.5"}]`),
		"nameless program":    one(`"function":"heating","mode":"automatic","programs":[{"name":"Night"}]`),
		"two programs":        one(`"function":"heating","mode":"automatic","programs":[{"number":1},{"number":2}]`),
		"strange end":         one(heatOff + `,"activationTime":"tomorrow"`),
		"end in year 10000":   one(heatOff + `,` + rome + `,"activationTime":"9999-12-31T23:00:00Z"`),
		"boost until then":    one(`"function":"heating","mode":"boost",` + rome + `,"activationTime":"9999-12-31T23:00:00Z"`),
		"end before year 0":   one(heatOff + `,"time":"2026-11-22T22:49:32-03:00","activationTime":"0000-01-01T02:59:59Z"`),
		"more than one":       one(heatOff) + one(heatOff),
		"too long":            one(heatOff + `,"x":"` + strings.Repeat("x", maxReading) + `"`),
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
			e := attempt(t, t.Context(), c, false)
			if e.Kind != provider.KindUnusable || e.MayHaveLanded || e.Err == nil || e.Remedy == "" {
				t.Errorf("%#v", e)
			}
			checkShown(t, e)
		})
	}
}

func FuzzDecodeReading(f *testing.F) {
	for _, name := range []string{"get-automatic.json", "get-manual-until.json", "get-boost.json"} {
		f.Add(wire(f, name))
	}
	f.Add([]byte(one(heatOff + `,"activationTime":"2026-12-24T17:00:00Z",` + rome)))
	f.Add([]byte(one(heatOff + `,"activationTime":"9999-12-31T23:00:00Z",` + rome)))
	f.Add([]byte(one(`"function":"heating","mode":"boost","activationTime":"0000-01-01T00:00:00Z","time":"2026-11-22T22:49:32-03:00"`)))
	f.Add([]byte(one(`"function":"heating","mode":"automatic","programs":[{"number":"3.00000"}]`)))
	f.Add([]byte(one(`"function":"heating","mode":"manual","setPoint":{"value":"69","unit":"F"}`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		status, err := decodeReading(body, device())
		if err != nil {
			return
		}
		s := status.Settings
		if s != s.Canonical() {
			t.Errorf("%s: %+v is not canonical", body, s)
		}
		var back provider.Settings
		if err := json.Unmarshal(encode(t, s), &back); err != nil || back != s {
			t.Errorf("%s: recorded, it comes back as %+v, %v", body, back, err)
		}
		if s.Mode == provider.Boost {
			s.BoostMinutes, s.End = 30, provider.LocalTime{}
		}
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if h := status.Humidity; h != nil && !(*h >= 0 && *h <= 100) {
			t.Errorf("%s: humidity %v", body, *h)
		}
	})
}
