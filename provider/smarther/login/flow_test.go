package login

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/provider"
)

const canaryState = "state-canary"

func state() provider.Secret { return provider.NewSecret(canaryState) }

func flowFor(t testing.TB, a *authority, reply string) *Flow {
	t.Helper()
	f, err := serviceOf(t, direct{a}).Flow(Credentials{
		ClientID: clientID, ClientSecret: provider.NewSecret(canarySecret), ReplyURL: reply, SubscriptionKey: provider.NewSecret(canaryKey),
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestServiceOptions(t *testing.T) {
	_, err := NewService(Options{AuthorizeURL: "http://example.com/authorize", TokenURL: "https://user:canary@example.com", UserAgent: "a\nb"})
	for _, want := range []string{"in the clear", "no user or password", "time-out", `"a\nb"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not speak of %s", err, want)
		}
	}
	s, err := NewService(Options{Timeout: timeout, UserAgent: "test"})
	if err != nil || s.authorizeURL != defaultAuthorizeURL || s.tokenURL != defaultTokenURL {
		t.Errorf("%+v %v", s, err)
	}
}

func TestAuthorizeURL(t *testing.T) {
	f := flowFor(t, newAuthority(), replyURL)
	one, two := NewState(), NewState()
	u, err := url.Parse(f.AuthorizeURL(one))
	if err != nil || one.Reveal() == two.Reveal() || len(one.Reveal()) < 20 {
		t.Fatalf("%v", err)
	}
	q := u.Query()
	if !strings.HasPrefix(u.String(), "http://127.0.0.1:1/authorize?") || len(q) != 4 || q.Get("client_id") != clientID ||
		q.Get("response_type") != "code" || q.Get("redirect_uri") != replyURL || q.Get("state") != one.Reveal() {
		t.Errorf("%s", u)
	}
}

func TestFlowReportsEverything(t *testing.T) {
	_, err := serviceOf(t, nil).Flow(Credentials{ClientID: "a b", ReplyURL: "localhost/cb", SubscriptionKey: provider.NewSecret("key\n")})
	for _, want := range []string{"client id holds", "client secret is missing", "reply URL is not", "subscription key holds"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not speak of %s", err, want)
		}
	}
}

func TestExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority()
		f := flowFor(t, a, replyURL)
		c, err := f.Exchange(t.Context(), provider.NewSecret(canaryCode))
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		if c.AccessToken.Reveal() != "access-canary-1._~+/=" || c.RefreshToken.Reveal() != refreshToken(1) || !c.LoggedIn.Equal(now) || !c.Refreshed.Equal(now) ||
			!c.Expires.Equal(now.Add(time.Hour)) || c.SubscriptionKey.Reveal() != canaryKey || c.ReplyURL != replyURL || c.ClientSecret.Reveal() != canarySecret {
			t.Errorf("%+v", c)
		}
		for name, tt := range map[string]struct {
			answer http.HandlerFunc
			is     error
		}{
			"used code":      {nil, errRefused},
			"expired secret": {refuse("invalid_client", "AADB2C90085 "+canarySecret), ErrClientSecret},
		} {
			a.script = []http.HandlerFunc{tt.answer}
			_, err := f.Exchange(t.Context(), provider.NewSecret("canary-used"))
			var e *provider.Error
			if !errors.As(err, &e) || !errors.Is(err, tt.is) || !e.LoginRefused || !strings.HasPrefix(err.Error(), "log in: not authorized") || !strings.Contains(err.Error(), "setpoint login") {
				t.Errorf("%s: %v", name, err)
			}
			shows(t, err, e, f, *f)
		}
	})
}

func TestParseReply(t *testing.T) {
	const reply = "https://example.com/reply?app=1"
	f := flowFor(t, newAuthority(), reply)
	good := "code=" + url.QueryEscape(canaryCode) + "&state=" + canaryState
	for pasted, want := range map[string]error{
		reply + "&" + good:                  nil,
		" '" + reply + "&" + good + "'\n":   nil,
		"https://example.com/reply?" + good: nil,
		"?" + good:                          nil,
		good:                                nil,

		canaryCode: ErrReply,
		"hello":    ErrReply,

		"code=" + canaryCode:                                                    ErrState,
		"code=" + canaryCode + "&state=":                                        ErrState,
		"code=" + canaryCode + "&state=state-canarx":                            ErrState,
		"code=" + canaryCode + "&state=" + canaryState + "x":                    ErrState,
		"https://example.com/other?" + good:                                     ErrReply,
		"https://evil.example/reply?" + good:                                    ErrReply,
		"http://example.com/reply?" + good:                                      ErrReply,
		"https://example.com:444/reply?" + good:                                 ErrReply,
		"https://exam ple.com/reply?" + good:                                    ErrReply,
		"https://example.com/reply?state=" + canaryState:                        ErrReply,
		"code=%zz&state=" + canaryState:                                         ErrReply,
		"code=can+ary&state=" + canaryState:                                     ErrReply,
		"":                                                                      ErrReply,
		"a canary with spaces":                                                  ErrReply,
		"code=" + strings.Repeat("c", maxCode):                                  ErrReply,
		"error=access_denied&state=" + canaryState:                              ErrConsent,
		"error=access_denied&code=x&state=" + canaryState:                       ErrConsent,
		"error=access_denied&state=other":                                       ErrState,
		"error=server_error&error_description=AADB2C90085&state=" + canaryState: ErrClientSecret,
	} {
		code, err := f.ParseReply(pasted, state())
		if !errors.Is(err, want) || (want == nil) != (code.Reveal() == canaryCode) {
			t.Errorf("%q gives %q, %v", pasted, code.Reveal(), err)
		}
		if err != nil {
			shows(t, err)
		}
	}
	_, err := f.ParseReply("error=access_denied&error_description=AADB2C90091%3A+The+user+cancelled%0D%0A"+canaryState+"&state="+canaryState, state())
	if err == nil || !strings.Contains(err.Error(), "access_denied: AADB2C90091: The user cancelled (sensitive value)") {
		t.Errorf("%v", err)
	}
	for _, nobody := range []provider.Secret{{}, provider.NewSecret("")} {
		if _, err := f.ParseReply("code=x&state=", nobody); !errors.Is(err, ErrState) {
			t.Errorf("without a state anything fits: %v", err)
		}
	}
}

func FuzzParseReply(f *testing.F) {
	flow := flowFor(f, newAuthority(), replyURL)
	f.Add(replyURL + "?code=" + canaryCode + "&state=" + canaryState)
	f.Add("error=access_denied&state=" + canaryState)
	f.Add("%41%")
	f.Fuzz(func(t *testing.T, pasted string) {
		code, err := flow.ParseReply(pasted, state())
		if (err == nil) == code.IsZero() || err != nil && !errors.Is(err, ErrReply) && !errors.Is(err, ErrState) && !errors.Is(err, ErrConsent) {
			t.Errorf("%q gives %q, %v", pasted, code.Reveal(), err)
		}
		if err == nil && strings.Contains(pasted, "state=") && strings.Contains(pasted, "://") && !strings.Contains(pasted, canaryState) && !strings.Contains(pasted, "%") {
			t.Errorf("%q passed", pasted)
		}
	})
}

// freePort is a port that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// visit is what a browser gets.
func visit(t *testing.T, method, address string) (status int, page string, h http.Header) {
	t.Helper()
	r, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body), resp.Header
}

func TestListener(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "localhost"} {
		for query, want := range map[string]error{
			"code=" + url.QueryEscape(canaryCode) + "&state=" + canaryState:    nil,
			"error=access_denied&error_description=<b>no&state=" + canaryState: ErrConsent,
			"code=&state=" + canaryState:                                       ErrReply,
		} {
			t.Run(host, func(t *testing.T) {
				reply := "http://" + host + ":" + freePort(t) + "/callback"
				l, err := flowFor(t, newAuthority(), reply).Listen()
				if err != nil {
					t.Fatal(err)
				}
				type result struct {
					code provider.Secret
					err  error
				}
				results := make(chan result, 1)
				go func() {
					code, err := l.Wait(t.Context(), state(), func() {})
					results <- result{code, err}
				}()
				elsewhere := strings.TrimSuffix(reply, "/callback")
				for _, other := range []struct{ method, address string }{
					{"GET", elsewhere + "/favicon.ico"}, {"GET", reply}, {"GET", elsewhere + "/callback/?" + query}, {"POST", reply + "?" + query}, {"HEAD", reply + "?" + query},
				} {
					if status, _, _ := visit(t, other.method, other.address); status != http.StatusNotFound {
						t.Errorf("%s %s: %d", other.method, other.address, status)
					}
				}
				status, page, h := visit(t, "GET", reply+"?"+query)
				if (status == 200) != (want == nil) || !strings.Contains(page, "You can close this window.") || strings.Contains(page, "<b>") || h.Get("Cache-Control") != "no-store" {
					t.Errorf("%d %q", status, page)
				}
				got := <-results
				if !errors.Is(got.err, want) || (want == nil) != (got.code.Reveal() == canaryCode) {
					t.Errorf("%v", got.err)
				}
				shows(t, page, h, l)
				if got.err != nil {
					shows(t, got.err)
				}
				if again, err := net.Listen("tcp", "127.0.0.1:"+l.flow.reply.Port()); err != nil {
					t.Errorf("the port is not given back: %v", err)
				} else {
					again.Close()
				}
			})
		}
	}
}

// A reply with another state is turned away, and the wait goes on; so many, and it ends.
func TestListenerTurnsForeignRepliesAway(t *testing.T) {
	for name, foreign := range map[string]int{"some": mostForeign - 1, "too many": mostForeign} {
		t.Run(name, func(t *testing.T) {
			reply := "http://127.0.0.1:" + freePort(t) + "/callback"
			l, err := flowFor(t, newAuthority(), reply).Listen()
			if err != nil {
				t.Fatal(err)
			}
			told := 0
			ended := make(chan error, 1)
			go func() {
				code, err := l.Wait(t.Context(), state(), func() { told++ })
				if err == nil && code.Reveal() != canaryCode {
					err = errors.New("another code")
				}
				ended <- err
			}()
			for n := range foreign {
				query := "?code=x&state=canary"
				if n%2 == 0 {
					query = "?error=access_denied"
				}
				if status, page, _ := visit(t, "GET", reply+query); status != http.StatusBadRequest || !strings.Contains(page, "another login") {
					t.Errorf("%d %q", status, page)
				}
			}
			if foreign == mostForeign {
				if err := <-ended; !errors.Is(err, ErrState) || told != foreign-1 {
					t.Errorf("%d told, %v", told, err)
				}
				return
			}
			visit(t, "GET", reply+"?code="+url.QueryEscape(canaryCode)+"&state="+canaryState)
			if err := <-ended; err != nil || told > foreign {
				t.Errorf("%d told, %v", told, err)
			}
		})
	}
}

// Another site's page that leads to the listener under a name of its own is no reply.
func TestListenerKnowsItsName(t *testing.T) {
	port := freePort(t)
	l, err := flowFor(t, newAuthority(), "http://127.0.0.1:"+port).Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := l.Wait(ctx, state(), func() {})
		ended <- err
	}()
	if status, _, _ := visit(t, "GET", "http://localhost:"+port+"/?code=x&state="+canaryState); status != http.StatusNotFound {
		t.Errorf("status %d", status)
	}
	interrupted := errors.New("interrupted")
	cancel(interrupted)
	if err := <-ended; !errors.Is(err, interrupted) {
		t.Errorf("%v", err)
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	for reply, can := range map[string]bool{
		"http://127.0.0.1:8123/x": true, "http://localhost:8123": true, "http://[::1]:8123/": true,
		"https://localhost:8123/": false, "http://0.0.0.0:8123/": false, "http://192.168.1.2:8123/": false, "https://example.com/reply": false,
	} {
		f := flowFor(t, newAuthority(), reply)
		if f.CanListen() != can {
			t.Errorf("%s: %t", reply, f.CanListen())
		}
		if can {
			continue
		}
		if _, err := f.Listen(); err == nil || !strings.Contains(err.Error(), "paste") {
			t.Errorf("%s: %v", reply, err)
		}
	}
	f := flowFor(t, newAuthority(), "http://localhost:"+freePort(t))
	l, err := f.Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, socket := range l.sockets {
		if host, _, err := net.SplitHostPort(socket.Addr().String()); err != nil || !net.ParseIP(host).IsLoopback() {
			t.Errorf("listens on %s", socket.Addr())
		}
	}
	if _, err := f.Listen(); err == nil || !strings.Contains(err.Error(), "Paste") || !strings.Contains(err.Error(), f.reply.Port()) {
		t.Errorf("a port that is taken: %v", err)
	}
	// Whoever holds half of localhost could get the reply.
	half, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	_, port, err := net.SplitHostPort(half.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if l, err := flowFor(t, newAuthority(), "http://localhost:"+port).Listen(); err == nil {
		t.Errorf("listens on half of localhost: %v", l.sockets)
	}
}
