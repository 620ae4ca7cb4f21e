package dispatch

import (
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"setpoint/provider"
)

// longestWait is the longest Retry-After that is waited for. A longer one is
// reported instead, so that a person or a later run can come back.
const longestWait = 10 * time.Minute

// notFoundAttempts bounds the attempts after KindNotFound: an offline
// thermostat may come back, a wrong id never will.
const notFoundAttempts = 2

// delay says what an item waits for before its next attempt. Where the server
// asked for a time of its own, that replaces the length of the wait, not what it is
// for.
type delay int

const (
	// waitBackoff is the exponential wait after most errors.
	waitBackoff delay = iota + 1
	// waitBusy is the wait for a person to leave the device's screen.
	waitBusy
	// waitRateLimit is the wait for the account's rate limit: the whole run pauses
	// with the item.
	waitRateLimit
)

// decision is what follows from a failed attempt. Without retry and stop the
// item fails and the others go on.
type decision struct {
	retry      bool
	of         int           // attempts at most, if all that follow fail in the same way
	wait       time.Duration // before the retry; for waitRateLimit before any start
	why        delay
	stop       StopReason    // 0 where the run goes on
	retryAfter time.Duration // a Retry-After that nobody waits for
}

// decide judges the error of an item's attempt, numbered from 1. unauthorized
// is how many attempts of the run have answered KindUnauthorized, this one
// included; spared tells that this one did so over an access token that has been
// replaced, and is none of them.
func (p *Policy) decide(err error, attempt, unauthorized int, spared bool) decision {
	var halt *Halt
	if errors.As(err, &halt) {
		return decision{stop: StopHalted}
	}
	var failure *provider.Error
	if !errors.As(err, &failure) {
		return decision{}
	}
	switch failure.Kind {
	case provider.KindRejected, provider.KindRedirect, provider.KindUnusable, provider.KindCanceled:
		return decision{}
	case provider.KindQuota:
		return decision{stop: StopQuota, retryAfter: max(failure.RetryAfter, 0)}
	case provider.KindPasswordExpired, provider.KindTermsNotAccepted:
		return decision{stop: StopAccount}
	case provider.KindUnauthorized:
		switch {
		case spared:
			return decision{retry: attempt < p.Attempts, of: p.Attempts}
		case unauthorized > 1:
			return decision{stop: StopAccount}
		}
		return p.again(failure, attempt, min(p.Attempts, attempt+1), waitBackoff) // the second is the last
	case provider.KindNotFound:
		return p.again(failure, attempt, min(p.Attempts, notFoundAttempts), waitBackoff)
	case provider.KindTimeout, provider.KindServer, provider.KindUnreachable, provider.KindInterrupted:
		return p.again(failure, attempt, p.Attempts, waitBackoff)
	case provider.KindBusy:
		return p.again(failure, attempt, p.Attempts, waitBusy)
	case provider.KindRateLimited:
		d := p.again(failure, attempt, p.Attempts, waitRateLimit)
		if d.retryAfter > 0 {
			d.stop = StopQuota
		}
		return d
	}
	return decision{}
}

// again decides about an error that another attempt may mend.
func (p *Policy) again(failure *provider.Error, attempt, attempts int, why delay) decision {
	if failure.RetryAfter > longestWait {
		return decision{retryAfter: failure.RetryAfter}
	}
	d := decision{retry: attempt < attempts, of: attempts, wait: failure.RetryAfter, why: why}
	if d.wait <= 0 {
		d.wait = p.wait(attempt, why)
	}
	return d
}

// wait computes the wait after the given attempt. For backoff, with R = Rand():
//
//	after attempt 1: R × MinWait
//	after attempt 2: R × MinWait × 2
//	after attempt n: R × MinWait × 2ⁿ⁻¹, but never more than R × MaxWait
func (p *Policy) wait(attempt int, why delay) time.Duration {
	if why == waitBusy {
		return scale(p.BusyWait, 1+p.Rand()/2)
	}
	ceiling := min(p.MinWait, p.MaxWait)
	for n := 1; n < attempt && ceiling < p.MaxWait; n++ {
		ceiling += min(ceiling, p.MaxWait-ceiling)
	}
	return scale(ceiling, p.Rand())
}

// normal fills in what a policy leaves open and lifts what is below its range.
func (p Policy) normal() Policy {
	p.Parallelism = max(p.Parallelism, 1)
	p.Attempts = max(p.Attempts, 1)
	p.MinWait, p.MaxWait, p.BusyWait = max(p.MinWait, 0), max(p.MaxWait, 0), max(p.BusyWait, 0)
	if p.Rand == nil {
		p.Rand = rand.Float64
	}
	if p.Account == nil {
		p.Account = &Account{}
	}
	return p
}

// interval is the least time between two starts, rounded up to a nanosecond.
func (p *Policy) interval() time.Duration {
	if !(p.RateLimit > 0) { // so that NaN is no limit either
		return 0
	}
	return duration(math.Ceil(float64(time.Second) / p.RateLimit))
}

func scale(d time.Duration, by float64) time.Duration { return duration(float64(d) * by) }

// duration converts nanoseconds, cutting off what a Duration cannot hold.
func duration(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(ns)
}

// mayHaveLanded tells whether the failed attempt may have taken effect.
func mayHaveLanded(err error) bool {
	var halt *Halt
	var failure *provider.Error
	return errors.As(err, &halt) && halt.MayHaveLanded ||
		errors.As(err, &failure) && failure.MayHaveLanded
}
