package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/provider"
)

var (
	plant   = "1f3c6b1e-0000-4000-8000-000000000001"
	device1 = provider.Device{PlantID: plant, ModuleID: "2a9d5c0f-0000-4000-8000-000000000001"}
	device2 = provider.Device{PlantID: plant, ModuleID: "2a9d5c0f-0000-4000-8000-000000000002"}
	noon    = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
)

const lineage = "6a1c0000-0000-4000-8000-000000000001"

func manual(tenths provider.Celsius) provider.Settings {
	return provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: tenths}
}

func entry(d provider.Device, tenths provider.Celsius, o Outcome) Entry {
	return Entry{Device: d, Settings: manual(tenths), Outcome: o, At: noon}
}

func ptr[T any](v T) *T { return &v }

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "state", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// kinds lists the kinds of all *Error in err, joined ones one by one.
func kinds(err error) []Kind {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []Kind
		for _, e := range joined.Unwrap() {
			all = append(all, kinds(e)...)
		}
		return all
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return []Kind{e.Kind}
	}
	return nil
}

func wantKind(t *testing.T, err error, want Kind) *Error {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != want {
		t.Fatalf("error is %v, want kind %d", err, want)
	}
	return e
}

func TestCanonicalFileIsIdentity(t *testing.T) {
	golden := fixture(t, "v1.state.json")
	s, err := Decode("x", golden)
	if err != nil {
		t.Fatal(err)
	}
	want := &State{
		Version: 1, SetpointVersion: "0.1.0", Lineage: lineage, Serial: 7,
		Thermostats: map[string]Entry{
			"thermostat.living_room": {Device: device1, Outcome: Confirmed, At: noon, Settings: provider.Settings{
				Function: provider.Heating, Mode: provider.Manual, Setpoint: 205, End: mustLocal("2026-12-24T18:00:00")}},
			`module.floor["2"].thermostat.room["<a&b>"]`: {Device: device2, Outcome: Unknown, At: noon,
				Settings: provider.Settings{Function: provider.Heating, Mode: provider.Boost, BoostMinutes: 30,
					Start: mustLocal("2026-11-22T11:00:00"), End: mustLocal("2026-11-22T11:30:00")},
				Previous: ptr(manual(190)),
				OnRemove: &provider.Settings{Function: provider.Heating, Mode: provider.Protection}},
		},
		Outputs: map[string]Output{"warm": {Value: json.RawMessage(`{"a":[1,"x<y"]}`), Type: json.RawMessage(`"dynamic"`)}},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
	got, err := Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(golden), string(got)); diff != "" {
		t.Error(diff)
	}
}

func mustLocal(s string) provider.LocalTime {
	l, err := provider.ParseLocalTime(s)
	if err != nil {
		panic(err)
	}
	return l
}

// TestDeclaredIsKept: what was declared when something was adopted is written and
// read, and belongs to nothing else.
func TestDeclaredIsKept(t *testing.T) {
	e := Entry{Device: device1, Outcome: Observed, At: noon, Settings: manual(230), Declared: ptr(manual(200))}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back Entry
	if err := json.Unmarshal(text, &back); err != nil || !back.Equal(e) {
		t.Errorf("%+v, %v from %s", back, err, text)
	}
	other := e
	if other.Declared = ptr(manual(210)); other.Equal(e) {
		t.Error("entries are equal that were adopted against different declarations")
	}
	for _, outcome := range []Outcome{Confirmed, Unknown} {
		wrong := strings.Replace(string(text), `"observed"`, `"`+string(outcome)+`"`, 1)
		if err := json.Unmarshal([]byte(wrong), &back); err == nil || !strings.Contains(err.Error(), "declared belongs to") {
			t.Errorf("%s: %v", outcome, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := string(fixture(t, "v1.state.json"))
	swap := func(from, to string) string {
		if !strings.Contains(good, from) {
			t.Fatalf("fixture has no %q", from)
		}
		return strings.Replace(good, from, to, 1)
	}
	tests := []struct {
		name, data   string
		kind         Kind
		line, column int
		says         string
	}{
		{"empty", "", KindEmpty, 0, 0, "cp f.json.backup f.json"},
		{"blank", " \n\t\n", KindEmpty, 0, 0, "git checkout"},
		{"not JSON", "{\n  \"version\": 1,\n  é\n}", KindNotJSON, 3, 3, "not JSON"},
		{"cut", good[:len(good)-20], KindNotJSON, strings.Count(good[:len(good)-20], "\n") + 1, 0, "in the middle"},
		{"not UTF-8", swap("0.1.0", "\xff"), KindNotJSON, 0, 0, "UTF-8"},
		{"zeros", "\x00\x00\x00", KindNotJSON, 1, 1, "not JSON"},
		{"conflict", swap(`  "serial": 7,`, "<<<<<<< HEAD\n  \"serial\": 7,\n=======\n  \"serial\": 8,\n>>>>>>> theirs"), KindConflict, 5, 0, "state merge"},
		{"trailing", good + "{}", KindTrailing, strings.Count(good, "\n") + 1, 1, "follows"},
		{"newer", `{"version": 2, "setpoint_version": "3.4.5", "thermostats": 9}`, KindNewer, 0, 0, "3.4.5"},
		{"newer, unsigned", `{"version": 2}`, KindNewer, 0, 0, "newer setpoint"},
		{"array", `[]`, KindShape, 0, 0, "not a state"},
		{"null", `null`, KindShape, 0, 0, "version"},
		{"no version", `{}`, KindShape, 0, 0, "version"},
		{"version 0", swap(`"version": 1`, `"version": 0`), KindShape, 0, 0, "version"},
		{"version text", swap(`"version": 1`, `"version": "1"`), KindShape, 0, 0, "version"},
		{"unknown field", swap(`"serial": 7`, `"serial": 7, "extra": 1`), KindShape, 0, 0, "extra"},
		{"wrong type", swap(`"serial": 7`, `"serial": "7"`), KindShape, 5, 0, "serial"},
		{"negative serial", swap(`"serial": 7`, `"serial": -7`), KindShape, 5, 0, "serial"},
		{"no serial", swap(`"serial": 7,`, ``), KindShape, 0, 0, "serial"},
		{"no writer", swap(`"setpoint_version": "0.1.0",`, ``), KindShape, 0, 0, "setpoint_version"},
		{"no outputs", `{"version":1,"setpoint_version":"1","lineage":"` + lineage + `","serial":1,"thermostats":{}}`, KindShape, 0, 0, "outputs"},
		{"no thermostats", `{"version":1,"setpoint_version":"1","lineage":"` + lineage + `","serial":1,"outputs":{},"thermostats":null}`, KindShape, 0, 0, "thermostats"},
		{"duplicate", swap(`"serial": 7,`, "\"serial\": 7,\n  \"ser\\u0069al\": 8,"), KindDuplicate, 6, 3, "serial"},
		{"no lineage", swap(`"lineage": "`+lineage+`",`, ``), KindLineage, 0, 0, "UUID"},
		{"bad lineage", swap(lineage, strings.ToUpper(lineage)), KindLineage, 0, 0, "UUID"},
		{"bad address", swap("thermostat.living_room", "living_room"), KindAddress, 0, 0, "living_room"},
		{"not canonical", swap("thermostat.living_room", `thermostat.x[\"\\u0061\"]`), KindAddress, 0, 0, `thermostat.x["a"]`},
		{"unknown entry field", swap(`"outcome": "confirmed"`, `"outcome": "confirmed", "x": 1`), KindEntry, 0, 0, "thermostat.living_room"},
		{"null entry", swap(`"thermostat.living_room": {`, `"thermostat.a": null, "thermostat.living_room": {`), KindEntry, 0, 0, "thermostat.a"},
		{"bad device", swap(device1.ModuleID, "7"), KindEntry, 0, 0, "module_id"},
		{"bad outcome", swap(`"confirmed"`, `"done"`), KindEntry, 0, 0, "done"},
		{"bad settings", swap(`20.5`, `41`), KindEntry, 0, 0, "41"},
		{"previous of confirmed", swap(`"outcome": "unknown"`, `"outcome": "observed"`), KindEntry, 0, 0, "previous"},
		{"local time", swap(`"at": "2026-11-22T10:00:00Z"`, `"at": "2026-11-22T11:00:00+01:00"`), KindEntry, 0, 0, "UTC"},
		{"fraction", swap(`"at": "2026-11-22T10:00:00Z"`, `"at": "2026-11-22T10:00:00.5Z"`), KindEntry, 0, 0, "UTC"},
		{"output without type", swap(`"type": "dynamic"`, `"typ": 1`), KindOutput, 0, 0, "warm"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Decode("f.json", []byte(tt.data))
			if s != nil {
				t.Error("a state comes with the error")
			}
			e := wantKind(t, err, tt.kind)
			if e.Path != "f.json" || e.Remedy == "" || !strings.Contains(e.Error(), tt.says) {
				t.Errorf("path %q, remedy %q, text %q", e.Path, e.Remedy, e)
			}
			if tt.line > 0 && (e.Line != tt.line || tt.column > 0 && e.Column != tt.column) {
				t.Errorf("at %d:%d, want %d:%d", e.Line, e.Column, tt.line, tt.column)
			}
		})
	}
}

func TestAllProblemsAreReported(t *testing.T) {
	bad := strings.NewReplacer(lineage, "x", "20.5", "99", "thermostat.living_room", "room").Replace(string(fixture(t, "v1.state.json")))
	_, err := Decode("f", []byte(bad))
	if diff := cmp.Diff([]Kind{KindLineage, KindAddress, KindEntry}, kinds(err)); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeRefusesWhatDecodeWould(t *testing.T) {
	late := manual(200)
	late.End = mustLocal("9999-12-31T23:59:59").Add(time.Hour)
	for name, spoil := range map[string]func(*State){
		"version":   func(s *State) { s.Version = 2 },
		"lineage":   func(s *State) { s.Lineage = "" },
		"address":   func(s *State) { s.Thermostats["x"] = entry(device1, 200, Confirmed) },
		"not UTF-8": func(s *State) { s.Thermostats["thermostat.\xff"] = entry(device1, 200, Confirmed) },
		"setpoint":  func(s *State) { s.Thermostats["thermostat.a"] = entry(device1, 1000, Confirmed) },
		"no time": func(s *State) {
			s.Thermostats["thermostat.a"] = Entry{Device: device1, Settings: manual(200), Outcome: Confirmed}
		},
		"year 10000": func(s *State) {
			s.Thermostats["thermostat.a"] = Entry{Device: device1, Settings: late, Outcome: Confirmed, At: noon}
		},
		"output": func(s *State) { s.Outputs["o"] = Output{Value: json.RawMessage("{")} },
	} {
		s := New("1")
		spoil(s)
		if data, err := Encode(s); err == nil {
			t.Errorf("%s: written: %s", name, data)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(fixture(f, "v1.state.json"))
	f.Add([]byte(`{"version":1,"setpoint_version":"","lineage":"` + lineage + `","serial":0,"thermostats":{},"outputs":{"a":{"value":null,"type":[]}}}`))
	f.Add([]byte("<<<<<<< a\n"))
	f.Add([]byte(`{"a":{"b":[{"c":"\""}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode("f", data)
		if err != nil {
			return
		}
		once, err := Encode(s)
		if err != nil {
			t.Fatalf("decoded, but not encoded: %v", err)
		}
		again, err := Decode("f", once)
		if err != nil {
			t.Fatalf("encoded, but not decoded: %v", err)
		}
		if diff := cmp.Diff(s, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

// house is a state with n thermostats.
func house(n int) *State {
	s := New("0.1.0")
	for i := range n {
		d := provider.Device{PlantID: plant, ModuleID: fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", i)}
		s.Thermostats[fmt.Sprintf("thermostat.room[%d]", i)] = entry(d, 200, Confirmed)
	}
	return s
}
