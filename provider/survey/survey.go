// Package survey reads many thermostats, or a whole account, through package
// dispatch: in order, paced, with waits and retries, and with the stops that
// hold for the account. What cannot be read does not keep the rest from being
// read, and a survey that is cut short returns what it has.
//
// It must not know what its readings are compared with: state and plans are
// strangers to it. It holds a provider.Reader, so it cannot change a thermostat.
package survey

import (
	"context"
	"time"

	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// Input is what a survey needs.
type Input struct {
	Reader provider.Reader
	// Policy is how fast and how stubbornly it reads. Surveys that are to count
	// as one, with other runs of dispatch too, share a Policy.Account; they must
	// not overlap.
	Policy  dispatch.Policy
	Observe func(Event) // nil: nobody looks; called by one goroutine, in order; must not block
}

// Answer is what became of one question.
type Answer[T any] struct {
	Outcome  dispatch.Outcome // 0 where it was not asked for
	Value    T                // of Succeeded only
	At       time.Time        // when Value had arrived, by this machine's clock
	Attempts int
	// Err is why it Failed: an *Error of package provider. KindCanceled tells
	// that it was broken off. NotAttempted has none: the survey ended before.
	Err error
	// RetryAfter is how long the server asked to wait, where that is longer
	// than anybody waits here; else 0.
	RetryAfter time.Duration
}

// OK tells whether there is a Value.
func (a *Answer[T]) OK() bool { return a.Outcome == dispatch.Succeeded }

// Reading is what was read of one thermostat.
type Reading struct {
	Device   provider.Device
	Status   Answer[provider.Status]
	Programs Answer[provider.ProgramList]
}

// Ending is how a survey ended.
type Ending struct {
	Calls int            // attempts made
	Stop  *dispatch.Stop // why it ended early; nil if everything had its chance
	// Returns is when the quota of calls is there again, as far as the server
	// said; zero where it did not, or where the quota was not the trouble.
	Returns time.Time
}

// Report is what a survey of thermostats found.
type Report struct {
	Readings []Reading // one for each thermostat, in the order given
	Ending
	places map[provider.Device]int
}

// Of is the reading of a thermostat; nil if it was not among those asked.
func (r *Report) Of(device provider.Device) *Reading {
	if i, ok := r.places[device]; ok {
		return &r.Readings[i]
	}
	return nil
}

func (r *Reading) complete() bool {
	return (r.Status.Outcome == 0 || r.Status.OK()) && (r.Programs.Outcome == 0 || r.Programs.OK())
}

// Thermostats puts one question, AskStatus or AskPrograms, to thermostats; one
// that is named several times is asked once.
//
// When drain is done nothing new starts and calls in flight may finish; when
// calls is done those are broken off, too. It returns when nothing is in flight
// any more.
func Thermostats(drain, calls context.Context, in Input, devices []provider.Device, q Question) *Report {
	report := &Report{places: make(map[provider.Device]int, len(devices))}
	for _, device := range devices {
		if _, again := report.places[device]; !again {
			report.places[device] = len(report.Readings)
			report.Readings = append(report.Readings, Reading{Device: device})
		}
	}
	s := newSurvey(drain, calls, in)
	s.read(report.Readings, q)
	report.Ending = s.ending
	return report
}
