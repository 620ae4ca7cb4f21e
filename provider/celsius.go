package provider

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Celsius is a temperature in exact tenths of a degree Celsius: 205 is 20.5 °C.
type Celsius int32

// The setpoints the cloud accepts, both included (Set Chronothermostat Status,
// property setPoint.value).
const (
	MinSetpoint Celsius = 30
	MaxSetpoint Celsius = 400
)

// ParseCelsius reads a decimal number of degrees, such as "20", "20.5" or
// "18.00000". It refuses what is not a whole number of tenths: nothing is ever
// rounded here.
func ParseCelsius(s string) (Celsius, error) {
	if c, ok := plainCelsius(s); ok {
		return c, nil
	}
	tenths, err := parseTenths(s)
	if err != nil {
		return 0, err
	}
	if !tenths.IsInt() {
		return 0, fmt.Errorf("%s °C has more than one decimal", s)
	}
	return celsius(s, tenths.Num())
}

// plainCelsius reads what String writes of a temperature from 0 to 99.9 °C, which
// files have thousands of. It leaves everything else to whoever asks.
func plainCelsius(s string) (Celsius, bool) {
	whole, tenth, decimal := strings.Cut(s, ".")
	if len(whole) < 1 || len(whole) > 2 || decimal != (len(tenth) == 1) {
		return 0, false
	}
	if !decimal {
		tenth = "0"
	}
	tenths, err := strconv.ParseUint(whole+tenth, 10, 16)
	return Celsius(tenths), err == nil
}

// RoundCelsius reads a decimal number of degrees and rounds it to the nearest
// tenth, halves away from zero. It is for measurements, never for setpoints.
func RoundCelsius(s string) (Celsius, error) {
	tenths, err := parseTenths(s)
	if err != nil {
		return 0, err
	}
	half := big.NewRat(1, 2)
	if tenths.Sign() < 0 {
		half.Neg(half)
	}
	tenths.Add(tenths, half)
	return celsius(s, new(big.Int).Quo(tenths.Num(), tenths.Denom()))
}

// parseTenths accepts plain decimals only: big.Rat also reads fractions,
// exponents (whose expansion could be huge) and other bases.
func parseTenths(s string) (*big.Rat, error) {
	digits := strings.TrimLeft(strings.TrimSpace(s), "+-")
	if digits == "" || len(digits) > 40 || strings.Trim(digits, "0123456789.") != "" {
		return nil, fmt.Errorf("%q is not a number of degrees", s)
	}
	degrees, ok := new(big.Rat).SetString(strings.TrimSpace(s))
	if !ok {
		return nil, fmt.Errorf("%q is not a number of degrees", s)
	}
	return degrees.Mul(degrees, big.NewRat(10, 1)), nil
}

func celsius(s string, tenths *big.Int) (Celsius, error) {
	if !tenths.IsInt64() || tenths.Int64() < -10_000 || tenths.Int64() > 10_000 {
		return 0, fmt.Errorf("%s °C is no temperature a thermostat knows", s)
	}
	return Celsius(tenths.Int64()), nil
}

// String is the shortest decimal form without unit: "20.5", "20".
func (c Celsius) String() string {
	return strings.TrimSuffix(c.Fixed(), ".0")
}

// Fixed has exactly one decimal, the form the cloud is sent: "20.5", "20.0".
func (c Celsius) Fixed() string {
	sign, tenths := "", int64(c)
	if tenths < 0 {
		sign, tenths = "-", -tenths
	}
	return sign + strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10)
}

// MarshalJSON writes a JSON number of degrees, so that a policy can compare it.
func (c Celsius) MarshalJSON() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalJSON reads a JSON number of degrees with at most one decimal.
func (c *Celsius) UnmarshalJSON(b []byte) error {
	parsed, err := ParseCelsius(string(b))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}
