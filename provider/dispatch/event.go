package dispatch

import (
	"time"
)

// Event is something that happened in a run: Started, Retrying, Paused or
// Settled.
//
//sumtype:decl
type Event interface{ event() }

// Started is sent right before an attempt is made. One that could not be made for
// want of an access token goes on when there is one, and is not sent again.
type Started struct {
	Key     int
	Attempt int // from 1
}

// Retrying is sent when an attempt failed and another one will follow.
type Retrying struct {
	Key     int
	Attempt int // the one that failed
	Err     error
	// Wait is the least time until the item may start again. Other items, the
	// pace or a pause of the run can make it longer.
	Wait time.Duration
	Why  Wait
}

// Paused is sent when the account's rate limit holds back every start of the
// run, or holds it back longer than announced before.
type Paused struct {
	Until time.Time
	Err   error
}

// Settled is sent once for every item, with what Report will say about it.
type Settled struct {
	Result Result
}

func (Started) event()  {}
func (Retrying) event() {}
func (Paused) event()   {}
func (Settled) event()  {}

// Wait says what an item waits for before its next attempt.
type Wait int

// Every Wait. Where the server asked for a time of its own, that replaces the
// length of the wait, not what it is for.
const (
	// WaitBackoff is the exponential wait after most errors.
	WaitBackoff Wait = iota + 1
	// WaitBusy is the wait for a person to leave the device's screen.
	WaitBusy
	// WaitRateLimit is the wait for the account's rate limit: the whole run
	// pauses with the item.
	WaitRateLimit
	// WaitNone is no wait at all: the access token that the attempt failed with
	// has been replaced. Dependencies, order, pace and pauses hold as ever.
	WaitNone
)
