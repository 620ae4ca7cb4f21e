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
	p := plant{TimeZone: "UTC", Thermostats: map[string]Status{}}
	if known := c.house[plantID]; known != nil {
		p = *known
	}
	if timeZone != "" {
		p.TimeZone = timeZone
	}
	zone, err := loadZone(p.TimeZone)
	if err != nil {
		zone = time.UTC // to judge the rest
	}
	if problem := errors.Join(err, wrongIDs(plantID, moduleID), joinProblems(status.in(zone).problems())); problem != nil {
		return fmt.Errorf("ensure thermostat %s of plant %s: %w", moduleID, plantID, problem)
	}
	p.zone = zone
	if _, ok := p.Thermostats[moduleID]; !ok {
		p.Thermostats[moduleID] = status.in(zone)
	}
	c.house[plantID] = &p
	c.version++
	return nil
}

// Status is what a thermostat is in at this moment.
func (c *Cloud) Status(plantID, moduleID string) (Status, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, status, err := c.find(plantID, moduleID, c.clock())
	if err != nil {
		return Status{}, fmt.Errorf("read the status: %w", err)
	}
	return status, nil
}

// SetStatus is a hand at the knob: it puts a thermostat into a status past the
// API, and returns when that is saved. The error names everything that cannot be
// in a status.
func (c *Cloud) SetStatus(plantID, moduleID string, status Status) error {
	version, err := c.turn(plantID, moduleID, status)
	if err != nil {
		return fmt.Errorf("set the status: %w", err)
	}
	return c.keep(version)
}

func (c *Cloud) turn(plantID, moduleID string, status Status) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, _, err := c.find(plantID, moduleID, c.clock())
	if err != nil {
		return 0, err
	}
	if err := joinProblems(status.in(p.zone).problems()); err != nil {
		return 0, fmt.Errorf("thermostat %s of plant %s: %w", moduleID, plantID, err)
	}
	return c.put(p, moduleID, status), nil
}

// find is a thermostat's plant and its status at the instant; c.mu is held.
func (c *Cloud) find(plantID, moduleID string, now time.Time) (*plant, Status, error) {
	p := c.house[strings.ToLower(plantID)]
	if p == nil {
		return nil, Status{}, fmt.Errorf("there is no plant %s in the house", plantID)
	}
	status, ok := p.Thermostats[strings.ToLower(moduleID)]
	if !ok {
		return nil, Status{}, fmt.Errorf("there is no thermostat %s in plant %s", moduleID, plantID)
	}
	return p, status.at(now, c.afterEnd).in(p.zone), nil
}

// put changes a thermostat and returns the version of the house that has the
// change; c.mu is held.
func (c *Cloud) put(p *plant, moduleID string, status Status) uint64 {
	p.Thermostats[strings.ToLower(moduleID)] = status.in(p.zone)
	c.version++
	return c.version
}

func wrongIDs(plantID, moduleID string) error {
	var problems []string
	if !isUUID(plantID) {
		problems = append(problems, "the plant id is not a UUID")
	}
	if !isUUID(moduleID) {
		problems = append(problems, "the module id is not a UUID")
	}
	return joinProblems(problems)
}

func joinProblems(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	return errors.New(strings.Join(problems, "; "))
}
