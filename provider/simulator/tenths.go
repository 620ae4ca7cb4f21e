package simulator

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// Tenths is a decimal with one place, counted in tenths: 205 is 20.5. It holds
// temperatures in °C and relative humidity in percent. In the house file it is a
// JSON number.
type Tenths int

// String writes the value with exactly one decimal.
func (t Tenths) String() string {
	sign := ""
	if t < 0 {
		sign, t = "-", -t
	}
	return fmt.Sprintf("%s%d.%d", sign, t/10, t%10)
}

// MarshalJSON writes a JSON number with exactly one decimal.
func (t Tenths) MarshalJSON() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalJSON reads a JSON number with at most one decimal; more decimals and
// anything that is not a number are errors.
func (t *Tenths) UnmarshalJSON(text []byte) error {
	value, ok := parseNumber(string(text))
	if !ok || math.Abs(value) > 1e6 {
		return fmt.Errorf("%s is not a number with at most one decimal", text)
	}
	tenths := math.Round(value * 10)
	if tenths/10 != value {
		return fmt.Errorf("%s has more than one decimal", text)
	}
	*t = Tenths(tenths)
	return nil
}

var numberPattern = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// parseNumber reads what JSON calls a number. A number too large for a float64
// comes back as an infinity.
func parseNumber(text string) (float64, bool) {
	if !numberPattern.MatchString(text) {
		return 0, false
	}
	value, _ := strconv.ParseFloat(text, 64) // the form is checked; out of range gives ±Inf
	return value, true
}
