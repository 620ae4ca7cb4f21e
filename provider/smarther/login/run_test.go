package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/smarther"
)

// apply sets so many thermostats as an apply does, ten at a time; every call
// takes what the authority's latency is.
func apply(t *testing.T, a *authority, s *setting, thermostats int, before func(n int)) dispatch.Report {
	t.Helper()
	client, err := smarther.New(smarther.Options{
		Endpoint: "http://127.0.0.1:1/api", SubscriptionKey: provider.NewSecret(canaryKey), Tokens: s.Source,
		Timeout: timeout, UserAgent: "test", Transport: direct{a},
	})
	if err != nil {
		t.Fatal(err)
	}
	var items []dispatch.Item
	for n := range thermostats {
		device := provider.Device{PlantID: "1", ModuleID: fmt.Sprint(n)}
		items = append(items, dispatch.Item{Key: n, Device: device, Do: func(ctx context.Context, attempt int) error {
			if attempt == 1 {
				before(n)
			}
			return client.Set(ctx, device, provider.Settings{Function: provider.Heating, Mode: provider.Off})
		}})
	}
	background := context.Background()
	report := dispatch.Run(background, background, items, dispatch.Policy{
		RateLimit: 20, Parallelism: 10, Attempts: 3, MinWait: time.Second, MaxWait: time.Second, Rand: func() float64 { return 0.5 },
	}, nil)
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	for _, result := range report.Results {
		if result.Err != nil {
			shows(t, result.Err)
		}
	}
	return report
}

// refusals is how many API calls were answered 401.
func (a *authority) refusals() int {
	n := 0
	for _, status := range a.calls {
		if status == http.StatusUnauthorized {
			n++
		}
	}
	return n
}

func allSucceeded(t *testing.T, report dispatch.Report) {
	t.Helper()
	for _, result := range report.Results {
		if result.Outcome != dispatch.Succeeded {
			t.Errorf("%d %s: %v", result.Key, result.Outcome, result.Err)
		}
	}
	if report.Stop != nil {
		t.Errorf("stopped: %+v", report.Stop)
	}
}

// The access token is refused in the middle of an apply of 40, earlier than it
// was said to expire: exactly one renewal, no failed step, and all calls went
// through dispatch.
func TestExpiryInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority()
		a.strict, a.latency = true, time.Second
		s := sourceFor(t, direct{a}, login(time.Now()))
		first := s.token(t)
		report := apply(t, a, s, 40, func(n int) {
			if n == 25 {
				a.revoke()
			}
		})
		allSucceeded(t, report)
		if a.asked() != 2 || a.refusals() == 0 || a.refusals() > 10 || len(a.calls) != report.Calls || report.Calls != 40+a.refusals() {
			t.Errorf("%d requests for tokens, %d refusals, %d of %d calls", a.asked(), a.refusals(), len(a.calls), report.Calls)
		}
		if load(t, s.path).AccessToken.Reveal() == first {
			t.Error("the old token is stored")
		}
		if len(s.warned()) > 0 {
			t.Errorf("warned: %+v", s.warned())
		}
	})
}

// Tokens that live shorter than they are said to, over and over.
func TestManyExpiries(t *testing.T) {
	for name, expiry := range map[string]func(map[string]any, int64){
		"told":     nil,
		"not told": func(map[string]any, int64) {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAuthority()
				a.strict, a.latency, a.life, a.expiry = true, 300*time.Millisecond, 5*time.Second, expiry
				s := sourceFor(t, direct{a}, login(time.Now()))
				report := apply(t, a, s, 600, func(int) {})
				allSucceeded(t, report)
				if a.asked() < 6 || a.asked() > 12 || (name == "told") != (a.refusals() == 0) {
					t.Errorf("%d requests for tokens, %d refusals", a.asked(), a.refusals())
				}
			})
		})
	}
}

// A 401 that a new token does not mend, a wrong subscription key say, stops the
// run at the second, and both remedies are named.
func TestRefusedWhateverTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority()
		a.api = respond(401, `{"statusCode":401,"message":"Access denied due to invalid subscription key `+canaryKey+`."}`)
		s := sourceFor(t, direct{a}, login(time.Now()))
		report := apply(t, a, s, 40, func(int) {})
		if report.Stop == nil || report.Stop.Reason != dispatch.StopAccount || a.asked() != 1 {
			t.Fatalf("%d requests, stop %+v", a.asked(), report.Stop)
		}
		for _, want := range []string{"setpoint login", "subscription key"} {
			if !strings.Contains(report.Stop.Err.Error(), want) {
				t.Errorf("%v does not speak of the %s", report.Stop.Err, want)
			}
		}
	})
}

// A 401 about one thermostat only: the others keep accepting each new token.
func TestRefusedForOneThermostat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority()
		a.api = func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/3") {
				w.WriteHeader(401)
			}
		}
		s := sourceFor(t, direct{a}, login(time.Now()))
		report := apply(t, a, s, 400, func(int) {})
		if report.Stop == nil || report.Stop.Reason != dispatch.StopAccount || a.asked() > 4 {
			t.Fatalf("%d requests, stop %+v", a.asked(), report.Stop)
		}
	})
}

func TestLoginRefusedStopsTheRunAtOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		is     error
	}{
		"dead":           {refuse("invalid_grant", ""), errRefused},
		"expired secret": {refuse("invalid_grant", "AADB2C90085"), ErrClientSecret},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAuthority()
				a.script = []http.HandlerFunc{tt.answer}
				s := sourceFor(t, direct{a}, login(time.Now()))
				report := apply(t, a, s, 40, func(int) {})
				var e *provider.Error
				if report.Stop == nil || report.Stop.Reason != dispatch.StopAccount || !errors.As(report.Stop.Err, &e) || !errors.Is(e, tt.is) {
					t.Fatalf("stop %+v", report.Stop)
				}
				if e.Device.ModuleID != "0" || e.Op != "set status" || a.asked() != 1 || len(a.calls) != 0 || report.Calls != 0 {
					t.Errorf("%d requests, %d calls: %v", a.asked(), len(a.calls), e)
				}
			})
		})
	}
}

// Trouble of the login service is that of the run, not of each thermostat: a few
// tries for all, and none of them is a call.
func TestTroubleOfTheLoginServiceIsTriedOnceForAll(t *testing.T) {
	for name, refusedFirst := range map[string]bool{"expired": false, "refused by the cloud": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAuthority()
				a.strict, a.latency = true, 310*time.Millisecond // calls start every 50 ms: none just when an answer comes
				s := sourceFor(t, direct{a}, login(time.Now()))
				if refusedFirst {
					s.Accepted(provider.NewSecret(s.token(t)))
					a.revoke()
				}
				before := a.asked()
				for range 20 {
					a.script = append(a.script, respond(500, "<html>"))
				}
				report := apply(t, a, s, 40, func(int) {})
				if report.Stop == nil || report.Stop.Reason != dispatch.StopLogin || a.asked()-before != 3 {
					t.Errorf("%d requests for tokens, stop %+v", a.asked()-before, report.Stop)
				}
				if report.Calls != len(a.calls) || !refusedFirst && len(a.calls) > 0 || len(a.calls) > 10 {
					t.Errorf("%d calls told, %d made", report.Calls, len(a.calls))
				}
				for _, result := range report.Results {
					if result.Attempts > 1 || result.MayHaveLanded || (result.Attempts == 0) != (result.Outcome == dispatch.NotAttempted) {
						t.Errorf("%+v", result)
					}
				}
			})
		})
	}
}

// A rate limit of the login service pauses the run, and nothing fails.
func TestRateLimitOfTheLoginServiceInARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority()
		a.script = []http.HandlerFunc{respond(429, "", "Retry-After", "30"), respond(503, "")}
		s := sourceFor(t, direct{a}, login(time.Now()))
		start := time.Now()
		report := apply(t, a, s, 40, func(int) {})
		allSucceeded(t, report)
		if a.asked() != 3 || a.refusals() != 0 || time.Since(start) < 30*time.Second {
			t.Errorf("%d requests in %s", a.asked(), time.Since(start))
		}
	})
}
