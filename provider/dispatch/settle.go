package dispatch

import (
	"context"
	"errors"
	"time"

	"setpoint/provider"
)

// finish takes in the end of an attempt, or of a part of one.
func (r *run) finish(done end) {
	e := done.entry
	if done.part == answered {
		e.answered = true
		r.inFlight--
		r.tokenless = 0
		return
	}
	e.busy = false
	r.busy--
	if done.part == withdrawn {
		e.withdrawn()
		return
	}
	if !e.answered {
		r.inFlight--
	}
	e.device.busy = false
	r.unpark(e.device)
	e.result.Err = done.err
	if failure := tokenless(done.err); failure != nil {
		r.withoutToken(e, failure)
		return
	}
	r.tokenless = 0
	if done.err == nil {
		e.result.MayHaveLanded = false
		r.settle(e, Succeeded)
		return
	}
	e.result.MayHaveLanded = e.result.MayHaveLanded || mayHaveLanded(done.err)
	unauthorized, renewed := isUnauthorized(done.err)
	spared := renewed && !e.unauthorized
	if e.unauthorized = unauthorized; unauthorized && !spared {
		r.unauthorized++
	}
	d := r.policy.decide(done.err, e.result.Attempts, r.unauthorized, spared)
	if d.retry && r.stop == nil {
		r.retry(e, d)
	} else {
		r.fail(e, d)
	}
	if d.why == waitRateLimit && d.wait > 0 {
		if until := time.Now().Add(d.wait); until.After(r.pause) {
			r.pause = until // for the account's next run too
			if r.open > 0 && !r.closing() {
				r.observe(Paused{Until: until, Err: done.err})
			}
		}
	}
}

// retry puts the entry back. Where nothing new starts any more that is no
// retry: endEarly will settle it, when it knows that the run has ended early.
func (r *run) retry(e *entry, d decision) {
	e.due = time.Now().Add(d.wait)
	r.waiting.push(e)
	if !r.closing() {
		r.observe(Retrying{Key: e.item.Key, Attempt: e.result.Attempts, Of: d.of, Err: e.result.Err, Wait: d.wait})
	}
}

// fail settles the entry as failed and, if the decision says so, ends the run.
func (r *run) fail(e *entry, d decision) {
	e.result.RetryAfter = d.retryAfter
	r.settle(e, Failed)
	switch {
	case d.stop != 0:
		r.end(Stop{Reason: d.stop, Err: e.result.Err, RetryAfter: d.retryAfter})
	case r.calls.Err() != nil: // broken off: it did not have its chance
		r.end(r.interrupted())
	}
}

// refuse settles an entry that Prepare did not let through. Only a *Halt means
// more than that: any other error was not given by a call.
func (r *run) refuse(e *entry, err error) {
	e.result.Err = err
	var d decision
	if halt := (*Halt)(nil); errors.As(err, &halt) {
		d.stop = StopHalted
	}
	r.fail(e, d)
}

// closing tells whether nothing new may start any more.
func (r *run) closing() bool {
	return r.stop != nil || r.draining || r.exhausted()
}

func (r *run) exhausted() bool {
	return r.policy.MaxCalls > 0 && r.started >= r.policy.MaxCalls
}

// endEarly ends the run if it may start nothing more though something is left
// to start. The call limit waits for the attempts that have not ended: they may
// still tell a weightier reason.
func (r *run) endEarly() {
	switch {
	case r.open == r.busy:
	case r.draining:
		r.end(r.interrupted())
	case r.exhausted() && r.busy == 0 && !(r.ready.empty() && r.ahead.empty() && r.waiting.empty()):
		r.end(Stop{Reason: StopCallLimit})
	}
}

// interrupted is the stop by a context that is done.
func (r *run) interrupted() Stop {
	err := context.Cause(r.ctx)
	if err == nil {
		err = context.Cause(r.calls)
	}
	return Stop{Reason: StopDrained, Err: err}
}

// end stops the run: what is not busy is settled, nothing new starts.
func (r *run) end(stop Stop) {
	if r.stop == nil {
		r.stop = &stop
		r.settleRest(BecauseStopped)
	}
}

// settleRest settles every entry that is not busy: as failed if it has been
// attempted and waited for a retry, else as not attempted.
func (r *run) settleRest(because Because) {
	for i := range r.entries {
		e := &r.entries[i]
		if !e.settled() && !e.busy {
			r.withdraw(e, func() { r.leave(e, because) })
		}
	}
}

// leave settles an entry for which nothing more is done.
func (r *run) leave(e *entry, because Because) {
	if e.result.Attempts > 0 {
		r.settle(e, Failed)
		return
	}
	e.result.Because = because
	r.settle(e, NotAttempted)
}

// settle ends an entry. A success may let others start; anything else means
// that all which depend on it, directly or through others, are not attempted.
func (r *run) settle(e *entry, outcome Outcome) {
	e.result.Outcome = outcome
	if outcome == Succeeded {
		r.closeEntry(e)
		r.release(e)
		return
	}
	because, of := e.result.Because, 0
	if outcome == Failed {
		because, of = BecauseFailed, e.item.Key
	}
	for lost := []*entry{e}; len(lost) > 0; lost = lost[1:] {
		r.closeEntry(lost[0])
		for _, name := range lost[0].item.Groups {
			g := r.groups[name]
			for _, w := range g.waiting {
				if !w.settled() {
					w.result.Outcome, w.result.Because, w.result.Of = NotAttempted, because, of
					lost = append(lost, w)
				}
			}
			g.waiting = nil // whoever waits is told once, however many members fail
		}
	}
}

func (r *run) closeEntry(e *entry) {
	r.open--
	r.observe(Settled{Result: e.result})
}

// release tells those who depend on an entry's groups that it has succeeded.
func (r *run) release(e *entry) {
	for _, name := range e.item.Groups {
		g := r.groups[name]
		if g.unmet--; g.unmet > 0 {
			continue
		}
		for _, w := range g.waiting {
			if w.unmet--; w.unmet == 0 {
				r.ready.push(w)
			}
		}
		g.waiting = nil
	}
}

// isUnauthorized tells a 401, and whether it means no more than an access token
// that has been replaced. Such a one is spared: tried again at once and not
// counted. But where the item's attempt before was a 401 too, with another
// token, tokens are not what is wrong.
func isUnauthorized(err error) (unauthorized, renewed bool) {
	var failure *provider.Error
	if !errors.As(err, &failure) || failure.Kind != provider.KindUnauthorized {
		return false, false
	}
	return true, failure.Renewed
}
