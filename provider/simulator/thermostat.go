package simulator

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Ensure makes sure that a thermostat exists. A new one starts in automatic with
// program 1, heating, or in the settings given by start; one that exists stays
// as it is, whatever start says. The plant takes the time zone (an IANA name);
// an empty one leaves a known plant's zone alone and means UTC for a new plant.
//
// The change is saved with the next write or by Close, so that a house of many
// thermostats costs one save. The error names everything that is wrong with the
// arguments; nothing changes then.
func (c *Cloud) Ensure(plantID, moduleID, timeZone string, start *Settings) error {
	plantID, moduleID = strings.ToLower(plantID), strings.ToLower(moduleID)
	status := firstStatus(moduleID)
	if start != nil {
		status.Settings = *start
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	zone, err := time.UTC, error(nil) // also to judge the rest, where there is none
	if known := c.house.plants[plantID]; known != nil {
		zone = known.zone
	}
	if timeZone != "" {
		var given *time.Location
		if given, err = loadZone(timeZone); err == nil {
			zone = given
		}
	}
	if problem := errors.Join(err, wrongID("plant", plantID), wrongID("module", moduleID), joinProblems(status.in(zone).problems())); problem != nil {
		return fmt.Errorf("ensure thermostat %s of plant %s: %w", moduleID, plantID, problem)
	}
	if err := c.ensurePlant(plantID, timeZone); err != nil {
		return fmt.Errorf("ensure plant %s: %w", plantID, err)
	}
	p := c.house.plants[plantID]
	if _, ok := p.Thermostats[moduleID]; !ok {
		p.Thermostats[moduleID] = thermostat{Status: status.in(p.zone)}
		c.store.outdate()
	}
	return nil
}

// EnsurePlant makes sure that a plant exists, with or without thermostats. The
// time zone is as with Ensure, and so is the saving.
func (c *Cloud) EnsurePlant(plantID, timeZone string) error {
	plantID = strings.ToLower(plantID)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ensurePlant(plantID, timeZone); err != nil {
		return fmt.Errorf("ensure plant %s: %w", plantID, err)
	}
	return nil
}

// ensurePlant is EnsurePlant with c.mu held.
func (c *Cloud) ensurePlant(plantID, timeZone string) error {
	known := c.house.plants[plantID]
	if known == nil {
		known = &plant{TimeZone: "UTC", Thermostats: map[string]thermostat{}}
	} else if timeZone == "" || timeZone == known.TimeZone {
		return nil
	}
	if timeZone == "" {
		timeZone = known.TimeZone
	}
	zone, err := loadZone(timeZone)
	if err != nil || !isUUID(plantID) {
		return errors.Join(err, wrongID("plant", plantID))
	}
	known.TimeZone, known.zone = timeZone, zone
	c.house.plants[plantID] = known
	c.store.outdate()
	return nil
}

// Has tells whether there is a thermostat or, where moduleID is empty, a plant.
func (c *Cloud) Has(plantID, moduleID string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.house.plants[strings.ToLower(plantID)]
	if p == nil || moduleID == "" {
		return p != nil
	}
	_, known := p.Thermostats[strings.ToLower(moduleID)]
	return known
}

// Status is what a thermostat is in at this moment.
func (c *Cloud) Status(plantID, moduleID string) (Status, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, status, err := c.find(plantID, moduleID, c.clock.now())
	if err != nil {
		return Status{}, fmt.Errorf("read the status: %w", err)
	}
	return status, nil
}

// SetStatus is a hand at the knob: it puts a thermostat into a status past the
// API, and returns when that is saved. The error names everything that cannot be
// in a status.
func (c *Cloud) SetStatus(plantID, moduleID string, status Status) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, _, err := c.find(plantID, moduleID, c.clock.now())
	if err != nil {
		return fmt.Errorf("set the status: %w", err)
	}
	if err := joinProblems(status.in(p.zone).problems()); err != nil {
		return fmt.Errorf("set the status: thermostat %s of plant %s: %w", moduleID, plantID, err)
	}
	return c.put(plantID, moduleID, status)
}

// find is a thermostat's plant and its status at the instant; c.mu is held.
func (c *Cloud) find(plantID, moduleID string, now time.Time) (*plant, Status, error) {
	p, err := c.findPlant(plantID)
	if err != nil {
		return nil, Status{}, err
	}
	t, ok := p.Thermostats[strings.ToLower(moduleID)]
	if !ok {
		return nil, Status{}, fmt.Errorf("there is no thermostat %s in plant %s", moduleID, plantID)
	}
	return p, t.at(now, c.afterEnd).in(p.zone), nil
}

func (c *Cloud) findPlant(plantID string) (*plant, error) {
	p := c.house.plants[strings.ToLower(plantID)]
	if p == nil {
		return nil, fmt.Errorf("there is no plant %s in the house", plantID)
	}
	return p, nil
}

// put changes a thermostat that exists, and saves it; c.mu is held.
func (c *Cloud) put(plantID, moduleID string, status Status) error {
	plantID, moduleID = strings.ToLower(plantID), strings.ToLower(moduleID)
	p := c.house.plants[plantID]
	t := p.Thermostats[moduleID]
	t.Status = status.in(p.zone)
	p.Thermostats[moduleID] = t
	return c.save(entry{Plant: plantID, Module: moduleID, Status: &t.Status})
}

func wrongID(what, id string) error {
	if isUUID(id) {
		return nil
	}
	return fmt.Errorf("the %s id is not a UUID", what)
}

func joinProblems(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	return errors.New(strings.Join(problems, "; "))
}
