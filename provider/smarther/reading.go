package smarther

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

// text is how answers are read where the cloud is not strict about types.
type text = exchange.Text

// readingBody is the answer of Get Chronothermostat Status. Fields that are
// absent, or have another shape than they should, count as not reported;
// whether that matters depends on the mode.
type readingBody struct {
	Chronothermostats []entry `json:"chronothermostats"`
}

type entry struct {
	Function       text                `json:"function"`
	Mode           text                `json:"mode"`
	SetPoint       lenient[measure]    `json:"setPoint"`
	Programs       lenient[[]program]  `json:"programs"`
	ActivationTime text                `json:"activationTime"`
	LoadState      text                `json:"loadState"`
	Time           text                `json:"time"`
	Thermometer    lenient[instrument] `json:"thermometer"`
	Hygrometer     lenient[instrument] `json:"hygrometer"`
	owned
}

type measure struct {
	TimeStamp text `json:"timeStamp"`
	Value     text `json:"value"`
	Unit      text `json:"unit"`
}

type instrument struct {
	Measures []measure `json:"measures"`
}

type program struct {
	Number text `json:"number"`
}

// lenient is a T, or the zero T where the JSON has another shape.
type lenient[T any] struct{ value T }

// UnmarshalJSON never fails on well-formed JSON.
func (l *lenient[T]) UnmarshalJSON(b []byte) error {
	var value T
	if json.Unmarshal(b, &value) == nil {
		l.value = value
	}
	return nil
}

// decodeReading reads what a thermostat says about itself. What its mode uses
// must be there and make sense; measurements may be missing.
func decodeReading(body []byte, device provider.Device) (provider.Status, error) {
	var r readingBody
	if err := json.Unmarshal(body, &r); err != nil {
		return provider.Status{}, fmt.Errorf("the answer is no status: %w", err)
	}
	e, err := pick(r.Chronothermostats, device)
	if err != nil {
		return provider.Status{}, err
	}
	status := provider.Status{
		Temperature: e.Thermometer.value.temperature(),
		Humidity:    e.Hygrometer.value.humidity(),
		Active:      strings.EqualFold(string(e.LoadState), "active"),
		Time:        e.clock(),
	}
	status.Settings, err = e.settings(status.Time)
	if err != nil {
		return provider.Status{}, err
	}
	return status, nil
}

// settings reads what the mode uses and nothing else: the rest is only the
// thermostat's memory.
func (e entry) settings(clock time.Time) (provider.Settings, error) {
	function, functionErr := provider.ParseFunction(string(e.Function))
	mode, modeErr := provider.ParseMode(string(e.Mode))
	s := provider.Settings{Function: function, Mode: mode}
	var err error
	switch mode {
	case provider.Manual:
		if s.Setpoint, err = e.SetPoint.value.celsius(); err == nil {
			err = provider.CheckSetpoint(s.Setpoint)
		}
	case provider.Automatic:
		s.Program, err = e.program()
	case provider.Boost, provider.Off, provider.Protection:
	}
	var endErr error
	if mode.Allows(provider.FieldUntil) || mode == provider.Boost {
		s.End, endErr = parseEnd(string(e.ActivationTime), clock)
	}
	if err := errors.Join(functionErr, modeErr, err, endErr); err != nil {
		return provider.Settings{}, err
	}
	return s, nil
}

func (e entry) program() (int, error) {
	programs := e.Programs.value
	if len(programs) != 1 {
		return 0, fmt.Errorf("automatic mode with %d programs instead of one", len(programs))
	}
	number, why := programNumber(programs[0].Number)
	if why != "" {
		return 0, fmt.Errorf("program %q: %s", programs[0].Number, why)
	}
	return number, nil
}

// clock is the thermostat's own; zero where it reported none with an offset.
func (e entry) clock() time.Time {
	t, _ := time.Parse(time.RFC3339, string(e.Time))
	return t
}

// parseEnd reads an activation time, of which the thermostat reports the end
// alone; were it an interval, the end would be its second half.
//
// It is the thermostat's wall clock, with or without the offset that the clock
// will have then: of such a time the offset is dropped (it is not the clock's
// present offset where a daylight-saving change lies between). Only Z means an
// instant in UTC, shown on the thermostat's clock with its present offset. That
// can lead out of the years of four digits, which are all that can be recorded.
func parseEnd(s string, clock time.Time) (provider.LocalTime, error) {
	if _, end, interval := strings.Cut(s, "/"); interval {
		s = end
	}
	if s == "" {
		return provider.LocalTime{}, nil
	}
	for _, layout := range []string{"2006-1-2T15:04:05", "2006-1-2T15:04:05Z07:00"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if strings.HasSuffix(s, "Z") && !clock.IsZero() {
			t = t.In(clock.Location())
		}
		if year := t.Year(); year < 0 || year > 9999 {
			break
		}
		return provider.WallClock(t), nil
	}
	return provider.LocalTime{}, fmt.Errorf("%q is no activation time", s)
}

// celsius is the measure in degrees Celsius, rounded to tenths.
func (m measure) celsius() (provider.Celsius, error) {
	switch strings.ToUpper(string(m.Unit)) {
	case "", "C":
		return provider.RoundCelsius(string(m.Value))
	case "F":
		// RoundCelsius refuses what big.Rat would expand without bound.
		if _, err := provider.RoundCelsius(string(m.Value)); err != nil {
			return 0, err
		}
		degrees, ok := new(big.Rat).SetString(strings.TrimSpace(string(m.Value)))
		if !ok {
			return 0, fmt.Errorf("%q is not a number of degrees", m.Value)
		}
		degrees.Sub(degrees, big.NewRat(32, 1)).Mul(degrees, big.NewRat(5, 9))
		return provider.RoundCelsius(degrees.FloatString(20))
	}
	return 0, fmt.Errorf("%q is no unit of a temperature", m.Unit)
}

// latest is the newest measure; the first of equals.
func (i instrument) latest() (measure, bool) {
	var newest measure
	var at time.Time
	for n, m := range i.Measures {
		if t, _ := time.Parse(time.RFC3339, string(m.TimeStamp)); n == 0 || t.After(at) {
			newest, at = m, t
		}
	}
	return newest, len(i.Measures) > 0
}

func (i instrument) temperature() *provider.Celsius {
	m, ok := i.latest()
	if !ok {
		return nil
	}
	c, err := m.celsius()
	if err != nil {
		return nil
	}
	return &c
}

func (i instrument) humidity() *float64 {
	m, ok := i.latest()
	if !ok {
		return nil
	}
	percent, err := strconv.ParseFloat(string(m.Value), 64)
	if err != nil || !(percent >= 0 && percent <= 100) {
		return nil
	}
	return &percent
}
