package survey_test

import (
	"strings"
	"testing"
	"time"

	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/simulator"
	"setpoint/provider/survey"
)

// Client and simulator know nothing of one another: what they agree on here,
// two readings of the reference agree on.
func TestASimulatedAccountIsReadAsItIs(t *testing.T) {
	for _, awkward := range []bool{false, true} {
		house, err := simulator.New(simulator.Options{DuplicatePlants: awkward, NumbersAsText: awkward})
		if err != nil {
			t.Fatal(err)
		}
		client := clientOf(t, house)
		if v := survey.Account(t.Context(), t.Context(), survey.Input{Reader: client, Policy: quick()}); !v.Complete() || v.Calls != 1 {
			t.Errorf("an empty account: %+v", v)
		}
		name := strings.Repeat("Sàla \"${x}\"\n", 100)
		for n, size := range []int{1, 3, 7} {
			for m := range size {
				if err := house.Ensure(plantID(n), moduleID(n, m), "Europe/Rome", nil); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, err := range []error{
			house.NamePlant(plantID(1), name), house.NameThermostat(plantID(1), moduleID(1, 2), name),
			house.SetPrograms(plantID(1), moduleID(1, 2), []simulator.Program{{Number: 0, Name: "Night"}, {Number: 4, Name: name}, {Number: 5, Name: name}}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		v := survey.Account(t.Context(), t.Context(), survey.Input{Reader: client, Policy: quick()})
		if !v.Complete() || len(v.Plants) != 3 || len(found(v)) != 11 || v.Calls != 1+3 {
			t.Fatalf("%d plants with %d thermostats in %d calls", len(v.Plants), len(found(v)), v.Calls)
		}
		statuses, programs := ask(t, client, v, survey.AskStatus), ask(t, client, v, survey.AskPrograms)
		room := v.Plants[1].Thermostats[2]
		equal(t, "names", []string{name, name}, []string{v.Plants[1].Name, room.Name})
		equal(t, "programs", []provider.Program{{Number: 0, Name: "Night"}, {Number: 4, Name: name}, {Number: 5, Name: name}}, programs.Of(room.Device).Programs.Value.Programs)
		for i, d := range found(v) {
			status := statuses.Readings[i].Status.Value
			equal(t, "settings", provider.Settings{Function: provider.Heating, Mode: provider.Automatic, Program: 1}, status.Settings)
			if status.Temperature == nil || status.Humidity == nil {
				t.Errorf("%v measures nothing: %+v", d, status)
			}
			if skipped := programs.Of(d).Programs.Value.Skipped; len(skipped) > 0 {
				t.Errorf("%+v", skipped)
			}
		}
		for what, err := range map[string]error{
			"topology": func() error { _, err := client.Topology(t.Context(), plantID(9)); return err }(),
			"programs": func() error {
				_, err := client.Programs(t.Context(), provider.Device{PlantID: plantID(0), ModuleID: moduleID(9, 9)})
				return err
			}(),
		} {
			if failed, ok := err.(*provider.Error); !ok || failed.Kind != provider.KindNotFound {
				t.Errorf("%s of what is not there: %v", what, err)
			}
		}
	}
}

func TestASimulatedQuotaEndsTheSurvey(t *testing.T) {
	noon := func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
	house, err := simulator.New(simulator.Options{Clock: noon, Limits: simulator.Limits{DailyQuota: 5}})
	if err != nil {
		t.Fatal(err)
	}
	for m := range 8 {
		if err := house.Ensure(plantID(0), moduleID(0, m), "Europe/Rome", nil); err != nil {
			t.Fatal(err)
		}
	}
	p := quick()
	p.Parallelism = 1
	p.Account = &dispatch.Account{}
	in := survey.Input{Reader: clientOf(t, house), Policy: p}
	v := survey.Account(t.Context(), t.Context(), in)
	report := survey.Thermostats(t.Context(), t.Context(), in, found(v), survey.AskStatus)
	if v.Stop != nil || report.Stop == nil || report.Stop.Reason != dispatch.StopQuota || v.Calls+report.Calls != 6 {
		t.Fatalf("%+v, then %+v, stop %+v", v.Ending, report.Ending, report.Stop)
	}
	if in := time.Until(report.Returns); in <= 11*time.Hour || in > 12*time.Hour+time.Second {
		t.Errorf("the quota returns in %s, want the 12 h to midnight UTC", in)
	}
	read := 0
	for _, r := range report.Readings {
		if r.Status.OK() {
			read++
		}
	}
	if read != 3 {
		t.Errorf("%d were read", read)
	}
}
