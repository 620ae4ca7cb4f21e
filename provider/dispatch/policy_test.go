package dispatch

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"setpoint/provider"
)

const ms = time.Millisecond

// Item 1 gets the same error at every attempt, item 2 none.
func TestEveryKind(t *testing.T) {
	type want struct {
		starts []time.Duration // of item 1
		of     int             // told with each retry of it
		stop   StopReason
		other  Outcome // of item 2
	}
	once := []time.Duration{0}
	backoff := []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms, 5500 * ms}
	wants := map[provider.Kind]want{
		provider.KindRejected:         {once, 0, 0, Succeeded},
		provider.KindRedirect:         {once, 0, 0, Succeeded},
		provider.KindUnusable:         {once, 0, 0, Succeeded},
		provider.KindCanceled:         {once, 0, 0, Succeeded},
		provider.KindUnauthorized:     {[]time.Duration{0, 500 * ms}, 2, StopAccount, Succeeded},
		provider.KindQuota:            {once, 0, StopQuota, NotAttempted},
		provider.KindPasswordExpired:  {once, 0, StopAccount, NotAttempted},
		provider.KindTermsNotAccepted: {once, 0, StopAccount, NotAttempted},
		provider.KindNotFound:         {[]time.Duration{0, 500 * ms}, 2, 0, Succeeded},
		provider.KindTimeout:          {backoff, 5, 0, Succeeded},
		provider.KindServer:           {backoff, 5, 0, Succeeded},
		provider.KindUnreachable:      {backoff, 5, 0, Succeeded},
		provider.KindInterrupted:      {backoff, 5, 0, Succeeded},
		provider.KindBusy:             {[]time.Duration{0, 37500 * ms, 75000 * ms, 112500 * ms, 150000 * ms}, 5, 0, Succeeded},
		provider.KindRateLimited:      {backoff, 5, 0, Succeeded},
	}
	for _, kind := range provider.Kinds() {
		t.Run(kind.String(), func(t *testing.T) {
			w, ok := wants[kind]
			if !ok {
				t.Fatalf("this test does not say what follows from %v", kind)
			}
			err := fault(kind)
			err.MayHaveLanded = true
			inBubble(t, half(), func(tr *trace) {
				var starts []time.Duration
				for _, s := range tr.starts() {
					if s.Key == 1 {
						starts = append(starts, s.At)
					}
				}
				diff(t, "starts", w.starts, starts)
				diff(t, "result", Result{
					Key: 1, Outcome: Failed, Attempts: len(w.starts), Err: err, MayHaveLanded: true,
				}, tr.result(1))
				diff(t, "other", w.other, tr.result(2).Outcome)
				for _, e := range tr.events {
					if retry, ok := e.Event.(Retrying); ok && retry.Attempt < len(w.starts) {
						diff(t, "retry", Retrying{
							Key: 1, Attempt: retry.Attempt, Of: w.of, Err: err,
							Wait: w.starts[retry.Attempt] - w.starts[retry.Attempt-1],
						}, retry)
					}
				}
				if w.stop == 0 {
					diff(t, "stop", (*Stop)(nil), tr.report.Stop)
				} else {
					diff(t, "stop", &Stop{Reason: w.stop, Err: err}, tr.report.Stop)
				}
			}, call(1, 0, forever(err)...), call(2, 0))
		})
	}
}

// A wrapped error counts as what it wraps; one of an unknown type or kind is
// not retried.
func TestOtherErrors(t *testing.T) {
	plain := errors.New("plain")
	wrapped := fmt.Errorf("call: %w", fault(provider.KindServer))
	inBubble(t, half(), func(tr *trace) {
		diff(t, "plain", Result{Key: 1, Outcome: Failed, Attempts: 1, Err: plain}, tr.result(1))
		diff(t, "wrapped", Result{Key: 2, Outcome: Succeeded, Attempts: 2}, tr.result(2))
		diff(t, "unknown", 1, tr.result(3).Attempts)
		diff(t, "stop", (*Stop)(nil), tr.report.Stop)
	}, call(1, 0, plain), call(2, 0, wrapped), call(3, 0, fault(99)))
}

func TestRetryAfterReplacesTheWait(t *testing.T) {
	for _, kind := range []provider.Kind{
		provider.KindUnauthorized, provider.KindNotFound, provider.KindTimeout, provider.KindServer,
		provider.KindUnreachable, provider.KindInterrupted, provider.KindBusy, provider.KindRateLimited,
	} {
		for _, after := range []time.Duration{1, 7 * time.Second, 10 * time.Minute} {
			inBubble(t, half(), func(tr *trace) {
				diff(t, kind.String(), []start{{1, 1, 0}, {1, 2, after}}, tr.starts())
				diff(t, kind.String(), Succeeded, tr.result(1).Outcome)
			}, call(1, 0, faultAfter(kind, after)))
		}
	}
}

func TestRetryAfterTooLong(t *testing.T) {
	const long = 10*time.Minute + 1
	for _, kind := range []provider.Kind{
		provider.KindUnauthorized, provider.KindNotFound, provider.KindTimeout, provider.KindServer,
		provider.KindUnreachable, provider.KindInterrupted, provider.KindBusy,
	} {
		inBubble(t, half(), func(tr *trace) {
			diff(t, kind.String(), Result{Key: 1, Outcome: Failed, Attempts: 1, Err: tr.result(1).Err, RetryAfter: long}, tr.result(1))
			diff(t, kind.String(), Succeeded, tr.result(2).Outcome)
			diff(t, "took", time.Duration(0), tr.took)
		}, call(1, 0, faultAfter(kind, long)), call(2, 0))
	}
	for _, kind := range []provider.Kind{provider.KindRateLimited, provider.KindQuota} {
		err := faultAfter(kind, long)
		inBubble(t, half(), func(tr *trace) {
			diff(t, kind.String(), []Result{
				{Key: 1, Outcome: Failed, Attempts: 1, Err: err, RetryAfter: long},
				{Key: 2, Outcome: NotAttempted, Because: BecauseStopped},
			}, tr.report.Results)
			diff(t, "stop", &Stop{Reason: StopQuota, Err: err, RetryAfter: long}, tr.report.Stop)
		}, call(1, 0, err), call(2, 0))
	}
}

func TestAttemptsBoundEveryKind(t *testing.T) {
	for _, kind := range provider.Kinds() {
		p := half()
		p.Attempts = 1
		inBubble(t, p, func(tr *trace) {
			diff(t, kind.String(), 1, tr.result(1).Attempts)
			diff(t, kind.String(), Failed, tr.result(1).Outcome)
		}, call(1, 0, forever(fault(kind))...))
	}
}

func TestNotFoundAfterOtherErrors(t *testing.T) {
	server, missing := fault(provider.KindServer), fault(provider.KindNotFound)
	inBubble(t, half(), func(tr *trace) {
		diff(t, "404 as second attempt", Result{Key: 1, Outcome: Failed, Attempts: 2, Err: missing}, tr.result(1))
	}, call(1, 0, server, missing))
}

// The first 401 of the run is retried, the second stops it, whoever gets it.
func TestUnauthorized(t *testing.T) {
	err := fault(provider.KindUnauthorized)
	inBubble(t, half(), func(tr *trace) {
		diff(t, "once", Result{Key: 1, Outcome: Succeeded, Attempts: 2}, tr.result(1))
		diff(t, "stop", (*Stop)(nil), tr.report.Stop)
	}, call(1, 0, err))
	inBubble(t, half(), func(tr *trace) {
		diff(t, "twice", []Result{
			{Key: 1, Outcome: Failed, Attempts: 1, Err: err},
			{Key: 2, Outcome: Failed, Attempts: 1, Err: err},
			{Key: 3, Outcome: NotAttempted, Because: BecauseStopped},
		}, tr.report.Results)
		diff(t, "stop", &Stop{Reason: StopAccount, Err: err}, tr.report.Stop)
	}, call(1, 0, err), call(2, 0, err), call(3, 0))
}

// A 401 over a token that has been replaced is tried again at once, in its
// place, and is none of the two.
func TestRenewedToken(t *testing.T) {
	renewed, unauthorized := fault(provider.KindUnauthorized), fault(provider.KindUnauthorized)
	renewed.Renewed = true
	p := half()
	p.RateLimit, p.Parallelism = 10, 10
	inBubble(t, p, func(tr *trace) {
		diff(t, "starts", []start{{1, 1, 0}, {2, 1, 100 * ms}, {3, 1, 200 * ms}, {1, 2, 300 * ms}, {2, 2, 400 * ms}, {3, 2, 500 * ms}, {4, 1, 600 * ms}}, tr.starts())
		diff(t, "stop", (*Stop)(nil), tr.report.Stop)
		diff(t, "calls", 7, tr.report.Calls)
		for _, e := range tr.events {
			if retry, ok := e.Event.(Retrying); ok {
				diff(t, "retry", Retrying{Key: retry.Key, Attempt: 1, Of: 5, Err: renewed}, retry)
			}
		}
	}, call(1, 250*ms, renewed), call(2, 150*ms, renewed), call(3, 50*ms, renewed), after(call(4, 0), "none"))
	inBubble(t, half(), func(tr *trace) { // once each, and one real one beside: no reason to stop
		diff(t, "stop", (*Stop)(nil), tr.report.Stop)
		diff(t, "real", Result{Key: 3, Outcome: Succeeded, Attempts: 2}, tr.result(3))
	}, call(1, 0, renewed), call(2, 0, renewed), call(3, 0, unauthorized), call(4, 0, fault(provider.KindServer), renewed))
	inBubble(t, half(), func(tr *trace) { // three in a row: the second and the third count
		diff(t, "in a row", Result{Key: 1, Outcome: Failed, Attempts: 3, Err: renewed}, tr.result(1))
		diff(t, "stop", &Stop{Reason: StopAccount, Err: renewed}, tr.report.Stop)
		diff(t, "starts", []start{{1, 1, 0}, {1, 2, 0}, {1, 3, 500 * ms * 2}}, tr.starts())
		var of []int
		for _, e := range tr.events {
			if retry, ok := e.Event.(Retrying); ok {
				of = append(of, retry.Of)
			}
		}
		diff(t, "of", []int{5, 3}, of)
	}, call(1, 0, forever(renewed)...))
	p = half()
	p.Attempts = 1
	inBubble(t, p, func(tr *trace) {
		diff(t, "bounded", Result{Key: 1, Outcome: Failed, Attempts: 1, Err: renewed}, tr.result(1))
		diff(t, "stop", (*Stop)(nil), tr.report.Stop)
	}, call(1, 0, renewed))
}

func TestMayHaveLanded(t *testing.T) {
	landed := &provider.Error{Kind: provider.KindTimeout, MayHaveLanded: true}
	rejected := fault(provider.KindRejected)
	inBubble(t, half(), func(tr *trace) {
		diff(t, "later success settles it", Result{Key: 1, Outcome: Succeeded, Attempts: 2}, tr.result(1))
		diff(t, "later failure does not", Result{Key: 2, Outcome: Failed, Attempts: 2, Err: rejected, MayHaveLanded: true}, tr.result(2))
		diff(t, "never", Result{Key: 3, Outcome: Failed, Attempts: 1, Err: rejected}, tr.result(3))
	}, call(1, 0, landed), call(2, 0, landed, rejected), call(3, 0, rejected))
}

func TestWaits(t *testing.T) {
	highest := math.Nextafter(1, 0)
	for _, c := range []struct {
		min, max, busy time.Duration
		rand           float64
		attempt        int
		why            delay
		want           time.Duration
	}{
		{time.Second, time.Minute, 0, 1, 1, waitBackoff, time.Second},
		{time.Second, time.Minute, 0, 1, 6, waitBackoff, 32 * time.Second},
		{time.Second, time.Minute, 0, 1, 7, waitBackoff, time.Minute},
		{time.Second, time.Minute, 0, 0.25, 1000, waitBackoff, 15 * time.Second},
		{time.Second, time.Minute, 0, 0, 3, waitBackoff, 0},
		{time.Minute, time.Second, 0, 1, 1, waitBackoff, time.Second},
		{0, time.Minute, 0, 1, 9, waitBackoff, 0},
		{3, math.MaxInt64, 0, 1, 100, waitBackoff, math.MaxInt64},
		{time.Second, time.Minute, 0, 0.5, 2, waitRateLimit, time.Second},
		{0, 0, 30 * time.Second, 0, 4, waitBusy, 30 * time.Second},
		{0, 0, 30 * time.Second, 1, 4, waitBusy, 45 * time.Second},
		{0, 0, math.MaxInt64, highest, 1, waitBusy, math.MaxInt64},
	} {
		p := Policy{MinWait: c.min, MaxWait: c.max, BusyWait: c.busy, Rand: func() float64 { return c.rand }}
		if got := p.wait(c.attempt, c.why); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// Without a source of randomness, waits are drawn all the same.
func TestDefaultRand(t *testing.T) {
	p := half()
	p.Rand = nil
	inBubble(t, p, func(tr *trace) {
		if tr.took <= 0 || tr.took >= 3*time.Second {
			t.Errorf("took %v, want more than 0 and less than the ceilings of 1 s and 2 s", tr.took)
		}
		diff(t, "attempts", 3, tr.result(1).Attempts)
	}, call(1, 0, fault(provider.KindServer), fault(provider.KindServer)))
}

func TestEveryNameIsSaid(t *testing.T) {
	said := map[string]bool{}
	for _, name := range []fmt.Stringer{
		Succeeded, Failed, NotAttempted, BecauseFailed, BecauseStopped, BecauseCycle,
		StopAccount, StopQuota, StopCallLimit, StopDrained, StopHalted,
		Outcome(0), Because(0), StopReason(0),
	} {
		said[name.String()] = true
	}
	diff(t, "different names", 14, len(said))
}

func TestInterval(t *testing.T) {
	for rate, want := range map[float64]time.Duration{
		0: 0, -1: 0, math.Inf(1): 0, 1: time.Second, 2: 500 * ms, 0.1: 10 * time.Second,
		3: 333333334, 1e12: 1, 1e-300: math.MaxInt64,
	} {
		if got := (&Policy{RateLimit: rate}).interval(); got != want {
			t.Errorf("rate %g: %v, want %v", rate, got, want)
		}
	}
	if got := (&Policy{RateLimit: math.NaN()}).interval(); got != 0 {
		t.Errorf("NaN: %v", got)
	}
}
