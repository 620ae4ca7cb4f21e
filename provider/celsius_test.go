package provider

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestCelsiusReadsTenthsExactly(t *testing.T) {
	for in, want := range map[string]Celsius{
		"20": 200, "20.5": 205, "18.00000": 180, " 7.0 ": 70, "-0.5": -5, "+3": 30, ".5": 5, "5.": 50, "20.": 200, "010": 100, "0": 0, "1000": 10_000,
	} {
		if got, err := ParseCelsius(in); err != nil || got != want {
			t.Errorf("ParseCelsius(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	for want := Celsius(-50); want < 1100; want++ {
		for _, in := range []string{want.String(), want.Fixed()} {
			if got, err := ParseCelsius(in); err != nil || got != want {
				t.Errorf("ParseCelsius(%q) = %d, %v; want %d", in, got, err, want)
			}
		}
	}
	for _, in := range []string{
		"", " ", ".", "+.", "1.-", "-1.+", "٣", "1٣", "-", "+-5", "20.55", "2e1", "0x14", "1/2", "1_0", "20,5", "NaN", "Inf", "1.2.3", "1000.1", "-1001",
		strings.Repeat("9", 41), "20.5 C", `"20.5"`, "null",
	} {
		if got, err := ParseCelsius(in); err == nil {
			t.Errorf("ParseCelsius(%q) = %d, want an error", in, got)
		}
	}
}

func TestRoundCelsiusRoundsHalvesAwayFromZero(t *testing.T) {
	for in, want := range map[string]Celsius{
		"20.54999": 205, "20.55": 206, "20.04": 200, "-0.04": 0, "-0.05": -1, "-20.54": -205, "19": 190,
	} {
		if got, err := RoundCelsius(in); err != nil || got != want {
			t.Errorf("RoundCelsius(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	if got, err := RoundCelsius("warm"); err == nil {
		t.Errorf("RoundCelsius of a word = %d, want an error", got)
	}
}

func TestCelsiusIsWrittenShortOrFixed(t *testing.T) {
	for c, want := range map[Celsius][2]string{
		205: {"20.5", "20.5"}, 200: {"20", "20.0"}, -5: {"-0.5", "-0.5"}, 0: {"0", "0.0"}, -10: {"-1", "-1.0"},
		math.MinInt32: {"-214748364.8", "-214748364.8"},
	} {
		if got := [2]string{c.String(), c.Fixed()}; got != want {
			t.Errorf("%d is written %q, want %q", int32(c), got, want)
		}
	}
}

func TestCelsiusIsAJSONNumber(t *testing.T) {
	out, err := json.Marshal(Celsius(205))
	if err != nil || string(out) != "20.5" {
		t.Errorf("Marshal = %s, %v", out, err)
	}
	var c Celsius
	for _, in := range []string{`"20.5"`, `20.55`, `2e1`, `true`, `1e400`} {
		if err := json.Unmarshal([]byte(in), &c); err == nil {
			t.Errorf("%s was read as %s", in, c)
		}
	}
}

func FuzzParseCelsius(f *testing.F) {
	for _, seed := range []string{"20", "20.5", "-0.5", "18.00000", "+-5", ".", "1e9", "20.55"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		rounded, roundErr := RoundCelsius(in)
		c, err := ParseCelsius(in)
		if err != nil {
			return
		}
		if roundErr != nil || rounded != c {
			t.Errorf("%q is %s exactly but %s, %v rounded", in, c, rounded, roundErr)
		}
		for _, text := range []string{c.String(), c.Fixed()} {
			if again, err := ParseCelsius(text); err != nil || again != c {
				t.Errorf("%q became %s, then %q, then %s, %v", in, c, text, again, err)
			}
		}
	})
}
