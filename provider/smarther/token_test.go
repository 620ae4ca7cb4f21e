package smarther

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"setpoint/provider"
)

// tokens is a TokenSource by the book of a test.
type tokens struct {
	token    string
	fails    error
	renewed  bool
	renewing error
	told     []string
}

func (s *tokens) Token(ctx context.Context) (provider.Secret, error) {
	if errors.Is(s.fails, context.Canceled) {
		<-ctx.Done()
	}
	return provider.NewSecret(s.token), s.fails
}

func (s *tokens) Refused(_ context.Context, token provider.Secret) (bool, error) {
	s.told = append(s.told, "refused "+token.Reveal())
	return s.renewed, s.renewing
}

func (s *tokens) Accepted(token provider.Secret) {
	s.told = append(s.told, "accepted "+token.Reveal())
}

// withTokens starts a cloud that answers one status and echoes the token.
func withTokens(t *testing.T, status int, s *tokens) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"message":"about `+r.Header.Get("Authorization")+`"}`)
	}))
	t.Cleanup(server.Close)
	o := options(server.URL)
	o.AccessToken, o.Tokens = provider.Secret{}, s
	return newClient(t, o)
}

func TestTokensAreToldWhatBecameOfThem(t *testing.T) {
	for status, want := range map[int][]string{
		200: {"accepted canary-token-1"}, 204: {"accepted canary-token-1"}, 401: {"refused canary-token-1"},
		400: nil, 403: nil, 404: nil, 429: nil, 500: nil, 302: nil,
	} {
		s := &tokens{token: "canary-token-1"}
		c := withTokens(t, status, s)
		_ = c.Set(t.Context(), device(), manual()) // other tests look at the errors
		if !slices.Equal(s.told, want) {
			t.Errorf("%d: %q", status, s.told)
		}
	}
}

func TestEachCallHasItsToken(t *testing.T) {
	s := &tokens{}
	c := withTokens(t, 400, s)
	for n := range 3 {
		s.token = fmt.Sprintf("canary-token-%d", n)
		e := attempt(t, t.Context(), c, true)
		if e.Message != "about Bearer (sensitive value)" {
			t.Errorf("the cloud was sent, or the error shows, another token: %q", e.Message)
		}
		checkShown(t, e)
	}
}

func TestRefusedToken(t *testing.T) {
	refused := &provider.Error{Kind: provider.KindUnauthorized, StatusCode: 400, LoginRefused: true, Op: "x", Err: errors.New("dead"), Remedy: "Log in."}
	for name, tt := range map[string]struct {
		renewed bool
		err     error
		want    provider.Error
	}{
		"renewed":     {true, nil, provider.Error{Kind: provider.KindUnauthorized, StatusCode: 401, Renewed: true}},
		"not renewed": {false, nil, provider.Error{Kind: provider.KindUnauthorized, StatusCode: 401}},
		"login dead":  {false, fmt.Errorf("wrapped: %w", refused), provider.Error{Kind: provider.KindUnauthorized, StatusCode: 400, LoginRefused: true}},
		"slow down":   {false, &provider.Error{Kind: provider.KindRateLimited, StatusCode: 429, RetryAfter: time.Second}, provider.Error{Kind: provider.KindRateLimited, StatusCode: 429, RetryAfter: time.Second}},
		"unknown":     {false, errors.New("canary-token-1"), provider.Error{Kind: provider.KindUnreachable}},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, withTokens(t, 401, &tokens{token: "canary-token-1", renewed: tt.renewed, renewing: tt.err}), func(t *testing.T, e *provider.Error, _ bool) {
				got := provider.Error{Kind: e.Kind, StatusCode: e.StatusCode, RetryAfter: e.RetryAfter, Renewed: e.Renewed, LoginRefused: e.LoginRefused}
				if got != tt.want || e.MayHaveLanded {
					t.Errorf("%#v", e)
				}
				if tt.err == nil && (!strings.Contains(e.Remedy, "setpoint login") || !strings.Contains(e.Remedy, "subscription key")) {
					t.Errorf("remedy %q", e.Remedy)
				}
				checkShown(t, e)
			})
		})
	}
	if refused.Op != "x" || refused.Device != (provider.Device{}) {
		t.Errorf("the source's own error was changed: %+v", refused)
	}
}

// What the answer speaks of is looked at first.
func TestRemedyOfA401(t *testing.T) {
	for message, first := range map[string]string{
		"Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.": "Compare the subscription key",
		"Access denied due to missing Subscription Key.":                                                              "Compare the subscription key",
		"The token is expired.": "Log in again",
		"":                      "Log in again",
	} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprintf(w, `{"statusCode":401,"message":%q}`, message)
		})
		e := attempt(t, t.Context(), c, true)
		if !strings.HasPrefix(e.Remedy, first) || !strings.Contains(e.Remedy, "setpoint login") || !strings.Contains(e.Remedy, "subscription key") {
			t.Errorf("%q: %s", message, e.Remedy)
		}
	}
}

// Without a token nothing is sent.
func TestNoToken(t *testing.T) {
	limited := &provider.Error{Kind: provider.KindRateLimited, RetryAfter: time.Second}
	both(t, withTokens(t, 500, &tokens{fails: limited}), func(t *testing.T, e *provider.Error, _ bool) {
		if e.Kind != provider.KindRateLimited || e.RetryAfter != time.Second || e.MayHaveLanded {
			t.Errorf("%#v", e)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := attempt(t, ctx, withTokens(t, 500, &tokens{fails: context.Canceled}), true)
	if e.Kind != provider.KindCanceled || e.MayHaveLanded || !errors.Is(e, context.Canceled) {
		t.Errorf("%#v", e)
	}
}

func TestTokensGoBeforeTheAccessToken(t *testing.T) {
	s := &tokens{token: "canary-token-1"}
	c := withTokens(t, 200, s)
	if err := c.Set(t.Context(), device(), manual()); err != nil || len(s.told) != 1 {
		t.Errorf("%v %q", err, s.told)
	}
	o := options(provider.DefaultEndpoint)
	o.AccessToken = provider.Secret{}
	if _, err := New(o); err == nil {
		t.Error("neither is a token")
	}
}
