package survey

import (
	"fmt"
	"time"

	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// Question is what is asked.
type Question int

// The questions, in the order in which a survey of an account asks them.
const (
	AskPlants Question = iota + 1
	AskTopology
	AskStatus
	AskPrograms
)

// String is the question in plain words.
func (q Question) String() string {
	switch q {
	case AskPlants:
		return "plants"
	case AskTopology:
		return "topology"
	case AskStatus:
		return "status"
	case AskPrograms:
		return "programs"
	}
	return fmt.Sprintf("Question(%d)", int(q))
}

// Call is one question to one plant or thermostat. Device has no ModuleID for a
// topology and is zero for the plants.
type Call struct {
	Question Question
	Device   provider.Device
}

// Event is something that happened in a survey: Foreseen, Started, Retrying,
// Paused or Settled.
//
//sumtype:decl
type Event interface{ event() }

// Foreseen is sent when it is known how many more questions will be asked: once
// for thermostats, for an account after each step that found more to ask.
type Foreseen struct {
	Questions int // those to come; each takes one call, or more with retries
}

// Started is sent right before an attempt is made.
type Started struct {
	Call    Call
	Attempt int // from 1
}

// Retrying is sent when an attempt failed and another one will follow.
type Retrying struct {
	Call    Call
	Attempt int // the one that failed
	Err     error
	Wait    time.Duration // at least
}

// Paused is sent when the account's rate limit holds back all calls.
type Paused struct {
	Until time.Time
	Err   error
}

// Settled is sent once for every question foreseen.
type Settled struct {
	Call     Call
	Outcome  dispatch.Outcome
	Attempts int
	Err      error // of Failed
}

func (Foreseen) event() {}
func (Started) event()  {}
func (Retrying) event() {}
func (Paused) event()   {}
func (Settled) event()  {}
