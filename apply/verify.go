package apply

import (
	"context"
	"errors"
	"slices"
	"time"

	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// Verified is sent once for every step whose thermostat was to be read back after
// the cloud had confirmed its call. The result is what it is then.
type Verified struct {
	Result Result
}

func (Verified) event() {}

// errNotReadBack is why a thermostat could not be seen as it was sent.
var errNotReadBack = errors.New("the run ended before")

// verify reads back what the cloud has confirmed, when all calls are made: after
// each of the waits those that were not yet seen as they were sent. One that is
// still not is of unknown outcome then, so that the next run sends it again; one
// that cannot be read stays as the cloud confirmed it. It returns why it ended
// early, nil if it did not.
func (r *run) verify(drain, calls context.Context) *dispatch.Stop {
	var pending []int
	for i := range r.account.Results {
		if result := &r.account.Results[i]; result.Outcome == Applied && result.Step.Call && result.Step.Action != plan.Import {
			pending = append(pending, i)
		}
	}
	for n, wait := range r.Verify {
		if len(pending) == 0 {
			return nil
		}
		if !pause(drain, calls, wait) {
			return &dispatch.Stop{Reason: dispatch.StopDrained, Err: context.Cause(drain)}
		}
		items := make([]dispatch.Item, 0, len(pending))
		for _, i := range pending {
			items = append(items, dispatch.Item{Key: i, Device: r.calls[i].step.Device, Do: r.calls[i].readBack})
		}
		seen := make(map[int]bool, len(pending))
		report := dispatch.Run(drain, calls, items, r.Policy, func(e dispatch.Event) {
			switch e := e.(type) {
			case dispatch.Paused:
				r.emit(Paused{e.Until, e.Err})
			case dispatch.Settled: // told now: a round may take minutes
				seen[e.Result.Key] = e.Result.Outcome == dispatch.Succeeded && r.settleVerified(e.Result.Key, false)
			case dispatch.Started, dispatch.Retrying:
			}
		})
		r.account.Calls += report.Calls
		for _, d := range report.Results {
			switch d.Outcome {
			case dispatch.Succeeded:
				r.calls[d.Key].unread = nil
			case dispatch.Failed:
				r.calls[d.Key].unread = d.Err
			case dispatch.NotAttempted:
				r.calls[d.Key].unread = errNotReadBack
			}
		}
		last := n == len(r.Verify)-1 || report.Stop != nil
		pending = slices.DeleteFunc(pending, func(i int) bool { return seen[i] || r.settleVerified(i, last) })
		if report.Stop != nil {
			return report.Stop
		}
		if r.account.Stop != nil {
			return nil
		}
	}
	return nil
}

// pause waits, and tells whether nothing has come between.
func pause(drain, calls context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return drain.Err() == nil && calls.Err() == nil
	case <-drain.Done():
	case <-calls.Done():
	}
	return false
}

// readBack makes one attempt to read what the thermostat has by now.
func (c *call) readBack(ctx context.Context, _ int) error {
	status, err := c.run.Provider.Get(ctx, c.step.Device)
	if failed := failure(err, "get status"); failed != nil {
		certain := *failed
		certain.MayHaveLanded = false
		return &certain
	}
	read := status.Settings.Canonical()
	c.back = &read
	return nil
}

// settleVerified decides about one thermostat after it was read; false where it is
// to be read again, unless it was the last round.
func (r *run) settleVerified(i int, last bool) bool {
	c, result := r.calls[i], &r.account.Results[i]
	over := c.over(time.Now())
	seen := c.back != nil && plan.SeenAs(c.sending, *c.back)
	if !seen && !over && !last {
		return false
	}
	switch {
	case seen || over: // what has run out cannot be seen any more
	case c.back == nil:
		result.Unread = c.unread
	default:
		result.Outcome, result.Back = Unknown, c.back
		entry := state.Entry{Device: c.step.Device, Settings: c.sending, Outcome: state.Unknown, Previous: c.back, At: time.Now(), OnRemove: c.step.OnRemove}
		if err := r.Journal.Put(c.address, entry); err != nil {
			r.account.Stop = &dispatch.Stop{Reason: dispatch.StopHalted, Err: err}
		}
	}
	r.emit(Verified{*result})
	return true
}

// over tells whether what was sent has run out.
func (c *call) over(now time.Time) bool {
	until := c.step.Until
	if c.sending.Mode == provider.Boost {
		until = c.confirmedAt.Add(time.Duration(c.sending.BoostMinutes)*time.Minute - time.Minute) // its start was cut to the minute
	}
	return !until.IsZero() && !now.Before(until)
}
