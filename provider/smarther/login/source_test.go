package login

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

func TestOneRenewalForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority()
		a.strict, a.latency = true, time.Second
		s := sourceFor(t, direct{a}, login(time.Now()))
		var wait sync.WaitGroup
		for range 50 {
			wait.Go(func() {
				if got := s.token(t); got != "access-canary-1._~+/=" {
					t.Errorf("token %q", got)
				}
			})
		}
		wait.Wait()
		if a.asked() != 1 {
			t.Errorf("%d requests", a.asked())
		}
		file := load(t, s.path)
		if file.RefreshToken.Reveal() != refreshToken(1) || file.PreviousRefreshToken.Reveal() != refreshToken(0) || file.AccessToken.Reveal() != "access-canary-1._~+/=" {
			t.Error("the new tokens are not what is stored")
		}
		if !file.Expires.Equal(time.Now().Add(time.Hour)) || !file.Refreshed.Equal(time.Now()) || file.SubscriptionKey.Reveal() != canaryKey || file.ReplyURL != replyURL {
			t.Errorf("stored: %+v", file)
		}
	})
}

func TestRenewsShortlyBeforeTheEnd(t *testing.T) {
	for life, margin := range map[time.Duration]time.Duration{
		time.Hour: time.Minute, 5 * time.Minute: 30 * time.Second, 10 * time.Second: time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			a := newAuthority()
			a.life = life
			s := sourceFor(t, direct{a}, login(time.Now()))
			first := s.token(t)
			time.Sleep(life - margin - time.Millisecond)
			if s.token(t) != first || a.asked() != 1 {
				t.Errorf("life %s: renewed too early", life)
			}
			time.Sleep(time.Millisecond)
			if s.token(t) == first || a.asked() != 2 {
				t.Errorf("life %s: not renewed %s before its end", life, margin)
			}
		})
	}
}

func TestTroubleShortlyBeforeTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority()
		s := sourceFor(t, direct{a}, login(time.Now()))
		first := s.token(t)
		time.Sleep(time.Hour - 30*time.Second)
		for range 9 {
			a.script = append(a.script, respond(503, ""))
		}
		for range 20 { // it still lives, and the service is asked every ten seconds
			if s.token(t) != first {
				t.Fatal("another token")
			}
			time.Sleep(time.Second)
		}
		if a.asked() != 1+2 {
			t.Errorf("%d requests", a.asked())
		}
		time.Sleep(10 * time.Second)
		if _, err := s.Token(t.Context()); kind(t, err) != provider.KindServer {
			t.Errorf("at its end: %v", err)
		}
	})
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority()
		s := sourceFor(t, direct{a}, login(time.Now()))
		refused := func(token string, want bool, asked int) {
			t.Helper()
			again, err := s.Refused(t.Context(), provider.NewSecret(token))
			if err != nil || again != want || a.asked() != asked {
				t.Errorf("again %t, %v, %d requests", again, err, a.asked())
			}
		}
		first := s.token(t)
		refused(first, false, 1) // fresh, and never accepted
		s.Accepted(provider.NewSecret(first))
		refused(first, true, 2)
		refused(first, true, 2) // replaced already
		refused(s.token(t), false, 2)
		s.Accepted(provider.NewSecret(first)) // that one does not count for the other
		refused(s.token(t), false, 2)
	})
}

func TestRateLimitOfTheLoginService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority()
		a.script = []http.HandlerFunc{respond(429, `{"message":"Rate limit is exceeded. Try again in 7 seconds."}`)}
		s := sourceFor(t, direct{a}, login(time.Now()))
		for _, want := range []time.Duration{7 * time.Second, 6 * time.Second} { // the second does not ask
			_, err := s.Token(t.Context())
			var e *provider.Error
			if !errors.As(err, &e) || e.Kind != provider.KindRateLimited || e.RetryAfter != want || e.StatusCode != 429 {
				t.Errorf("%#v", err)
			}
			time.Sleep(time.Second)
		}
		if a.asked() != 1 {
			t.Errorf("%d requests", a.asked())
		}
		time.Sleep(5 * time.Second)
		s.token(t)
	})
}

func kind(t testing.TB, err error) provider.Kind {
	t.Helper()
	var e *provider.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *provider.Error", err)
	}
	return e.Kind
}

func TestRefusals(t *testing.T) {
	person := provider.KindUnauthorized
	for name, tt := range map[string]struct {
		answer  http.HandlerFunc
		kind    provider.Kind
		is      error // where a person must act
		says    string
		another int // requests until the refusal is told: the previous refresh token too
	}{
		"dead refresh token":    {refuse("invalid_grant", "AADB2C90080: expired"), person, errRefused, "setpoint login", 2},
		"expired secret":        {refuse("invalid_grant", "AADB2C90085: The service has encountered an internal error."), person, ErrClientSecret, "developer portal", 1},
		"expired secret, 500":   {respond(500, `{"error":"server_error","error_description":"AADB2C90085"}`), person, ErrClientSecret, "setpoint login", 1},
		"wrong secret":          {respond(401, `{"error":"invalid_client"}`), person, ErrClientSecret, "developer portal", 1},
		"unknown refusal":       {respond(404, `{"message":"no such place"}`), person, nil, "no such place", 1},
		"redirect":              {respond(307, "", "Location", "https://example.com/"), person, nil, "redirects", 1},
		"odd redirect":          {respond(302, "", "Location", "://"), person, nil, "redirects", 1},
		"trouble":               {respond(502, "<html>bad gateway</html>"), provider.KindServer, nil, "trouble", 1},
		"slow":                  {respond(408, ""), provider.KindServer, nil, "trouble", 1},
		"for now":               {respond(400, `{"error":"temporarily_unavailable"}`), provider.KindServer, nil, "trouble", 1},
		"HTML":                  {respond(200, "<html>log in to this wireless network</html>"), provider.KindServer, nil, "no access token", 1},
		"nothing":               {respond(200, ""), provider.KindServer, nil, "no access token", 1},
		"no token":              {respond(200, `{"refresh_token":"canary"}`), provider.KindServer, nil, "no access token", 1},
		"unusable token":        {respond(200, `{"access_token":"canary\n"}`), provider.KindServer, nil, "no access token", 1},
		"no token, as text":     {respond(200, "refresh_token: canary"), provider.KindServer, nil, "no access token", 1},
		"refusal with a token":  {respond(200, `{"error":"invalid_grant","access_token":"canary"}`), person, errRefused, "setpoint login", 2},
		"refusal with a 200":    {respond(200, `{"error":"invalid_grant"}`), person, errRefused, "setpoint login", 2},
		"rate limit, no time":   {respond(429, ""), provider.KindRateLimited, nil, "too many", 1},
		"rate limit, a header":  {respond(429, "", "Retry-After", "1"), provider.KindRateLimited, nil, "too many", 1},
		"far too long an error": {respond(400, strings.Repeat("x", maxAnswer+1)), person, nil, "refuses", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAuthority()
				a.script = []http.HandlerFunc{tt.answer, tt.answer}
				c := login(time.Now())
				c.PreviousRefreshToken = provider.NewSecret("refresh-canary-previous")
				s := sourceFor(t, direct{a}, c)
				_, err := s.Token(t.Context())
				var e *provider.Error
				if !errors.As(err, &e) || e.Kind != tt.kind || e.LoginRefused != (tt.kind == person) || e.MayHaveLanded {
					t.Fatalf("%#v", err)
				}
				if tt.is != nil && !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.says) || a.asked() != tt.another {
					t.Errorf("%d requests: %v", a.asked(), err)
				}
				shows(t, err, e, s.Facts(time.Now()))
				if tt.kind != person {
					return
				}
				if _, again := s.Token(t.Context()); again == nil || again.Error() != err.Error() || a.asked() != tt.another {
					t.Errorf("asked again, %d requests: %v", a.asked(), again)
				}
				if worst := s.Facts(time.Now()).Findings; worst[len(worst)-1].Severity != SeverityNow {
					t.Errorf("findings %+v", worst)
				}
				// A person logs in: that is noticed without a restart.
				a.script = nil
				if err := s.store.Save(t.Context(), login(time.Now())); err != nil {
					t.Fatal(err)
				}
				s.token(t)
			})
		})
	}
}

func TestPreviousRefreshToken(t *testing.T) {
	a := newAuthority()
	c := login(time.Now())
	c.RefreshToken, c.PreviousRefreshToken = provider.NewSecret("refresh-canary-lost"), c.RefreshToken
	s := sourceFor(t, direct{a}, c)
	s.token(t)
	file := load(t, s.path)
	if a.asked() != 2 || file.RefreshToken.Reveal() != refreshToken(1) || file.PreviousRefreshToken.Reveal() != refreshToken(0) {
		t.Errorf("%d requests", a.asked())
	}
}

func TestNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority()
		a.latency = time.Hour
		s := sourceFor(t, direct{a}, login(time.Now()))
		start := time.Now()
		_, err := s.Token(t.Context())
		if kind(t, err) != provider.KindInterrupted || time.Since(start) != timeout || !strings.Contains(err.Error(), "10s") {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

func TestServiceIsNotThere(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	service, err := NewService(Options{TokenURL: server.URL, Timeout: timeout, UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	_, failed := service.refresh(t.Context(), login(time.Now()), provider.NewSecret(refreshToken(0)))
	if failed.Kind != provider.KindUnreachable || !strings.Contains(failed.Error(), "not reached") {
		t.Errorf("%v", failed)
	}
	shows(t, failed, failed)
}

// A renewal that has begun is finished, though whoever wanted it gave up.
func TestRenewalOutlivesItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority()
		a.strict, a.latency = true, 3*time.Second
		s := sourceFor(t, direct{a}, login(time.Now()))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Token(ctx); kind(t, err) != provider.KindCanceled {
			t.Errorf("%v", err)
		}
		if err := s.Close(ctx); err == nil || !strings.Contains(err.Error(), "setpoint login") {
			t.Errorf("what may be lost is not told: %v", err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if file := load(t, s.path); file.RefreshToken.Reveal() != refreshToken(1) {
			t.Error("the new refresh token is lost")
		}
	})
}

func TestLoggedOutMeanwhile(t *testing.T) {
	a := newAuthority()
	s := sourceFor(t, direct{a}, login(time.Now()))
	if err := s.store.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(t.Context()); !errors.Is(err, ErrNoFile) || !strings.Contains(err.Error(), "setpoint login") || a.asked() != 0 {
		t.Errorf("%v", err)
	}
	if _, err := s.store.Load(); !errors.Is(err, ErrNoFile) {
		t.Errorf("it came back: %v", err)
	}
}

func TestLife(t *testing.T) {
	for name, tt := range map[string]struct {
		expiry func(body map[string]any, life int64)
		want   time.Duration
	}{
		"number":         {func(b map[string]any, life int64) { b["expires_in"] = life }, 20 * time.Minute},
		"string":         {func(b map[string]any, life int64) { b["expires_in"] = "1200" }, 20 * time.Minute},
		"decimals":       {func(b map[string]any, life int64) { b["expires_in"] = "1200.0" }, 20 * time.Minute},
		"missing":        {func(map[string]any, int64) {}, time.Hour},
		"null":           {func(b map[string]any, _ int64) { b["expires_in"] = nil }, time.Hour},
		"empty":          {func(b map[string]any, _ int64) { b["expires_in"] = "" }, time.Hour},
		"nonsense":       {func(b map[string]any, _ int64) { b["expires_in"] = []string{"soon"} }, time.Hour},
		"not a number":   {func(b map[string]any, _ int64) { b["expires_in"] = "NaN" }, time.Hour},
		"negative":       {func(b map[string]any, _ int64) { b["expires_in"] = -5 }, time.Hour},
		"far too long":   {func(b map[string]any, _ int64) { b["expires_in"] = "1e300" }, 24 * time.Hour},
		"instant":        {func(b map[string]any, life int64) { b["expires_on"] = time.Now().Unix() + life }, 20 * time.Minute},
		"instant, text":  {func(b map[string]any, _ int64) { b["expires_on"] = "946685800" }, 1000 * time.Second}, // the bubble's clock starts at 946684800
		"interval":       {func(b map[string]any, _ int64) { b["not_before"], b["expires_on"] = "5000", 5600 }, 10 * time.Minute},
		"instant passed": {func(b map[string]any, _ int64) { b["expires_on"] = 5 }, time.Hour},
		"both":           {func(b map[string]any, _ int64) { b["expires_in"], b["expires_on"] = "60", 5 }, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAuthority()
				a.life, a.expiry = 20*time.Minute, tt.expiry
				s := sourceFor(t, direct{a}, login(time.Now()))
				s.token(t)
				if got := time.Until(load(t, s.path).Expires); got != tt.want {
					t.Errorf("life %s, want %s", got, tt.want)
				}
			})
		})
	}
}

// An instant is compared with the service's own clock.
func TestLifeByTheServicesClock(t *testing.T) {
	h := http.Header{"Date": {"Mon, 23 Nov 2026 04:00:00 GMT"}}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		t.Fatal(err)
	}
	said := answer{ExpiresOn: exchange.Text(strconv.FormatInt(date.Add(25*time.Minute).Unix(), 10))}
	if got := said.life(h, date.Add(-time.Hour)); got != 25*time.Minute {
		t.Errorf("life %s", got)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(`{"access_token":"a","expires_in":"3600"}`, "Mon, 23 Nov 2026 00:00:00 GMT")
	f.Add(`{"access_token":1e400,"expires_on":9e99,"not_before":-1}`, "")
	f.Add(`[`, "x")
	f.Fuzz(func(t *testing.T, body, date string) {
		a := newAuthority()
		a.script = []http.HandlerFunc{respond(200, body, "Date", date)}
		start := time.Now()
		c, failed := serviceOf(t, direct{a}).refresh(t.Context(), login(start), provider.NewSecret(refreshToken(0)))
		if failed == nil && (c.AccessToken.IsZero() || c.RefreshToken.IsZero() || !c.Expires.After(start) || c.Expires.After(time.Now().Add(longestLife))) {
			t.Errorf("%q became %+v", body, c)
		}
		if failed != nil {
			shows(t, failed, failed)
		}
	})
}
