package programs_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config/programs"
	"setpoint/provider"
)

const (
	plant = "1f3c6b1e-0000-4000-8000-000000000001"
	first = "2a9d5c0f-0000-4000-8000-000000000001"
	other = "2a9d5c0f-0000-4000-8000-000000000002"
)

const whole = `{
  "version": 1,
  "thermostats": {
    "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001": {
      "2": "Night <& \"day\">",
      "10": "Casa é"
    },
    "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000002": {}
  }
}
`

func TestEncode(t *testing.T) {
	var p programs.Programs
	p.Put(provider.Device{PlantID: plant, ModuleID: other}, nil)
	p.Put(provider.Device{PlantID: plant, ModuleID: first}, []provider.Program{{Number: 1, Name: "gone"}})
	p.Put(provider.Device{PlantID: plant, ModuleID: first}, []provider.Program{{Number: 10, Name: "Casa e\u0301"}, {Number: 2, Name: `Night <& "day">`}})
	got, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var none programs.Programs
	if got, err := none.Encode(); err != nil || string(got) != "{\n  \"version\": 1,\n  \"thermostats\": {}\n}\n" {
		t.Errorf("of nothing: %v\n%s", err, got)
	}
}

func TestDecodeThenEncode(t *testing.T) {
	p, err := programs.Decode([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Encode(); err != nil || string(got) != whole {
		t.Errorf("%v\n%s", err, got)
	}
	if list, known := p.Of(provider.Device{PlantID: plant, ModuleID: other}); !known || len(list) != 0 {
		t.Errorf("a thermostat without programs: %v, %v", list, known)
	}
	if _, known := p.Of(provider.Device{PlantID: other, ModuleID: first}); known {
		t.Error("knows a thermostat that is not there")
	}
}

func TestNamed(t *testing.T) {
	list := []provider.Program{{Number: 1, Name: "Casa é"}, {Number: 2, Name: "casa é"}, {Number: 3, Name: "Twice"}, {Number: 4, Name: "Twice"}}
	for name, want := range map[string][]int{
		"Casa e\u0301": {1}, "Twice": {3, 4}, "": nil, "Twice ": nil,
	} {
		if diff := cmp.Diff(want, programs.Named(list, name)); diff != "" {
			t.Errorf("%q: -want +got:\n%s", name, diff)
		}
	}
}

func TestRefused(t *testing.T) {
	entry := `"` + plant + "/" + first + `"`
	for text, want := range map[string]string{
		"":                                     "it is empty",
		" \n":                                  "it is empty",
		"[]":                                   "line 1: an object must stand here, not [",
		"{\n  \"version\": 1\n}":               "line 3: the thermostats are missing",
		`{"thermostats": {}}`:                  "the version is missing",
		`{"version": 0, "thermostats": {}}`:    "the version must be 1",
		`{"version": 2, "thermostats": 7}`:     "it was written by a newer version of setpoint: its version is 2, and this one reads 1",
		`{"version": 1, "rooms": {}}`:          `there is no "rooms" in such a file`,
		`{"version": 1, "version": 1}`:         `"version" stands there twice`,
		`{"version": 1, "thermostats": {}} x`:  "line 1",
		`{"version": 1, "thermostats": {}} {}`: "something follows its end",
		`{"version": 1, "thermostats": {`:      "it ends in the middle",
		"<<<<<<< HEAD\n{}":                     "line 1: invalid character '<'",
		`{"version": 1, "thermostats": {"hall": {}}}`:                                     `a thermostat is named PLANT_ID/MODULE_ID in lower case, not "hall"`,
		`{"version": 1, "thermostats": {` + strings.ToUpper(entry) + `: {}}}`:             "in lower case",
		`{"version": 1, "thermostats": {` + entry + `: {"12": "x"}}}`:                     "a program must lie between 0 and 11, not 12",
		`{"version": 1, "thermostats": {` + entry + `: {"01": "x"}}}`:                     `"01" is no number of a program`,
		`{"version": 1, "thermostats": {` + entry + `: {"1": 7}}}`:                        "the name of program 1 is no text",
		`{"version": 1, "thermostats": {` + entry + `: {"1": "x", "1": "y"}}}`:            `"1" stands there twice`,
		`{"version": 1, "thermostats": {` + entry + `: {}, ` + entry + `: {"1": "x"}}}`:   "stands there twice",
		`{"version": 1, "thermostats": {` + entry + `: {"1": "x"` + "\n<<<<<<< HEAD\n}}}": "invalid character '<'",
	} {
		p, err := programs.Decode([]byte(text))
		if err == nil || p != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
		if newer := strings.Contains(want, "newer"); errors.Is(err, programs.ErrNewer) != newer {
			t.Errorf("%s: ErrNewer is not %v", text, newer)
		}
	}
}

// FuzzDecode: what can be read can be written and read again, to the byte.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(`{"version": 1, "thermostats": {"a/b": {"0": "\ud800", "11": "x"}}}`))
	f.Add([]byte(`{"thermostats": {"a/b": {}}, "version": 1}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		p, err := programs.Decode(content)
		if err != nil {
			return
		}
		once, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		q, err := programs.Decode(once)
		if err != nil {
			t.Fatalf("%v of what was written:\n%s", err, once)
		}
		if twice, err := q.Encode(); err != nil || string(twice) != string(once) {
			t.Fatalf("%v\n%s\n%s", err, once, twice)
		}
	})
}
