package simulator

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// adminPlant changes what is named of a plant, or makes one.
func (c *Cloud) adminPlant(ids map[string]string, body []byte) (any, error) {
	var in struct {
		Name     *string `json:"name"`
		TimeZone string  `json:"time_zone"`
	}
	if err := readAdmin(body, &in); err != nil {
		return nil, err
	}
	id := ids["{plant}"]
	if err := c.EnsurePlant(id, in.TimeZone); err != nil {
		return nil, err
	}
	if in.Name != nil {
		if err := c.NamePlant(id, *in.Name); err != nil {
			return nil, err
		}
	}
	return done{}, c.flush()
}

// adminModule is a thermostat as it is now, in the house file's form.
func (c *Cloud) adminModule(ids map[string]string, _ []byte) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, status, err := c.find(ids["{plant}"], ids["{module}"], c.clock.now())
	if err != nil {
		return nil, fmt.Errorf("read a thermostat: %w", err)
	}
	t := p.Thermostats[strings.ToLower(ids["{module}"])]
	t.Status = status
	return t, nil
}

// knob is what a hand, or a person with the app, can change: what is named.
type knob struct {
	Name        *string    `json:"name"`
	Programs    *[]Program `json:"programs"`
	Function    *Function  `json:"function"`
	Mode        *Mode      `json:"mode"`
	Setpoint    *Tenths    `json:"setpoint"`
	Program     *int       `json:"program"`
	End         *time.Time `json:"end"`
	Temperature *Tenths    `json:"temperature"`
	Humidity    *Tenths    `json:"humidity"`
}

// adminKnob turns a thermostat, or makes one in a plant that exists.
func (c *Cloud) adminKnob(ids map[string]string, body []byte) (any, error) {
	var in knob
	if err := readAdmin(body, &in); err != nil {
		return nil, err
	}
	plantID, moduleID := strings.ToLower(ids["{plant}"]), strings.ToLower(ids["{module}"])
	c.mu.Lock()
	defer c.mu.Unlock()
	p, err := c.findPlant(plantID)
	if err != nil {
		return nil, fmt.Errorf("turn the knob: %w; make the plant first", err)
	}
	t, known := p.Thermostats[moduleID]
	if !known {
		t.Status = firstStatus(moduleID)
	}
	t.Status = in.turn(t.at(c.clock.now(), c.afterEnd)).in(p.zone)
	set(&t.Name, in.Name)
	set(&t.Programs, in.Programs)
	if err := errors.Join(wrongID("module", moduleID), joinProblems(t.problems())); err != nil {
		return nil, fmt.Errorf("turn the knob: %w", err)
	}
	p.Thermostats[moduleID] = t
	if !known || in.Name != nil || in.Programs != nil {
		c.store.outdate()
	}
	return t, c.put(plantID, moduleID, t.Status)
}

// turn is the status after the hand. A new mode has no end but the one that
// comes with it, and its own setpoint where a person cannot choose one.
func (k knob) turn(s Status) Status {
	next := s.Settings
	set(&next.Function, k.Function)
	set(&next.Program, k.Program)
	if k.Mode != nil {
		next.Mode, next.End = *k.Mode, time.Time{}
	}
	if k.Mode != nil || k.Function != nil || k.Program != nil {
		switch next.Mode {
		case Automatic:
			next = automaticSettings(next.Function, next.Program)
		case Protection:
			next.Setpoint = protectionSetpoint(next.Function)
		case Manual, Boost, Off:
		}
	}
	set(&next.Setpoint, k.Setpoint)
	set(&next.End, k.End)
	if next != s.Settings {
		s = s.enter(next)
	}
	set(&s.Temperature, k.Temperature)
	set(&s.Humidity, k.Humidity)
	return s
}

func set[T any](target, value *T) {
	if value != nil {
		*target = *value
	}
}
