package survey_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

func TestThermostatsAreReadInOrderOnceAndAtThePace(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		p := calm()
		p.RateLimit, p.Parallelism = 2, 10
		report := run(t, c, p, survey.AskStatus, "b", "a", "b", "c", "a")
		equal(t, "asked", []asked{{"status b", 0}, {"status a", 500 * time.Millisecond}, {"status c", time.Second}}, c.log)
		equal(t, "readings", "status b succeeded (1), status a succeeded (1), status c succeeded (1)", brief(report.Readings...))
		for i, d := range devices("b", "a", "c") {
			r := report.Of(d)
			if r != &report.Readings[i] {
				t.Fatalf("the reading of %v is not the one in its place", d)
			}
			equal(t, "status", statusOf(d), r.Status.Value)
			if at := r.Status.At.Sub(c.began); at != time.Duration(i)*500*time.Millisecond+took {
				t.Errorf("%v was read at %s", d, at)
			}
		}
		if report.Calls != 3 || report.Stop != nil || !complete(report) || report.Of(device("x")) != nil {
			t.Errorf("%+v", report.Ending)
		}
	})
}

func TestWhoIsOfflineStopsNobody(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		offline := fault(provider.KindNotFound)
		c.faults["status b"] = times(9, offline)
		c.faults["status c"] = []error{fault(provider.KindServer), fault(provider.KindTimeout)}
		report := run(t, c, calm(), survey.AskStatus, "a", "b", "c")
		equal(t, "readings", "status a succeeded (1), status b failed (2), status c succeeded (3)", brief(report.Readings...))
		if !errors.Is(report.Readings[1].Status.Err, offline) || !report.Readings[1].Status.At.IsZero() {
			t.Errorf("offline: %+v", report.Readings[1])
		}
		equal(t, "status", statusOf(device("c")), report.Readings[2].Status.Value)
		if report.Stop != nil || complete(report) || report.Calls != 6 {
			t.Errorf("%+v, complete: %t", report.Ending, complete(report))
		}
	})
}

func TestProgramsAreReadWithoutAStatus(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		report := run(t, c, calm(), survey.AskPrograms, "a", "b")
		equal(t, "readings", "programs a succeeded (1), programs b succeeded (1)", brief(report.Readings...))
		equal(t, "asked", "programs a, programs b", c.words())
		equal(t, "programs", programsOf(device("b")), report.Readings[1].Programs.Value)
	})
}

func TestWhatHoldsForTheAccountEndsTheSurvey(t *testing.T) {
	for name, tt := range map[string]struct {
		err     error
		stop    dispatch.StopReason
		calls   int
		returns time.Duration // since the answer came
	}{
		"quota":            {faultAfter(provider.KindQuota, 3*time.Hour), dispatch.StopQuota, 2, 3 * time.Hour},
		"quota, no time":   {fault(provider.KindQuota), dispatch.StopQuota, 2, 0},
		"long rate limit":  {faultAfter(provider.KindRateLimited, time.Hour), dispatch.StopQuota, 2, time.Hour},
		"password":         {fault(provider.KindPasswordExpired), dispatch.StopAccount, 2, 0},
		"terms":            {fault(provider.KindTermsNotAccepted), dispatch.StopAccount, 2, 0},
		"not authorized":   {fault(provider.KindUnauthorized), dispatch.StopAccount, 3, 0},
		"own bookkeeping":  {&dispatch.Halt{Err: errors.New("no")}, dispatch.StopHalted, 2, 0},
		"long maintenance": {faultAfter(provider.KindServer, time.Hour), 0, 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, c *cloud) {
				c.faults["status b"] = times(9, tt.err)
				p := calm()
				p.MinWait = 0 // so that a retry goes before what comes after it
				report := run(t, c, p, survey.AskStatus, "a", "b", "c")
				if tt.stop == 0 {
					if report.Stop != nil || report.Calls != tt.calls || report.Readings[1].Status.RetryAfter != time.Hour || !report.Returns.IsZero() {
						t.Errorf("%+v", report)
					}
					return
				}
				if report.Stop == nil || report.Stop.Reason != tt.stop || !errors.Is(report.Stop.Err, tt.err) || report.Calls != tt.calls {
					t.Fatalf("%+v, stop %+v", report.Ending, report.Stop)
				}
				if report.Readings[1].Status.Outcome != dispatch.Failed || report.Readings[2].Status.Outcome != dispatch.NotAttempted || !report.Readings[0].Status.OK() {
					t.Error(brief(report.Readings...))
				}
				var want time.Time
				if tt.returns > 0 {
					want = c.began.Add(2*took + tt.returns)
				}
				if !report.Returns.Equal(want) || complete(report) {
					t.Errorf("the quota returns %s, want %s; complete: %t", report.Returns, want, complete(report))
				}
			})
		})
	}
}

func TestOfSeveralTimesTheLastIsWhenTheQuotaReturns(t *testing.T) {
	for _, waits := range [][]time.Duration{{time.Hour, 3 * time.Hour, 0}, {3 * time.Hour, 0, time.Hour}, {0, time.Hour, 3 * time.Hour}} {
		bubble(t, func(t *testing.T, c *cloud) {
			for i, module := range []string{"a", "b", "c"} {
				c.faults["status "+module] = []error{faultAfter(provider.KindQuota, waits[i])}
			}
			p := calm()
			p.Parallelism = 3
			report := run(t, c, p, survey.AskStatus, "a", "b", "c")
			if want := c.began.Add(took + 3*time.Hour); !report.Returns.Equal(want) || report.Stop == nil || report.Calls != 3 {
				t.Errorf("%v: %+v, want %s", waits, report.Ending, want)
			}
		})
	}
}

func TestARateLimitHoldsAllBack(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		c.faults["status a"] = []error{faultAfter(provider.KindRateLimited, 7*time.Second)}
		report := run(t, c, calm(), survey.AskStatus, "a", "b")
		equal(t, "asked", []asked{{"status a", 0}, {"status a", 7*time.Second + took}, {"status b", 7*time.Second + 2*took}}, c.log)
		if !complete(report) {
			t.Error(brief(report.Readings...))
		}
	})
}

func TestSurveysShareACallLimit(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		p := calm()
		p.MaxCalls, p.RateLimit, p.Account = 3, 1, &dispatch.Account{}
		first := run(t, c, p, survey.AskStatus, "a", "b")
		second := run(t, c, p, survey.AskPrograms, "a", "b")
		equal(t, "asked", []asked{{"status a", 0}, {"status b", time.Second}, {"programs a", 2 * time.Second}}, c.log)
		if !complete(first) || second.Stop == nil || second.Stop.Reason != dispatch.StopCallLimit || first.Calls+second.Calls != 3 {
			t.Errorf("%+v, then %+v", first.Ending, second.Ending)
		}
	})
}

func TestADrainedSurveyReturnsWhatItHas(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		drain, cancel := context.WithCancelCause(t.Context())
		enough := errors.New("enough")
		time.AfterFunc(took+took/2, func() { cancel(enough) })
		report := survey.Thermostats(drain, t.Context(), survey.Input{Reader: c, Policy: calm()}, devices("a", "b", "c"), survey.AskStatus)
		equal(t, "readings", "status a succeeded (1), status b succeeded (1), status c not attempted (0)", brief(report.Readings...))
		if report.Stop == nil || report.Stop.Reason != dispatch.StopDrained || !errors.Is(report.Stop.Err, enough) {
			t.Errorf("%+v", report.Stop)
		}
	})
}

func TestACanceledSurveyReturnsWhatItHas(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		calls, cancel := context.WithCancel(t.Context())
		time.AfterFunc(took+took/2, cancel)
		report := survey.Thermostats(t.Context(), calls, survey.Input{Reader: c, Policy: calm()}, devices("a", "b", "c"), survey.AskStatus)
		equal(t, "readings", "status a succeeded (1), status b failed (1), status c not attempted (0)", brief(report.Readings...))
		var failed *provider.Error
		if !errors.As(report.Readings[1].Status.Err, &failed) || failed.Kind != provider.KindCanceled || report.Stop == nil || report.Stop.Reason != dispatch.StopDrained {
			t.Errorf("%v, %+v", report.Readings[1].Status.Err, report.Stop)
		}
		if time.Since(c.began) != took+took/2 {
			t.Errorf("it took %s", time.Since(c.began))
		}
	})
}

func TestNothingToRead(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		for _, q := range []survey.Question{survey.AskStatus, survey.AskPrograms} {
			if report := run(t, c, calm(), q); report.Stop != nil || len(report.Readings) != 0 || report.Calls != 0 || len(c.log) != 0 {
				t.Errorf("%+v", report)
			}
		}
	})
}

func TestEventsTellTheProgress(t *testing.T) {
	bubble(t, func(t *testing.T, c *cloud) {
		limited, gone := faultAfter(provider.KindRateLimited, time.Second), fault(provider.KindRejected)
		c.faults["status a"], c.faults["status b"] = []error{limited}, []error{gone}
		var events []survey.Event
		survey.Thermostats(t.Context(), t.Context(), survey.Input{Reader: c, Policy: calm(), Observe: func(e survey.Event) { events = append(events, e) }},
			devices("a", "b"), survey.AskStatus)
		ask := func(q survey.Question, module string) survey.Call {
			return survey.Call{Question: q, Device: device(module)}
		}
		equal(t, "events", []survey.Event{
			survey.Foreseen{Questions: 2},
			survey.Started{Call: ask(survey.AskStatus, "a"), Attempt: 1},
			survey.Retrying{Call: ask(survey.AskStatus, "a"), Attempt: 1, Err: limited, Wait: time.Second},
			survey.Paused{Until: c.began.Add(took + time.Second), Err: limited},
			survey.Started{Call: ask(survey.AskStatus, "a"), Attempt: 2},
			survey.Settled{Call: ask(survey.AskStatus, "a"), Outcome: dispatch.Succeeded, Attempts: 2},
			survey.Started{Call: ask(survey.AskStatus, "b"), Attempt: 1},
			survey.Settled{Call: ask(survey.AskStatus, "b"), Outcome: dispatch.Failed, Attempts: 1, Err: gone},
		}, events)
	})
}
