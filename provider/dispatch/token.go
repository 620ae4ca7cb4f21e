package dispatch

import (
	"errors"
	"time"

	"setpoint/provider"
)

// tokenless is a failure for want of an access token; nil for any other error.
func tokenless(err error) *provider.Error {
	var failure *provider.Error
	if errors.As(err, &failure) && failure.NoToken {
		return failure
	}
	return nil
}

// withoutToken takes in the end of an attempt for which there was no access token.
// That is the trouble of the account and not of the item: an attempt that made no
// call is none, all starts pause, and then one item at a time tries for all. Of
// the attempts that were in flight together one counts as a try.
func (r *run) withoutToken(e *entry, failure *provider.Error) {
	if failure.Uncalled {
		e.result.Attempts--
		r.started--
	}
	if r.stop != nil {
		r.leave(e, BecauseStopped)
		return
	}
	r.waiting.push(e)
	if e.start <= r.seen && !failure.LoginRefused {
		e.due = r.pause
		return
	}
	r.tokenless++
	r.seen = r.starts
	d := r.policy.withoutToken(failure, r.tokenless)
	e.due = time.Now().Add(d.wait)
	switch {
	case d.stop != 0:
		e.result.RetryAfter = d.retryAfter
		r.end(Stop{Reason: d.stop, Err: failure, RetryAfter: d.retryAfter})
	case e.due.After(r.pause):
		r.pause = e.due
		if !r.closing() {
			r.observe(Paused{Until: r.pause, Err: failure})
		}
	}
}

// withoutToken decides after the given number of tries for an access token.
func (p *Policy) withoutToken(failure *provider.Error, tries int) decision {
	if failure.LoginRefused {
		return decision{stop: StopAccount}
	}
	d := p.again(failure, tries, p.Attempts, waitRateLimit)
	switch {
	case d.retry:
	case d.retryAfter > 0 && failure.Kind == provider.KindRateLimited:
		d.stop = StopQuota
	default:
		d.stop = StopLogin
	}
	return d
}
