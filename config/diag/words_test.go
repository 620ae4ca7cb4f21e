package diag_test

import (
	"testing"

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
