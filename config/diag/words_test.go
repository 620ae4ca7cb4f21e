package diag_test

import (
	"testing"
	"time"

	"setpoint/config/diag"
)

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "0 calls", 1: "1 call", 2: "2 calls"} {
		if got := diag.Plural(n, "call"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestCapital(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"no space left on device":       "No space left on device",
		"ärger":                         "Ärger",
		"gone: see below":               "Gone: see below",
		"s.json: no space left":         "s.json: no space left",
		"house/main.hcl: not readable":  "house/main.hcl: not readable",
		`"here" is none`:                `"here" is none`,
		"api.example: no such host":     "api.example: no such host",
		"404 not found":                 "404 not found",
		"interrupted. Run it again.":    "Interrupted. Run it again.",
		"thermostat.hall is not there.": "thermostat.hall is not there.",
	} {
		if got := diag.Capital(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Who stands in another zone reads the same.
func TestInstantsAreInUTC(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 30, 59, 999, time.FixedZone("", 2*60*60))
	if got, want := diag.Minute(at), "2025-12-31 22:30 UTC"; got != want {
		t.Errorf("the minute is %q, want %q", got, want)
	}
	if got, want := diag.Second(at), "2025-12-31 22:30:59 UTC"; got != want {
		t.Errorf("the second is %q, want %q", got, want)
	}
}
