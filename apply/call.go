package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// What keeps a call from being sent although its turn has come.
var (
	// ErrTooLate: the end of the wanted status is over, or less than a minute ahead.
	ErrTooLate = errors.New("its end is over or less than a minute ahead")
	// ErrClockChange: the interval of a boost spans a change of the clocks, and
	// the wall-clock times that the cloud is sent cannot say how long it is.
	ErrClockChange = errors.New("the clocks change during the boost, so its start and end cannot be sent")
)

// call is the one call of a step, with all its attempts. Its attempts never
// run at the same time.
type call struct {
	run     *run
	step    *plan.Step
	address string

	sending     provider.Settings  // what the next attempt sends
	renamed     bool               // the record has the address that it moved to
	reading     *provider.Settings // what an import read and recorded
	back        *provider.Settings // what it was last read back at; nil: nothing yet
	unread      error              // why the last reading back failed
	confirmedAt time.Time
	began       time.Time       // the first attempt
	attempts    int             // those that were sent, or might have been
	last        *provider.Error // of the last of them; nil if it was confirmed

	intent   uint64    // of the attempt that is to be made or was; 0: not recorded, or its result is
	recorded time.Time // the intent
	answer   answer
}

// intentLasts is how long an intent may lie before its call. By its time, in whole
// seconds, others tell whether the call came before or after theirs, and a remote may
// have been told of it meanwhile: a call that is made later needs one of its own.
const intentLasts = time.Second

// answer is what the record will say of an attempt.
type answer struct {
	result state.CallResult
	status int
	at     time.Time
}

// prepare decides what the next attempt sends.
func (c *call) prepare(now time.Time) error {
	if plan.TooLate(c.step.Until, now) {
		return ErrTooLate
	}
	if c.step.After.Mode != provider.Boost {
		c.sending = *c.step.After
		return nil
	}
	zone, err := time.LoadLocation(c.step.TimeZone)
	if err != nil || c.step.TimeZone == "" {
		return fmt.Errorf("time zone %q of the plan is not known here: make a new plan", c.step.TimeZone)
	}
	// The whole minute that it is: retries within that minute send the same.
	start := now.Truncate(time.Minute)
	end := start.Add(time.Duration(c.step.After.BoostMinutes) * time.Minute)
	sending := *c.step.After
	sending.Start, sending.End = provider.WallClock(start.In(zone)), provider.WallClock(end.In(zone))
	if sending.End.Sub(sending.Start) != end.Sub(start) {
		return ErrClockChange
	}
	c.sending = sending
	return nil
}

// ahead records the intent of the next attempt before its turn has come, where
// nothing that happens until then can change what is sent or whether it is.
func (c *call) ahead() error {
	if c.step.After.Mode == provider.Boost || !c.step.Until.IsZero() || c.step.Moved != "" || c.run.outdated.concerns(c.step) {
		return nil
	}
	return c.record(*c.step.After)
}

// withdraw takes the intent back: nothing was sent. A journal that has failed
// says so when it is closed; it counts what it was told all the same.
func (c *call) withdraw() {
	if c.intent != 0 {
		_ = c.run.Journal.Result(c.intent, state.CallRejected, 0, time.Now())
		c.intent = 0
	}
}

// begin records the intent of an attempt whose turn has come. What has moved is
// renamed first: killed in between, the record is as true under the one address as
// under the other.
func (c *call) begin() error {
	if c.step.Moved != "" && !c.renamed {
		if err := c.run.Journal.Rename(c.step.Moved, c.address); err != nil {
			return &dispatch.Halt{Err: err}
		}
		c.renamed = true
	}
	if c.run.outdated.concerns(c.step) {
		if err := c.run.outdated.drop(c.run.Journal, c.step); err != nil {
			return &dispatch.Halt{Err: err}
		}
	}
	return c.record(c.sending)
}

func (c *call) record(sending provider.Settings) error {
	entry := state.Entry{Device: c.step.Device, Settings: sending, OnRemove: c.step.OnRemove}
	began := time.Now()
	id, err := c.run.Journal.Intent(c.address, entry, c.step.Action == plan.Destroy)
	if err != nil {
		return &dispatch.Halt{Err: err}
	}
	c.intent, c.recorded = id, began
	return nil
}

// do makes one attempt: its intent is on disk before it.
func (c *call) do(ctx context.Context, _ int) error {
	if c.intent != 0 && time.Since(c.recorded) >= intentLasts {
		c.withdraw()
	}
	if c.intent == 0 {
		if err := c.begin(); err != nil {
			return err
		}
	} else if err := c.run.Journal.MayCall(); err != nil {
		c.withdraw()
		return &dispatch.Halt{Err: err}
	}
	failed := failure(c.run.Provider.Set(ctx, c.step.Device, c.sending), "set status")
	c.answer = answered(failed)
	if !unsent(failed) {
		c.attempts++
		c.last = failed
	}
	if failed == nil {
		c.confirmedAt = c.answer.at
		return nil
	}
	return failed
}

// result records how an attempt ended. A call that has one is not in doubt any
// more, so it is on disk before anything follows from it.
func (c *call) result() error {
	if c.intent == 0 {
		return nil // nothing was sent
	}
	id := c.intent
	c.intent = 0
	if err := c.run.Journal.Result(id, c.answer.result, c.answer.status, c.answer.at); err != nil {
		return &dispatch.Halt{Err: err, MayHaveLanded: c.answer.result != state.CallRejected}
	}
	return nil
}

// read makes one attempt to read the thermostat and records what was read. A
// reading changes nothing, so it needs no intent and never leaves a doubt. Broken
// off, it may have been sent, so it counts.
func (c *call) read(ctx context.Context, _ int) error {
	began := ctx.Err() == nil
	status, err := c.run.Provider.Get(ctx, c.step.Device)
	failed := failure(err, "get status")
	if failed != nil && failed.MayHaveLanded {
		certain := *failed
		certain.MayHaveLanded = false
		failed = &certain
	}
	if began && (failed == nil || !failed.Uncalled) || !unsent(failed) {
		c.attempts++
		c.last = failed
	}
	if failed != nil {
		return failed
	}
	read := status.Settings.Canonical()
	err = c.run.Journal.Put(c.address, state.Entry{
		Device: c.step.Device, Settings: read, Outcome: state.Observed, At: time.Now(), OnRemove: c.step.OnRemove,
	})
	if err != nil {
		return &dispatch.Halt{Err: err}
	}
	c.reading = &read
	return nil
}

// why says what became of the step, err being what ended it: the last answer,
// where there was one, and what kept the call from being made or recorded after it.
func (c *call) why(err error) error {
	var failed *provider.Error
	switch {
	case err == nil || c.attempts == 0:
		return err
	case c.last == nil && c.step.Action == plan.Import:
		return fmt.Errorf("it was read, but that could not be recorded: %w", err)
	case c.last == nil:
		return fmt.Errorf("the cloud confirmed it, but that could not be recorded: %w", err)
	case errors.As(err, &failed): // the last answer, or an attempt that was not even sent
		return c.last
	}
	return fmt.Errorf("%s; then: %w", c.last.Reason(), err)
}

// failure is the error as a provider has to give it. One that says nothing of
// what happened leaves everything open.
func failure(err error, op string) *provider.Error {
	var failed *provider.Error
	if err == nil || errors.As(err, &failed) {
		return failed
	}
	return &provider.Error{Kind: provider.KindInterrupted, Op: op, MayHaveLanded: true, Err: err}
}

// unsent tells whether an attempt was broken off before anything left, or not
// made for want of an access token.
func unsent(failed *provider.Error) bool {
	return failed != nil && (failed.Uncalled || failed.Kind == provider.KindCanceled && !failed.MayHaveLanded)
}

func answered(failed *provider.Error) answer {
	switch {
	case failed == nil:
		return answer{state.CallConfirmed, 200, time.Now()}
	case failed.MayHaveLanded:
		return answer{state.CallUnknown, failed.StatusCode, time.Now()}
	}
	return answer{state.CallRejected, failed.StatusCode, time.Now()}
}
