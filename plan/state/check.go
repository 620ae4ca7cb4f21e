package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"setpoint/config/address"
	"setpoint/provider"
)

// These checks hold for what is read and for what is to be written alike, so
// that nothing is written that could not be read again.

func checkAddress(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("the address %q is not UTF-8", s)
	}
	a, err := address.Parse(s)
	if err != nil {
		return err
	}
	if canonical := a.String(); canonical != s {
		return fmt.Errorf("%q is not the canonical address: write %s", s, canonical)
	}
	return nil
}

func checkUUID(what, s string) error {
	if !provider.IsID(s) || strings.ToLower(s) != s {
		return fmt.Errorf("%s %q is not a UUID in lower case", what, s)
	}
	return nil
}

func (e Entry) check() error {
	problems := []error{
		checkUUID("plant_id", e.Device.PlantID),
		checkUUID("module_id", e.Device.ModuleID),
		checkSettings("settings", &e.Settings),
		checkSettings("previous", e.Previous),
		checkSettings("declared", e.Declared),
		checkSettings("on_remove", e.OnRemove),
	}
	if e.Declared != nil && e.Outcome != Observed {
		problems = append(problems, fmt.Errorf("declared belongs to the outcome %s only, not to %s", Observed, e.Outcome))
	}
	switch e.Outcome {
	case Confirmed, Observed:
		if e.Previous != nil {
			problems = append(problems, fmt.Errorf("previous belongs to the outcome %s only, not to %s", Unknown, e.Outcome))
		}
	case Unknown:
	default:
		problems = append(problems, fmt.Errorf("%q is no outcome: it is %s, %s or %s", e.Outcome, Confirmed, Unknown, Observed))
	}
	return errors.Join(append(problems, checkAt(e.At))...)
}

// checkAt refuses no time at all and a year that RFC 3339 cannot write.
func checkAt(at time.Time) error {
	if year := at.UTC().Year(); at.IsZero() || year < 1 || year > 9999 {
		return errors.New("at is missing, or no time of the years 1 to 9999")
	}
	return nil
}

func checkSettings(what string, s *provider.Settings) error {
	if s == nil {
		return nil
	}
	for _, t := range []provider.LocalTime{s.Start, s.End} {
		if t.IsZero() { // none
			continue
		}
		if _, err := provider.ParseLocalTime(t.String()); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	valid := *s
	if s.Mode == provider.Boost && s.BoostMinutes == 0 && s.Start.IsZero() {
		// A boost that was read has an end, but no length.
		valid.BoostMinutes, valid.End = provider.BoostDurations()[0], provider.LocalTime{}
	}
	if err := valid.Validate(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func (o Output) check() error {
	if o.Sensitive {
		if o.Value != nil || o.Type != nil {
			return errors.New("it is sensitive, but its value is there")
		}
		return nil
	}
	var problems []error
	for _, part := range []struct {
		name string
		json json.RawMessage
	}{{"value", o.Value}, {"type", o.Type}} {
		if !json.Valid(part.json) {
			problems = append(problems, fmt.Errorf("its %s is missing or no JSON", part.name))
		}
	}
	return errors.Join(problems...)
}

// wholeSecond is the precision in which times are kept.
func wholeSecond(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
