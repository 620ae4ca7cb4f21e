package discovery

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/plan/render"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// TestOneFormOfAReading: a thermostat is written as status --json writes it.
func TestOneFormOfAReading(t *testing.T) {
	warm, damp := provider.Celsius(195), 48.5
	boost := provider.Settings{Function: provider.Heating, Mode: provider.Boost, End: provider.WallClock(discoveredAt())}
	for _, settings := range []provider.Settings{manual(), boost, {Function: provider.Cooling, Mode: provider.Automatic, Program: 3}} {
		found := account(settings, []string{"Casa", "Sala"})
		read := &found.Plants[0].Thermostats[0]
		read.Status.At = discoveredAt()
		read.Status.Value.Temperature, read.Status.Value.Humidity, read.Status.Value.Active = &warm, &damp, true
		text, err := Compare(found, nothingDeclared(t), Zones{}, discoveredAt()).JSON(nil, render.Retry{})
		if err != nil {
			t.Fatal(err)
		}
		status, err := render.StatusJSON([]render.Reading{{Record: state.Entry{Device: read.Device}, Status: &read.Status.Value, At: discoveredAt()}}, 1, true, render.Retry{})
		if err != nil {
			t.Fatal(err)
		}
		var discovered struct {
			Plants []struct{ Thermostats []map[string]any }
		}
		var shown struct{ Thermostats []map[string]any }
		if err := json.Unmarshal([]byte(text), &discovered); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(status, &shown); err != nil {
			t.Fatal(err)
		}
		got, want := discovered.Plants[0].Thermostats[0], shown.Thermostats[0]
		for _, key := range []string{"read_at", "temperature", "humidity", "active", "status", "time"} {
			if diff := cmp.Diff(want[key], got[key]); diff != "" || got[key] == nil {
				t.Errorf("%s (-status +discover):\n%s", key, diff)
			}
		}
	}
}

// TestUnreadAsData: what was not read has a reason and no values.
func TestUnreadAsData(t *testing.T) {
	found := account(manual(), []string{"Casa", "Sala"})
	found.Plants[0].Thermostats[0].Status = survey.Answer[provider.Status]{Outcome: dispatch.Failed, Err: &provider.Error{Kind: provider.KindNotFound, StatusCode: 404}}
	text, err := Compare(found, nothingDeclared(t), Zones{}, discoveredAt()).JSON(nil, render.Retry{})
	if err != nil || !strings.Contains(text, `"error": "404 not found or offline",`) || strings.Contains(text, "read_at") || strings.Contains(text, `"status"`) {
		t.Errorf("%v\n%s", err, text)
	}
}
