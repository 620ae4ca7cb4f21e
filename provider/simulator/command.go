package simulator

import (
	"fmt"
	"time"
)

// startTolerance is how far from the present, either way, the start of a boost
// may lie and still be called current.
const startTolerance = 5 * time.Minute

// settings turns the command into what the thermostat enters, given what it is
// in, its zone and the present, and lists what makes no sense although the body
// fits the schema. Parameters that the mode does not use are ignored, but for
// activationTime: a mode that must not end is no place for an end.
func (c command) settings(present Settings, zone *time.Location, now time.Time) (Settings, []string) {
	next := Settings{Function: c.function, Mode: c.mode, Setpoint: present.Setpoint, Program: present.Program}
	var problems []string
	reject := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }

	switch c.mode {
	case Automatic:
		if c.program == nil {
			reject("mode automatic needs programs with one number")
		} else {
			next = automaticSettings(c.function, *c.program)
		}
		if c.ends {
			reject("mode automatic has no activationTime; leave it out")
		}
	case Manual:
		switch {
		case c.setpoint == nil:
			reject("mode manual needs setPoint with a value")
		case c.unit == "":
			reject("setPoint needs its unit, C")
		default:
			next.Setpoint = *c.setpoint
		}
	case Boost:
		problems = append(problems, c.boostProblems(zone, now)...)
	case Protection:
		next.Setpoint = protectionSetpoint(c.function)
	case Off:
	}
	if c.mode != Boost && c.interval {
		reject("activationTime is an interval; only mode boost takes one: send the end alone")
	}
	if c.ends {
		end, ahead := nextReaching(c.end, zone, now)
		if !ahead {
			reject("activationTime ends at %s, but the plant's clock (%s) shows %s already",
				c.end.Format(wallLayout), zone, now.In(zone).Format(wallLayout))
		}
		next.End = end
	}
	return next, problems
}

func (c command) boostProblems(zone *time.Location, now time.Time) []string {
	if !c.ends {
		return []string{"mode boost needs activationTime, an interval start/end"}
	}
	if !c.interval {
		return []string{"activationTime is one time; mode boost needs an interval start/end"}
	}
	var problems []string
	switch length := c.end.Sub(c.start); length {
	case 30 * time.Minute, 60 * time.Minute, 90 * time.Minute:
	default:
		problems = append(problems, fmt.Sprintf("the interval of activationTime is %s long; a boost lasts 30, 60 or 90 minutes", length))
	}
	for _, start := range instantsShowing(c.start, zone) {
		if start.Sub(now).Abs() <= startTolerance {
			return problems
		}
	}
	return append(problems, fmt.Sprintf("activationTime starts at %s, but the plant's clock (%s) shows %s: a boost starts at the current time",
		c.start.Format(wallLayout), zone, now.In(zone).Format(wallLayout)))
}
