package discovery

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"setpoint/config/diag"
	"setpoint/provider"
	"setpoint/provider/survey"
)

// Zones are the time zones that a person gave: for all plants, or for one.
type Zones struct {
	all     *time.Location
	ofPlant map[string]*time.Location // by id
}

// ParseZones reads what --time-zone was given: ZONE or PLANT_ID=ZONE.
func ParseZones(given []string) (Zones, diag.List) {
	z := Zones{ofPlant: map[string]*time.Location{}}
	var list diag.List
	for _, text := range given {
		plant, name, one := strings.Cut(text, "=")
		if !one {
			plant, name = "", text
		}
		zone, err := time.LoadLocation(name)
		plant = strings.ToLower(plant)
		switch {
		case err != nil || name == "" || name == "Local":
			list = append(list, diag.Diagnostic{Severity: diag.Error, Summary: "Unknown time zone",
				Detail: fmt.Sprintf("--time-zone: %q is not the name of a time zone. Write it as in Europe/Rome, or for one plant as in PLANT_ID=Europe/Rome.", name)})
		case one && !provider.IsID(plant):
			list = append(list, diag.Diagnostic{Severity: diag.Error, Summary: "Invalid plant",
				Detail: fmt.Sprintf("--time-zone: %q is not the id of a plant.", plant)})
		case one && z.ofPlant[plant] != nil || !one && z.all != nil:
			list = append(list, diag.Diagnostic{Severity: diag.Error, Summary: "Time zone given twice",
				Detail: "--time-zone is given once for all plants, and once for each that differs, as in --time-zone PLANT_ID=Europe/Lisbon."})
		case one:
			z.ofPlant[plant] = zone
		default:
			z.all = zone
		}
	}
	return z, list
}

func (z *Zones) of(plantID string) *time.Location {
	if zone := z.ofPlant[plantID]; zone != nil {
		return zone
	}
	return z.all
}

// clocks are what the clocks of a plant's thermostats showed when they were read.
type clocks []time.Time

func clocksOf(p *survey.Plant) clocks {
	var all clocks
	for i := range p.Thermostats {
		if status := &p.Thermostats[i].Status; status.OK() && !status.Value.Time.IsZero() {
			all = append(all, status.Value.Time)
		}
	}
	return all
}

// fit tells whether all the clocks may be in the zone.
func (c clocks) fit(zone *time.Location) bool {
	for _, clock := range c {
		if !Fits(clock, zone) {
			return false
		}
	}
	return true
}

// Fits tells whether a clock that showed this time, with its own offset from UTC,
// may be in the zone: at that instant the zone has the same offset.
func Fits(clock time.Time, zone *time.Location) bool {
	_, shown := clock.Zone()
	_, offset := clock.In(zone).Zone()
	return shown == offset
}

// offsets are how far the clocks are from UTC, each once, sorted: "UTC+01:00".
func (c clocks) offsets() []string {
	all := map[string]bool{}
	for _, clock := range c {
		all["UTC"+clock.Format("-07:00")] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// candidates are some zones that the clocks may be in. Which of them cannot be
// known from an offset.
func (c clocks) candidates() []string {
	const most = 4
	var all []string
	for _, name := range []string{
		"Europe/Rome", "Europe/Paris", "Europe/Madrid", "Europe/Berlin", "Europe/Lisbon", "Europe/London", "Europe/Dublin", "Europe/Athens", "Europe/Bucharest",
		"Europe/Istanbul", "Europe/Moscow", "Atlantic/Canary", "Atlantic/Azores", "Africa/Casablanca", "Africa/Tunis", "Africa/Cairo", "Asia/Jerusalem", "Asia/Beirut", "Asia/Dubai",
		"Asia/Kolkata", "Asia/Shanghai", "Australia/Sydney", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Mexico_City",
		"America/Bogota", "America/Lima", "America/Santiago", "America/Sao_Paulo", "America/Argentina/Buenos_Aires",
	} {
		zone, err := time.LoadLocation(name)
		if err == nil && c.fit(zone) && len(all) < most {
			all = append(all, name)
		}
	}
	return all
}

// hint says what is known of the time zone to be filled in.
func (c clocks) hint() string {
	switch offsets := c.offsets(); len(offsets) {
	case 0:
		return "None of its clocks could be read."
	case 1:
		if candidates := c.candidates(); len(candidates) > 0 {
			return fmt.Sprintf("Its clocks are at %s now, as in %s.", offsets[0], strings.Join(candidates, ", "))
		}
		return fmt.Sprintf("Its clocks are at %s now.", offsets[0])
	default:
		return fmt.Sprintf("Its clocks do not agree: %s.", strings.Join(offsets, ", "))
	}
}

// declarableEnd says why the end of a temporary status cannot be written down;
// "" if it can.
func declarableEnd(end provider.LocalTime, zone *time.Location, now time.Time) string {
	if zone == nil {
		return "the time zone of the plant, in which its end is written, is not known; fill that in, or give it with --time-zone"
	}
	switch instants := end.In(zone); {
	case len(instants) == 0:
		return fmt.Sprintf("the clocks of %s skip its end, %s", zone, end)
	case len(instants) > 1:
		return fmt.Sprintf("the clocks of %s show its end, %s, twice", zone, end)
	case !instants[0].After(now):
		return fmt.Sprintf("that was at %s already", end)
	}
	return ""
}
