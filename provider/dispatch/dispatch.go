// Package dispatch issues calls in order, with pace, waits, retries and stops
// that hold for the whole account. Writes (apply) and reads (refresh) go
// through it alike.
//
// It must not know what a call does: a call is a function, its errors are
// judged by the kind of their *provider.Error alone. It knows nothing of plans,
// state, HTTP or how events are shown, and imports package provider and the
// standard library only.
//
// Run is one priority queue. An item may start when all it depends on have
// succeeded, its wait is over, its device has no other call in flight, fewer
// than Parallelism calls are in flight, the run is not paused and the pace
// allows. Of the items that may start, the one with the smallest key goes
// first. A retry goes back into the same queue under the same key, so nothing
// bypasses pace or call limit. A call is in flight from its start to its answer;
// one that was not answered with success also until that is recorded, as it may
// hold back what comes next. Where calls go one by one all are, so that whoever
// follows the events sees each end before the next begins.
//
// Time is that of package time, so testing/synctest can drive it.
package dispatch

import (
	"context"
	"time"

	"setpoint/provider"
)

// Item is one call to be made, with as many attempts as it takes.
type Item struct {
	// Key is the position in the plan, unique in a run. Of the items that may
	// start, the one with the smallest key goes first.
	Key int
	// Groups are the names under which other items can depend on this one,
	// such as "thermostat.hall".
	Groups []string
	// After names the groups all of whose items must have succeeded before
	// this one starts. A group without items is satisfied.
	After []string
	// Device is what the call is made to: at most one call is in flight per
	// device. The zero Device is a device like any other.
	Device provider.Device
	// Prepare, where it is not nil, is called by the scheduling goroutine right
	// before each attempt; it is no attempt itself. An error fails the item
	// without a call, and is its Result.Err; a *Halt also stops the run. It
	// must not block.
	Prepare func(now time.Time) error
	// Ahead, where it is not nil, does what an attempt needs first and what takes
	// its time, before the item's turn has come: for those that would start next,
	// while Parallelism calls are in flight and there is no pace. At most
	// Parallelism items are that far ahead, so that three times Parallelism bounds
	// those that have begun in any way and not ended. It runs on a goroutine of its
	// own; when it has returned, Do follows or Withdraw. Its error is that of the
	// attempt. Where it was not called, Do has it all to do. It is not called for
	// an item that shares its device with another one.
	Ahead func() error
	// Withdraw undoes, also on a goroutine of its own, what Ahead has done for an
	// attempt that is not made. An Item with Ahead has it.
	Withdraw func()
	// Do makes one attempt, numbered from 1. Calls of different items run
	// concurrently, attempts of one item never do. It returns promptly when
	// ctx is cancelled.
	Do func(ctx context.Context, attempt int) error
	// Record, where it is not nil, is called after each Do, and takes down how that
	// ended. Until it has returned the item is not settled, nothing that depends
	// on it starts and its device is not free; but after a success another call may
	// start meanwhile, where Parallelism is more than 1. An error of Record replaces
	// that of Do.
	Record func() error
}

// Policy is how fast and how stubbornly a run works.
type Policy struct {
	// RateLimit is how many attempts may start per second: two starts are at
	// least 1/RateLimit apart, also after idle time. 0 is no limit.
	RateLimit float64
	// Parallelism is how many calls may be in flight. Below 1 counts as 1. Where
	// it is more, as many again may have been answered with success and not be
	// recorded yet.
	Parallelism int
	// Attempts is how many attempts an item has, the first included. Below 1
	// counts as 1. After KindNotFound it is 2 at most. As many tries for an access
	// token may fail in a row, for all items together; those are no attempts.
	Attempts int
	// MaxCalls is how many attempts the run may make in total, those made over
	// its Account before included; 0 for no limit.
	MaxCalls int
	// MinWait is the ceiling of the wait after a first attempt. It doubles with
	// every attempt, up to MaxWait; the wait is Rand times the ceiling.
	MinWait, MaxWait time.Duration
	// BusyWait is the wait after KindBusy, lengthened by up to a half.
	BusyWait time.Duration
	// Rand gives a number in [0,1). It is called by the scheduling goroutine
	// only. nil means math/rand/v2.
	Rand func() float64
	// Account is what the run shares with others; nil for nothing.
	Account *Account
}

// Run makes the calls of all items and returns when every Do has returned.
//
// When ctx is done the run drains: nothing new starts, calls in flight may
// finish, retries are given up. calls is the context handed to every Do, for
// the caller to break off the calls in flight; when it is done nothing new
// starts either.
//
// observe, where it is not nil, receives what happens, in order, on the
// goroutine that called Run. The run waits for it, so it must not block.
//
// Items may have any keys and dependencies: those in or behind a dependency
// cycle are not attempted.
func Run(ctx, calls context.Context, items []Item, p Policy, observe func(Event)) Report {
	r := newRun(ctx, calls, items, p, observe)
	r.loop()
	return r.report()
}
