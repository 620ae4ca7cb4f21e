package simulator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHouseSurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.json")
	cloud, clock := newCloud(t, Options{House: path, AfterEnd: AfterEndPrevious})
	for _, body := range []string{
		`{"function":"heating","mode":"manual","setPoint":{"value":"21.5","unit":"C"}}`,
		`{"function":"heating","mode":"off","activationTime":"2026-12-24T12:30:00"}`,
	} {
		if w := post(cloud, testModule, body); w.Code != 200 {
			t.Fatalf("answered %s", w.Body)
		}
	}
	want := status(t, cloud, testModule)
	// No Close: what was answered must be there after a crash.
	again, err := New(Options{House: path, Clock: clock.read, AfterEnd: AfterEndPrevious})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, status(t, again, testModule)); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	clock.now = clock.now.Add(time.Hour)
	if got := status(t, again, testModule); got.Mode != Manual || got.Setpoint != 215 {
		t.Errorf("after the end, and a restart, the thermostat is in %+v", got)
	}
}

func TestCloseSavesWhatEnsureMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.json")
	cloud, _ := newCloud(t, Options{House: path})
	if _, err := os.Stat(path); err == nil {
		t.Error("Ensure saved the house by itself")
	}
	if err := cloud.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := New(Options{House: path})
	if err != nil {
		t.Fatal(err)
	}
	status(t, again, testModule)
	if err := again.SetStatus(testPlant, testModule, status(t, again, testModule)); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedHouse(t *testing.T) {
	house := func(zone, settings string) string {
		return `{"version":1,"plants":{"` + testPlant + `":{"time_zone":"` + zone + `","thermostats":{"` + testModule + `":{` + settings + `}}}}}`
	}
	for text, want := range map[string]string{
		"":                         "empty",
		" \n":                      "empty",
		"{\n\"version\": 1,":       "line 2",
		"<<<<<<< HEAD\n{}":         "line 1, column 1",
		"[]":                       "cannot unmarshal",
		"{}":                       "no version",
		`{"version":3}`:            "use a newer program",
		`{"version":0}`:            "never",
		`{"version":1,"plans":{}}`: "plans",
		`{"version":1,"plants":{"Home":{"time_zone":"","thermostats":{}}}}`:                        "plant Home: the id",
		`{"version":1,"plants":{"` + testPlant + `":null}}`:                                        "null",
		house("Local", `"function":"heating","mode":"off","setpoint":20`):                          "time_zone",
		house("Europe/Rome", `"function":"warm","mode":"off","setpoint":20`):                       "function",
		house("Europe/Rome", `"function":"heating","mode":"on","setpoint":20`):                     "mode",
		house("Europe/Rome", `"function":"heating","mode":"off","setpoint":2`):                     "setpoint 2.0",
		house("Europe/Rome", `"function":"heating","mode":"off","setpoint":20.55`):                 "one decimal",
		house("Europe/Rome", `"function":"heating","mode":"off","setpoint":"20"`):                  "not a number",
		house("Europe/Rome", `"function":"heating","mode":"boost","setpoint":20`):                  "no end",
		house("Europe/Rome", `"function":"heating","mode":"off","setpoint":20,"program":12`):       "program 12",
		house("Europe/Rome", `"function":"heating","mode":"off","setpoint":20,"temperature":1000`): "temperature",
		house("Europe/Rome", `"function":"heating","mode":"off","setpoint":20,"before":{}`):        "before",
	} {
		path := filepath.Join(t.TempDir(), "house.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := New(Options{House: path})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: the error does not have %q and the path: %v", text, want, err)
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != text {
			t.Errorf("%q: the damaged file was changed to %q (%v)", text, left, err)
		}
	}
}

func TestSaveThatFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	cloud, _ := newCloud(t, Options{House: filepath.Join(dir, "house.json")})
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if w := post(cloud, testModule, offBody); w.Code != 500 || !strings.Contains(w.Body.String(), "save the house") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if call := cloud.Calls()[0]; call.Status != 500 || !call.Landed {
		t.Errorf("the log says %+v", call)
	}
	if err := cloud.Close(); err == nil {
		t.Error("Close did not report that the house is not saved")
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := cloud.Close(); err != nil {
		t.Errorf("Close did not try again: %v", err)
	}
}

func TestHas(t *testing.T) {
	cloud, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if cloud.Has(testPlant, "") || cloud.Has(testPlant, testModule) {
		t.Error("an empty house has something")
	}
	if err := cloud.EnsurePlant(testPlant, ""); err != nil {
		t.Fatal(err)
	}
	if !cloud.Has(strings.ToUpper(testPlant), "") || cloud.Has(testPlant, testModule) {
		t.Error("a house with a plant has another")
	}
	if err := cloud.Ensure(testPlant, testModule, "", nil); err != nil {
		t.Fatal(err)
	}
	if !cloud.Has(testPlant, strings.ToUpper(testModule)) || cloud.Has(testModule, testModule) {
		t.Error("a house with a thermostat has another")
	}
}
