package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan/discovery"
	"setpoint/provider"
	"setpoint/provider/survey"
)

// The checks of a configuration's house against the account's.

// canCompare tells whether there are both, and why not.
func (x *examination) canCompare(name string) bool {
	switch {
	case !x.configured:
		x.skip(name, "not checked: there is no configuration that is valid")
	case !x.listed():
		x.skip(name, unasked(x.failure()))
	default:
		return true
	}
	return false
}

func (x *examination) judgePlants() {
	const name = "plants"
	if !x.canCompare(name) {
		return
	}
	declared := plantsOf(x.config)
	var unknown, there []string
	for _, id := range slices.Sorted(maps.Keys(declared)) {
		if x.plant(id) == nil {
			unknown = append(unknown, fmt.Sprintf("%s (%s)", declared[id], id))
		}
	}
	for i := range x.inventory.Plants {
		if p := &x.inventory.Plants[i]; declared[p.ID] == "" {
			there = append(there, labelled(p.Name, p.ID))
		}
	}
	switch {
	case len(declared) == 0:
		x.skip(name, "the configuration has none")
	case len(unknown) > 0:
		remedy := "Correct the id, or log in with the account that the plant belongs to, or allow the access to it in the official app."
		if len(there) > 0 {
			remedy += " Not in the configuration: " + diag.Few(there) + "."
		}
		x.fail(name, codeError, "not in this account: "+diag.Few(unknown), remedy)
	default:
		x.pass(name, "all in this account")
	}
}

func (x *examination) judgeThermostats() {
	const name = "thermostats"
	if !x.canCompare(name) {
		return
	}
	var unknown, unread []string
	checked := 0
	for i := range x.config.Thermostats {
		t := &x.config.Thermostats[i]
		p := x.plant(t.Device.PlantID)
		switch {
		case p == nil: // told with the plants
		case !p.Listed.OK():
			unread = append(unread, t.Address.String())
		case !slices.ContainsFunc(p.Thermostats, func(there survey.Thermostat) bool { return there.Device == t.Device }):
			unknown = append(unknown, fmt.Sprintf("%s (%s)", t.Address, t.Device.ModuleID))
		default:
			checked++
		}
	}
	switch {
	case len(unknown) > 0:
		x.fail(name, codeError, "not in their plant: "+diag.Few(unknown), "Correct the module_id, or remove the block: the thermostat may have been exchanged.")
	case len(unread) > 0 && x.stopped():
		x.skip(name, unasked(x.failure()))
	case len(unread) > 0:
		x.fail(name, codeError, fmt.Sprintf("what their plant holds could not be read (%s): %s", x.unreadPlant(), diag.Few(unread)), "Look again later.")
	case checked == 0:
		x.skip(name, "none to look for")
	default:
		x.pass(name, "all where the configuration has them")
	}
}

// unreadPlant is why the first plant that was not read was not.
func (x *examination) unreadPlant() string {
	for i := range x.inventory.Plants {
		if p := &x.inventory.Plants[i]; !p.Listed.OK() {
			return whyUnread(p.Listed.Err)
		}
	}
	return ""
}

func (x *examination) judgeZones() {
	const name = "time_zones"
	if !x.canCompare(name) {
		return
	}
	var wrong, unknown []string
	checked := 0
	for i := range x.config.Plants {
		p := &x.config.Plants[i]
		if p.Zone == nil || x.plant(p.ID) == nil {
			continue
		}
		read := x.clocks[p.ID]
		if read == nil || !read.Status.OK() || read.Status.Value.Time.IsZero() {
			unknown = append(unknown, p.String()+": "+silence(read))
			continue
		}
		checked++
		if text := zoneDiffers(p, read.Status.Value.Time); text != "" {
			wrong = append(wrong, text)
		}
	}
	switch {
	case len(wrong) > 0:
		x.fail(name, codeError, diag.Few(wrong), "Set time_zone to the zone where the plant stands: boosts and the times in until are sent by its clock.")
	case len(unknown) > 0 && x.stopped():
		x.skip(name, unasked(x.failure()))
	case len(unknown) > 0:
		x.warn(name, "not all are known: "+diag.Few(unknown), "Look again once a thermostat of the plant is online.")
	case checked == 0:
		x.skip(name, "no plant has one to check")
	default:
		x.pass(name, "agree with the thermostats' clocks, as of now")
	}
}

// zoneDiffers compares the offset of a declared zone with the one that a
// thermostat shows at the same instant; "" where they are the same.
func zoneDiffers(p *config.Plant, clock time.Time) string {
	if discovery.Fits(clock, p.Zone) {
		return ""
	}
	return fmt.Sprintf("%s has %s (%s), and its thermostat's clock is at %s", p, p.Zone, clock.In(p.Zone).Format("-07:00"), clock.Format("-07:00"))
}

// silence is why no thermostat of a plant told the time.
func silence(read *survey.Reading) string {
	switch {
	case read == nil:
		return "no thermostat could be asked"
	case read.Status.OK():
		return "its thermostat told no time"
	}
	return whyUnread(read.Status.Err)
}

func whyUnread(err error) string {
	if failed, ok := errors.AsType[*provider.Error](err); ok {
		return said(failed)
	}
	return "the survey ended before"
}

// plant is a plant of the account.
func (x *examination) plant(id string) *survey.Plant {
	for i := range x.inventory.Plants {
		if x.inventory.Plants[i].ID == id {
			return &x.inventory.Plants[i]
		}
	}
	return nil
}
