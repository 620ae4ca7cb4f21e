package login

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"setpoint/internal/durable"
	"setpoint/provider"
)

// Credentials with characters that URLs, JSON and quotes escape.
const (
	canarySecret = `s3cret-canary."<&>~$'\+/=`
	canaryKey    = `0123456789abcdefKEY0canary/+`
	canaryCode   = `code-canary.~+/=`
	clientID     = "0f1e2d3c-client-9876"
	replyURL     = "http://127.0.0.1:8123/callback"
)

// authority is a login service with an API behind it, for tests.
type authority struct {
	strict  bool                                  // a used refresh token is dead
	life    time.Duration                         // of an access token; 0 is an hour
	expiry  func(body map[string]any, life int64) // how the answer tells the life; nil is expires_in
	latency time.Duration
	script  []http.HandlerFunc // answers the first token requests
	api     http.HandlerFunc   // answers an API call whose token is good; nil is 200

	mu       sync.Mutex
	family   int             // refresh tokens given
	alive    map[string]bool // refresh tokens that work
	access   map[string]time.Time
	requests []url.Values // to the token endpoint
	calls    []int        // the status of every API call
}

func newAuthority() *authority {
	return &authority{alive: map[string]bool{refreshToken(0): true}, access: map[string]time.Time{}}
}

func refreshToken(n int) string { return fmt.Sprintf(`refresh-canary-%d."<&>~\+/=`, n) }

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.latency > 0 {
		select {
		case <-time.After(a.latency):
		case <-r.Context().Done():
			return
		}
	}
	if r.URL.Path == "/token" {
		a.token(w, r)
		return
	}
	a.call(w, r)
}

func (a *authority) call(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	answer := httptest.NewRecorder()
	if until, ok := a.access[token]; !ok || !time.Now().Before(until) {
		answer.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprintf(answer, `{"message":"token %s expired","code":11}`, token)
	} else if a.api != nil {
		a.api(answer, r)
	}
	a.calls = append(a.calls, answer.Code)
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (a *authority) token(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		panic(err)
	}
	a.requests = append(a.requests, r.PostForm)
	if len(a.script) > 0 {
		answer := a.script[0]
		a.script = a.script[1:]
		if answer != nil {
			answer(w, r)
			return
		}
	}
	form := r.PostForm
	switch {
	case form.Get("client_id") != clientID || form.Get("client_secret") != canarySecret:
		refuse("invalid_client", "AADB2C90081: wrong "+form.Get("client_secret"))(w, r)
	case form.Get("grant_type") == "authorization_code" && form.Get("code") == canaryCode && form.Get("redirect_uri") == replyURL:
		a.give(w)
	case form.Get("grant_type") == "refresh_token" && a.alive[form.Get("refresh_token")]:
		if a.strict {
			delete(a.alive, form.Get("refresh_token"))
		}
		a.give(w)
	default:
		refuse("invalid_grant", "AADB2C90080: the grant "+form.Get("refresh_token")+form.Get("code")+" is dead")(w, r)
	}
}

// give answers with new tokens.
func (a *authority) give(w http.ResponseWriter) {
	life := a.life
	if life == 0 {
		life = time.Hour
	}
	a.family++
	a.alive[refreshToken(a.family)] = true
	access := fmt.Sprintf("access-canary-%d._~+/=", a.family)
	a.access[access] = time.Now().Add(life)
	body := map[string]any{"access_token": access, "refresh_token": refreshToken(a.family), "token_type": "Bearer"}
	if a.expiry == nil {
		body["expires_in"] = int64(life / time.Second)
	} else {
		a.expiry(body, int64(life/time.Second))
	}
	w.Header().Set("Content-Type", "text/plain") // which must not matter
	_ = json.NewEncoder(w).Encode(body)
}

// revoke ends every access token.
func (a *authority) revoke() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.access)
}

func (a *authority) asked() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.requests)
}

func refuse(code, description string) http.HandlerFunc {
	return respond(http.StatusBadRequest, fmt.Sprintf(`{"error":%q,"error_description":%q}`, code, description))
}

func respond(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// direct carries requests to a handler without a network, so that it works in a bubble.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

const timeout = 10 * time.Second

func serviceOf(t testing.TB, transport http.RoundTripper) *Service {
	t.Helper()
	s, err := NewService(Options{
		AuthorizeURL: "http://127.0.0.1:1/authorize", TokenURL: "http://127.0.0.1:1/token",
		Timeout: timeout, UserAgent: "setpoint/0.1.0-test", Transport: transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// login is what a login left an hour ago: its access token is spent.
func login(now time.Time) Credentials {
	now = now.UTC().Truncate(time.Millisecond)
	return Credentials{
		ClientID: clientID, ClientSecret: provider.NewSecret(canarySecret), ReplyURL: replyURL,
		SubscriptionKey: provider.NewSecret(canaryKey),
		AccessToken:     provider.NewSecret("access-canary-0._~+/="), Expires: now.Add(-time.Second),
		RefreshToken: provider.NewSecret(refreshToken(0)),
		Refreshed:    now.Add(-time.Hour), LoggedIn: now.Add(-time.Hour),
	}
}

// setting is a source over a file, and what it warned of.
type setting struct {
	*Source
	path string

	mu       sync.Mutex
	warnings []Warning
}

func (s *setting) warned() []Warning {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.warnings
}

// sourceFor stores the credentials in a new file and finds them there.
func sourceFor(t testing.TB, transport http.RoundTripper, c Credentials) *setting {
	t.Helper()
	path := filepath.Join(t.TempDir(), "credentials.json")
	if err := NewStore(path, durable.OS()).Save(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	return sourceAt(t, transport, path, durable.OS(), nil)
}

func sourceAt(t testing.TB, transport http.RoundTripper, path string, fsys durable.FS, env map[string]string) *setting {
	t.Helper()
	s := &setting{path: path}
	found, err := serviceOf(t, transport).Find(Search{
		Getenv: func(name string) string { return env[name] }, Path: path, FS: fsys,
		Warn: func(w Warning) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.warnings = append(s.warnings, w)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if found.Tokens == nil {
		t.Fatal("no tokens were found")
	}
	s.Source = found.Tokens
	return s
}

// token gets a token that must be there.
func (s *setting) token(t testing.TB) string {
	t.Helper()
	token, err := s.Token(context.Background())
	if err != nil {
		t.Fatalf("no token: %v", err)
	}
	return token.Reveal()
}

func load(t testing.TB, path string) Credentials {
	t.Helper()
	c, err := NewStore(path, durable.OS()).Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func write(t testing.TB, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
