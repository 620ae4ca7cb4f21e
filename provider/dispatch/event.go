package dispatch

import "time"

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
	// Of is how many attempts the item has at most, if all that follow fail as this
	// one did.
	Of  int
	Err error
	// Wait is the least time until the item may start again. Other items, the
	// pace or a pause of the run can make it longer.
	Wait time.Duration
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
