package report

import (
	"errors"
	"time"

	"setpoint/apply"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// Live is what is known of calls while they are made: events go in, Lines come
// out. It reads no clock and writes nowhere. It is not for concurrent use.
type Live struct {
	// Doing is what is done, as in "Applying".
	Doing string

	doneWord  string // what has become of a call that succeeded, "" where that goes without saying
	chained   bool   // calls wait for the success of others, so that the time left may be longer than it seems
	verifying bool   // what is done is read back in the end

	policy dispatch.Policy

	calls, more                      int // foreseen: with a call each, and without
	done, failed, unknown, over, not int // settled
	settled                          int // of those with a call
	flying, waiting                  map[string]pending
	pause                            time.Time
	took                             time.Duration // all answers together
	answers                          int
	stopped                          bool // nothing new starts
	seenBack                         int  // calls read back
}

// pending is a call in flight or one that waits for its next attempt.
type pending struct {
	name string
	at   time.Time // since when it is in flight, or until when it waits
	why  string    // it waits
}

// NewLive is for calls that are made by a policy. Done is what has become of one
// that succeeded, as in "done"; "" where that goes without saying.
func NewLive(doing, done string, p dispatch.Policy) *Live {
	return &Live{Doing: doing, doneWord: done, policy: p, flying: map[string]pending{}, waiting: map[string]pending{}}
}

// Foresee says what is to come, and forgets what was: steps with a call each,
// and steps without, which come last.
func (l *Live) Foresee(calls, more int) {
	l.calls, l.more, l.settled = calls, more, 0
	l.done, l.failed, l.unknown, l.over, l.not, l.seenBack = 0, 0, 0, 0, 0, 0
	clear(l.flying)
	clear(l.waiting)
}

// Start says that an attempt begins. The id tells calls apart, and stays that of
// the call; the name is shown.
func (l *Live) Start(id, name string, now time.Time) {
	delete(l.waiting, id)
	l.flying[id] = pending{name: name, at: now}
}

// Retry says that an attempt failed, and that another follows after the wait.
func (l *Live) Retry(id, name string, err error, wait time.Duration, now time.Time) {
	l.land(id, now)
	l.waiting[id] = pending{name, now.Add(wait), short(err)}
}

// Pause says that all calls are held back.
func (l *Live) Pause(until time.Time) {
	if until.After(l.pause) {
		l.pause = until
	}
}

// Stop says that nothing new starts any more.
func (l *Live) Stop() { l.stopped = true }

// Settle says what became of a step; call tells whether it has one.
func (l *Live) Settle(id string, outcome apply.Outcome, call bool, now time.Time) {
	l.land(id, now)
	delete(l.waiting, id)
	if call {
		l.settled++
	}
	switch outcome {
	case apply.Applied, apply.Unchanged:
		l.done++
	case apply.Failed:
		l.failed++
	case apply.Unknown:
		l.unknown++
	case apply.Expired:
		l.over++
	case apply.NotAttempted:
		l.not++
	}
}

// land ends an attempt, if one was made.
func (l *Live) land(id string, now time.Time) {
	if call, ok := l.flying[id]; ok {
		l.took += now.Sub(call.at)
		l.answers++
		delete(l.flying, id)
	}
}

// left is about how long it will take until every call is settled, if none
// needs another attempt; 0 where that is not known, or not worth saying. Paced
// tells that the rate limit decides about it, and not how fast the cloud is.
func (l *Live) left(now time.Time) (left time.Duration, paced bool) {
	const enough = 20 // answers, to say something without a rate limit
	open := l.calls - l.settled
	starts := open - len(l.flying)
	if l.stopped || starts <= 0 || l.policy.RateLimit <= 0 && l.answers < enough {
		return 0, false
	}
	var usual, pace time.Duration
	if l.answers > 0 {
		usual = l.took / time.Duration(l.answers)
	}
	if l.policy.RateLimit > 0 {
		pace = time.Duration(float64(starts) / l.policy.RateLimit * float64(time.Second))
	}
	answers := usual * time.Duration(open) / time.Duration(max(l.policy.Parallelism, 1))
	left = max(pace, answers)
	if pause := l.pause.Sub(now); pause > 0 {
		left += pause
	}
	for _, call := range l.waiting {
		left = max(left, call.at.Sub(now))
	}
	if left += usual; left < 2*time.Second {
		return 0, false
	}
	return left, pace > answers
}

// short is why a call waits, in as few words as a line of many has room for.
func short(err error) string {
	failed, ok := errors.AsType[*provider.Error](err)
	if !ok {
		return "failed"
	}
	switch failed.Kind { // for the others their own words are short enough
	case provider.KindBusy:
		return "busy"
	case provider.KindNotFound:
		return "offline"
	case provider.KindServer:
		return "server error"
	case provider.KindRateLimited:
		return "" // that is the pause
	case provider.KindRejected, provider.KindUnauthorized, provider.KindQuota, provider.KindTimeout, provider.KindPasswordExpired,
		provider.KindTermsNotAccepted, provider.KindRedirect, provider.KindUnreachable, provider.KindInterrupted, provider.KindCanceled,
		provider.KindUnusable:
	}
	return failed.Kind.String()
}
