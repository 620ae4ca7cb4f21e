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
	sending provider.Settings // what the next attempt sends
	started time.Time         // of the boost's interval
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
	// One interval per run, of whole minutes, unless its start is no longer now.
	if !c.started.IsZero() && now.Sub(c.started) < time.Minute {
		return nil
	}
	zone, err := time.LoadLocation(c.step.TimeZone)
	if err != nil || c.step.TimeZone == "" {
		return fmt.Errorf("time zone %q of the plan is not known here: make a new plan", c.step.TimeZone)
	}
	c.started = now.Truncate(time.Minute)
	end := c.started.Add(time.Duration(c.step.After.BoostMinutes) * time.Minute)
	c.sending = *c.step.After
	c.sending.Start, c.sending.End = provider.WallClock(c.started.In(zone)), provider.WallClock(end.In(zone))
	if c.sending.End.Sub(c.sending.Start) != end.Sub(c.started) {
		c.started = time.Time{}
		return ErrClockChange
	}
	return nil
}

// do makes one attempt: its intent is on disk before it, its result after it.
func (c *call) do(ctx context.Context, _ int) error {
	entry := state.Entry{Device: c.step.Device, Settings: c.sending, OnRemove: c.step.OnRemove}
	id, err := c.run.Journal.Intent(c.address, entry, c.step.Action == plan.Destroy)
	if err != nil {
		return &dispatch.Halt{Err: err}
	}
	sent := c.run.Provider.Set(ctx, c.step.Device, c.sending)
	result, status := answer(sent)
	if err := c.run.Journal.Result(id, result, status, time.Now()); err != nil {
		return &dispatch.Halt{Err: errors.Join(sent, err), MayHaveLanded: result != state.CallRejected}
	}
	return sent
}

func answer(err error) (state.CallResult, int) {
	if err == nil {
		return state.CallConfirmed, 200
	}
	var failed *provider.Error
	if !errors.As(err, &failed) {
		return state.CallUnknown, 0 // a provider that says nothing of it
	}
	if failed.MayHaveLanded {
		return state.CallUnknown, failed.StatusCode
	}
	return state.CallRejected, failed.StatusCode
}
