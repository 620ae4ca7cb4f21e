package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The programs a thermostat remembers (Set Chronothermostat Status, property
// programs[].number), both included.
const (
	MinProgram = 0
	MaxProgram = 11
)

// BoostDurations are the minutes a boost may take (property activationTime).
func BoostDurations() []int { return []int{30, 60, 90} }

// Settings is what one Set call puts a thermostat into. Only the fields that
// the mode uses mean anything; in canonical form all others are zero, and two
// canonical Settings are equal exactly where == says so.
type Settings struct {
	Function Function
	Mode     Mode

	Setpoint     Celsius // manual; MinSetpoint to MaxSetpoint
	Program      int     // automatic; MinProgram to MaxProgram
	BoostMinutes int     // boost; 30, 60 or 90

	// Start and End are plant-local wall clock. Start is used by boost alone.
	// End is the end of manual, off or protection (zero: for ever) and of a
	// boost. A boost that is wanted but not yet sent has neither.
	Start, End LocalTime
}

// Canonical drops what the mode does not use.
func (s Settings) Canonical() Settings {
	c := Settings{Function: s.Function, Mode: s.Mode}
	switch s.Mode {
	case Manual:
		c.Setpoint, c.End = s.Setpoint, s.End
	case Automatic:
		c.Program = s.Program
	case Boost:
		c.BoostMinutes, c.Start, c.End = s.BoostMinutes, s.Start, s.End
	case Off, Protection:
		c.End = s.End
	}
	return c
}

// Same is the one place that decides whether two settings want the same of a
// thermostat. The interval of a boost is not compared: it follows from the
// moment of sending, and a boost is wanted once.
func (s Settings) Same(o Settings) bool { return s.declared() == o.declared() }

func (s Settings) declared() Settings {
	c := s.Canonical()
	if c.Mode == Boost {
		c.Start, c.End = LocalTime{}, LocalTime{}
	}
	return c
}

// CheckSetpoint tells why a setpoint cannot be sent.
func CheckSetpoint(c Celsius) error {
	if c < MinSetpoint || c > MaxSetpoint {
		return fmt.Errorf("a setpoint must lie between %s and %s °C, not %s", MinSetpoint, MaxSetpoint, c)
	}
	return nil
}

// CheckProgram tells why a program number cannot be sent.
func CheckProgram(n int) error {
	if n < MinProgram || n > MaxProgram {
		return fmt.Errorf("a program must lie between %d and %d, not %d", MinProgram, MaxProgram, n)
	}
	return nil
}

// CheckBoostMinutes tells why a boost of so many minutes cannot be sent.
func CheckBoostMinutes(minutes int) error {
	if !slices.Contains(BoostDurations(), minutes) {
		return fmt.Errorf("a boost takes 30, 60 or 90 minutes, not %d", minutes)
	}
	return nil
}

// Validate reports everything that keeps the settings from being sent, with the
// one exception that a boost may still lack its interval.
func (s Settings) Validate() error {
	var problems []error
	if !slices.Contains(Functions(), s.Function) {
		problems = append(problems, fmt.Errorf("%q is no function of a thermostat", s.Function))
	}
	switch s.Mode {
	case Manual:
		problems = append(problems, CheckSetpoint(s.Setpoint))
	case Automatic:
		problems = append(problems, CheckProgram(s.Program))
	case Boost:
		problems = append(problems, CheckBoostMinutes(s.BoostMinutes))
		if s.Start.IsZero() != s.End.IsZero() {
			problems = append(problems, errors.New("a boost's interval has a start and an end"))
		} else if length := s.End.Sub(s.Start); !s.Start.IsZero() && length != time.Duration(s.BoostMinutes)*time.Minute {
			problems = append(problems, fmt.Errorf("a boost of %d minutes has an interval of %s", s.BoostMinutes, length))
		}
	case Off, Protection:
	default:
		problems = append(problems, fmt.Errorf("%q is no mode of a thermostat", s.Mode))
	}
	return errors.Join(problems...)
}

// ActivationTime is the time as the cloud is sent it: the end, for a boost
// start/end, "" for none.
func (s Settings) ActivationTime() string {
	if s.Mode == Boost && !s.Start.IsZero() {
		return s.Start.String() + "/" + s.End.String()
	}
	return s.End.String()
}

type settingsJSON struct {
	Function       Function `json:"function"`
	Mode           Mode     `json:"mode"`
	Setpoint       *Celsius `json:"setpoint,omitempty"`
	Program        *int     `json:"program,omitempty"`
	BoostMinutes   *int     `json:"boost_minutes,omitempty"`
	ActivationTime string   `json:"activation_time,omitempty"`
}

// MarshalJSON writes the form shared by state, journal and plan: only what the
// mode uses, the activation time as sent.
func (s Settings) MarshalJSON() ([]byte, error) {
	c := s.Canonical()
	out := settingsJSON{Function: c.Function, Mode: c.Mode, ActivationTime: c.ActivationTime()}
	switch c.Mode {
	case Manual:
		out.Setpoint = &c.Setpoint
	case Automatic:
		out.Program = &c.Program
	case Boost:
		if c.BoostMinutes != 0 { // a boost that was only observed has an end, no length
			out.BoostMinutes = &c.BoostMinutes
		}
	case Off, Protection:
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes and refuses anything else,
// unknown names and out-of-range values included, so that a damaged record is
// never taken for a status.
func (s *Settings) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.DisallowUnknownFields()
	var in settingsJSON
	if err := dec.Decode(&in); err != nil {
		return err
	}
	out := Settings{Function: in.Function, Mode: in.Mode}
	for _, f := range []struct {
		field Field
		given bool
	}{
		{FieldSetpoint, in.Setpoint != nil},
		{FieldProgram, in.Program != nil},
		{FieldBoostMinutes, in.BoostMinutes != nil},
	} {
		observedBoost := f.field == FieldBoostMinutes && in.Mode == Boost
		if f.given != in.Mode.Requires(f.field) && !observedBoost {
			return fmt.Errorf("mode %q and %s do not fit together", in.Mode, f.field)
		}
	}
	if in.Setpoint != nil {
		out.Setpoint = *in.Setpoint
	}
	if in.Program != nil {
		out.Program = *in.Program
	}
	if in.BoostMinutes != nil {
		out.BoostMinutes = *in.BoostMinutes
	}
	if err := out.setActivationTime(in.ActivationTime); err != nil {
		return err
	}
	check := out
	if check.Mode == Boost && check.BoostMinutes == 0 {
		check.BoostMinutes, check.End = BoostDurations()[0], LocalTime{}
	}
	if err := check.Validate(); err != nil {
		return err
	}
	*s = out
	return nil
}

func (s *Settings) setActivationTime(text string) (err error) {
	if text == "" {
		return nil
	}
	if s.Mode == Automatic {
		return errors.New("automatic mode has no activation time")
	}
	start, end, interval := strings.Cut(text, "/")
	if !interval {
		s.End, err = ParseLocalTime(text)
		return err
	}
	if s.Mode != Boost {
		return fmt.Errorf("only a boost has an interval, not mode %q", s.Mode)
	}
	if s.Start, err = ParseLocalTime(start); err != nil {
		return err
	}
	s.End, err = ParseLocalTime(end)
	return err
}
