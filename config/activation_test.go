package config_test

import (
	"strings"
	"testing"
	"time"

	"setpoint/provider"
)

func TestUntil(t *testing.T) {
	for _, c := range []struct{ zone, until, local, instant, says string }{
		{"Europe/Rome", "2026-12-24T18:00:00", "2026-12-24T18:00:00", "2026-12-24T17:00:00Z", ""},
		{"Europe/Rome", "2026-12-24T18:00:00Z", "2026-12-24T19:00:00", "2026-12-24T18:00:00Z", ""},
		{"Europe/Rome", "2026-12-24T18:00:00-05:00", "2026-12-25T00:00:00", "2026-12-24T23:00:00Z", ""},
		{"Europe/Rome", "2027-07-01T12:00:00", "2027-07-01T12:00:00", "2027-07-01T10:00:00Z", ""},
		{"Europe/Rome", "2027-03-28T01:59:59", "2027-03-28T01:59:59", "2027-03-28T00:59:59Z", ""},
		{"Europe/Rome", "2027-03-28T02:00:00", "", "", "never show 2027-03-28T02:00:00"},
		{"Europe/Rome", "2027-03-28T02:59:59", "", "", "never show"},
		{"Europe/Rome", "2027-03-28T03:00:00", "2027-03-28T03:00:00", "2027-03-28T01:00:00Z", ""},
		{"Europe/Rome", "2027-03-28T02:30:00+01:00", "2027-03-28T03:30:00", "2027-03-28T01:30:00Z", ""},
		{"Europe/Rome", "2027-10-31T01:59:59", "2027-10-31T01:59:59", "2027-10-30T23:59:59Z", ""},
		{"Europe/Rome", "2027-10-31T02:00:00", "", "", "2027-10-31T02:00:00+02:00 or 2027-10-31T02:00:00+01:00"},
		{"Europe/Rome", "2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00", "2027-10-31T00:30:00Z", "Warning: Time that the clock shows twice"},
		{"Europe/Rome", "2027-10-31T01:30:00Z", "2027-10-31T02:30:00", "2027-10-31T01:30:00Z", "Warning: Time that the clock shows twice"},
		{"Europe/Rome", "2027-10-31T03:00:00", "2027-10-31T03:00:00", "2027-10-31T02:00:00Z", ""},
		{"America/New_York", "2027-03-14T02:30:00", "", "", "never show"},
		{"America/New_York", "2027-03-14T03:00:00", "2027-03-14T03:00:00", "2027-03-14T07:00:00Z", ""},
		{"America/New_York", "2027-11-07T01:30:00", "", "", "2027-11-07T01:30:00-04:00 or 2027-11-07T01:30:00-05:00"},
		{"America/New_York", "2027-11-07T00:59:59", "2027-11-07T00:59:59", "2027-11-07T04:59:59Z", ""},
		// Half an hour of daylight saving.
		{"Australia/Lord_Howe", "2027-10-03T02:15:00", "", "", "never show"},
		{"Australia/Lord_Howe", "2027-10-03T02:30:00", "2027-10-03T02:30:00", "2027-10-02T15:30:00Z", ""},
		{"Australia/Lord_Howe", "2027-04-04T01:45:00", "", "", "2027-04-04T01:45:00+11:00 or 2027-04-04T01:45:00+10:30"},
		{"Australia/Lord_Howe", "2027-04-04T01:29:59", "2027-04-04T01:29:59", "2027-04-03T14:29:59Z", ""},
		{"Australia/Lord_Howe", "2027-04-04T02:00:00", "2027-04-04T02:00:00", "2027-04-03T15:30:00Z", ""},
		{"Europe/Rome", "2026-12-24T18:00", "", "", "is not a time"},
		{"Europe/Rome", "2026-12-24T18:00:00.5Z", "", "", "is not a time"},
		{"Europe/Rome", "2026-02-30T18:00:00", "", "", "is no time that exists"},
		{"Europe/Rome", "", "", "", "is not a time"},
	} {
		t.Run(c.zone+" "+c.until, func(t *testing.T) {
			src := strings.Replace(thermostat("mode = \"manual\"\nsetpoint = 20\nuntil = \""+c.until+"\""), "Europe/Rome", c.zone, 1)
			got, list := load(t, files{"main.hcl": src})
			if c.says != "" {
				says(t, list, c.says)
			} else if len(list) > 0 {
				t.Fatal(drawn(t, list))
			}
			if c.local == "" {
				if !list.HasErrors() {
					t.Fatal("accepted")
				}
				return
			}
			x := got.Thermostats[0]
			if x.Settings.End.String() != c.local || x.Until.UTC().Format(time.RFC3339) != c.instant {
				t.Errorf("got %s and %s, want %s and %s", x.Settings.End, x.Until.UTC().Format(time.RFC3339), c.local, c.instant)
			}
		})
	}
}

func TestSetpointIsExact(t *testing.T) {
	for expr, want := range map[string]provider.Celsius{
		"20.1 - 1": 191, "19.1 + 0.2": 193, "0.1 + 20.2": 203, "fahrenheit(68)": 200, "var.csv": 205, "var.csv + 0.1": 206, "61.5 / 3": 205,
		`csvdecode("t\n20.5\n")[0].t`: 205, "7 * 2.9": 203, "61.7 / 3": -1, "20.55": -1, "20.5000000001": -1, "floor(61.7 / 3 * 10 + 0.5) / 10": 206,
		"40.04": -1, "2.9": -1, "40.1": -1, "-20": -1, "1e30": -1, "1 / 0": -1, "true": -1, "[20]": -1, `"20,5"`: -1, `""`: -1,
	} {
		src := "variable \"csv\" {\n  default = \"20.5\"\n}\n" + thermostat("mode = \"manual\"\nsetpoint = "+expr)
		c, list := load(t, files{"main.hcl": src})
		switch {
		case want < 0:
			if errors, _ := list.Count(); errors != 1 {
				t.Errorf("%s: %d errors, want 1:\n%s", expr, errors, drawn(t, list))
			}
		case len(list) > 0:
			t.Errorf("%s: %s", expr, drawn(t, list))
		case c.Thermostats[0].Settings.Setpoint != want:
			t.Errorf("%s = %s, want %s", expr, c.Thermostats[0].Settings.Setpoint, want)
		}
	}
}

// An until that moves is noticed whichever way the planning instant takes.
func TestMovingUntil(t *testing.T) {
	for name, src := range map[string]string{
		"directly":     thermostat("mode = \"manual\"\nsetpoint = 20\nuntil = timeadd(plantimestamp(), \"2h\")"),
		"by a local":   "locals {\n  later = timeadd(plantimestamp(), \"2h\")\n}\n" + thermostat("mode = \"manual\"\nsetpoint = 20\nuntil = local.later"),
		"by for_each":  thermostat("for_each = { a = timeadd(plantimestamp(), \"2h\") }\nmode = \"manual\"\nsetpoint = 20\nuntil = each.value"),
		"by a set":     thermostat("for_each = toset([timeadd(plantimestamp(), \"2h\")])\nmode = \"manual\"\nsetpoint = 20\nuntil = each.value"),
		"in an object": thermostat("for_each = { a = { until = timeadd(plantimestamp(), \"2h\") } }\nmode = \"manual\"\nsetpoint = 20\nuntil = each.value.until"),
	} {
		c, list := load(t, files{"main.hcl": src})
		if errors, warnings := list.Count(); errors != 0 || warnings != 1 || !strings.Contains(drawn(t, list), "An until that moves") {
			t.Errorf("%s: %s", name, drawn(t, list))
		}
		if got := c.Thermostats[0].Until; !got.Equal(planningInstant().Add(2 * time.Hour)) {
			t.Errorf("%s: until %s", name, got)
		}
	}
}
