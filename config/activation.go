package config

import (
	"fmt"
	"math/big"
	"time"

	"github.com/zclconf/go-cty/cty"

	"setpoint/provider"
)

// readUntil reads the end of a temporary mode: plant-local, or with an offset
// and converted. The cloud is sent a wall-clock time without offset, so a time
// that the plant's clock never shows, or shows twice, is refused; one that it
// shows twice but that was given with its offset is let through with a warning.
func (s *scope) readUntil(r *reader, t *Thermostat) {
	text, found := r.text("until")
	switch {
	case found != present:
		return
	case !t.Settings.Mode.Allows(provider.FieldUntil):
		why := "it lasts until something else is set"
		if t.Settings.Mode == provider.Boost {
			why = "its end follows from boost_minutes"
		}
		r.wrong("until", "Useless until", fmt.Sprintf("Mode %q has no until: %s. Remove it, or set it to null.", t.Settings.Mode, why))
		return
	case t.Zone == nil:
		s.missingZone(r, "until", "The cloud is sent times on the plant's own clock")
		return
	}
	if instant, err := time.Parse(time.RFC3339, text); err == nil && instant.Nanosecond() == 0 {
		t.Until = instant.In(t.Zone)
		t.Settings.End = provider.WallClock(t.Until)
		if len(t.Settings.End.In(t.Zone)) > 1 {
			s.warn(r.body.Attributes["until"].Expr.Range(), r.address, "Time that the clock shows twice",
				fmt.Sprintf("On that day the clocks of %s show %s twice, and the cloud is sent it without offset: the thermostat may take "+
					"the other of the two. Choose a time outside that hour to be sure.", t.Zone, t.Settings.End))
		}
		return
	}
	local, err := provider.ParseLocalTime(text)
	if err != nil {
		if hasShapeOfTime(text) {
			r.wrong("until", "Invalid time", fmt.Sprintf("%q is no time that exists: look at its day, hour, minute and second.", text))
			return
		}
		r.wrong("until", "Invalid time", fmt.Sprintf("%q is not a time. Write plant-local time as 2026-12-24T18:00:00, "+
			"or with an offset as 2026-12-24T18:00:00+01:00.", text))
		return
	}
	switch instants := local.In(t.Zone); len(instants) {
	case 1:
		t.Settings.End, t.Until = local, instants[0]
	case 0:
		r.wrong("until", "Time that the clock skips", fmt.Sprintf("The clocks of %s never show %s: on that day they are put forward over it. "+
			"Choose a time before or after.", t.Zone, local))
	default:
		r.wrong("until", "Time that the clock shows twice", fmt.Sprintf("On that day the clocks of %s show %s twice. Say which is meant, as %s or %s.",
			t.Zone, local, instants[0].Format(time.RFC3339), instants[1].Format(time.RFC3339)))
	}
}

// hasShapeOfTime tells whether only the numbers of a time can be wrong.
func hasShapeOfTime(text string) bool {
	const shape = "2026-12-24T18:00:00"
	if len(text) != len(shape) {
		return false
	}
	for i := range len(shape) {
		isDigit := text[i] >= '0' && text[i] <= '9'
		if wantDigit := shape[i] >= '0' && shape[i] <= '9'; isDigit != wantDigit || !wantDigit && text[i] != shape[i] {
			return false
		}
	}
	return true
}

// readSetpoint reads a temperature in °C with at most one decimal.
func readSetpoint(r *reader) (provider.Celsius, presence) {
	value, found := r.read("setpoint", cty.Number)
	if found != present {
		return 0, found
	}
	tenths, exact := tenthsOf(value.AsBigFloat())
	if !exact {
		r.wrong("setpoint", "Setpoint too exact", fmt.Sprintf("A thermostat is set in steps of 0.1 °C, but setpoint is %s. Write one decimal at most; "+
			"an expression can round with floor(x * 10 + 0.5) / 10.", number(value)))
		return 0, wrong
	}
	if provider.CheckSetpoint(tenths) != nil {
		r.wrong("setpoint", "Setpoint out of range", fmt.Sprintf("A setpoint must lie between %s and %s °C, not %s.",
			provider.MinSetpoint, provider.MaxSetpoint, number(value)))
		return 0, wrong
	}
	return tenths, present
}

// tenthsOf gives the tenths of a degree, and whether there is nothing beyond
// them. HCL computes decimals in binary with 512 bits, so 20.1 - 1 is off by
// less than one part in 10^150; that much is forgiven, and no more than 10^-30.
func tenthsOf(degrees *big.Float) (provider.Celsius, bool) {
	if degrees.IsInf() || degrees.MantExp(nil) > 16 {
		return 0, true // out of range, which is then reported
	}
	tenths := new(big.Float).SetPrec(512).Mul(degrees, big.NewFloat(10))
	half := big.NewFloat(0.5)
	if tenths.Sign() < 0 {
		half.Neg(half)
	}
	rounded, _ := new(big.Float).SetPrec(512).Add(tenths, half).Int(nil)
	off := new(big.Float).SetPrec(512).Sub(tenths, new(big.Float).SetInt(rounded))
	return provider.Celsius(rounded.Int64()), off.Abs(off).Cmp(big.NewFloat(1e-30)) < 0
}

// commonSense warns of what is allowed and seldom meant.
func (s *scope) commonSense(r *reader, t *Thermostat) {
	const vendorsMinimum provider.Celsius = 70 // the least that the vendor's own app offers
	if t.Settings.Mode == provider.Manual && t.Settings.Setpoint < vendorsMinimum {
		s.warn(t.Range("setpoint"), r.address, "Very low setpoint", fmt.Sprintf("%s °C is below %s °C, the least that the vendor's own app offers.",
			t.Settings.Setpoint, vendorsMinimum))
	}
	if t.Settings.Mode == provider.Off && t.Settings.Function == provider.Heating && t.Until.IsZero() {
		s.warn(t.Range("mode"), r.address, "Heating off without an end", `Off has no frost protection. For a long absence mode = "protection" is meant; for a short one, give an until.`)
	}
	if r.planned["until"] {
		s.warn(t.Range("until"), r.address, "An until that moves", "This until is made from plantimestamp(), so it differs at every plan and is sent again at every apply. "+
			"Write a fixed time, or use boost.")
	}
}
