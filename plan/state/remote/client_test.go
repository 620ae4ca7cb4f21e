package remote

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"setpoint/plan/state"
	"setpoint/provider"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// answering is a transport that answers in turn, and notes what it was asked.
type answering struct {
	answers []*http.Response // nil: none, the connection broke
	seen    []string
	times   []time.Time
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	a.seen = append(a.seen, fmt.Sprintf("%s %s %s", r.Method, r.URL, body))
	a.times = append(a.times, time.Now())
	next := a.answers[min(len(a.seen), len(a.answers))-1]
	if next == nil {
		return nil, errors.New("connection reset by peer")
	}
	copied := *next
	copied.Body = io.NopCloser(strings.NewReader(next.Status))
	return &copied, nil
}

func said(code int, body string) *http.Response {
	return &http.Response{StatusCode: code, Status: body, Header: http.Header{}}
}

// GitLab locks with POST and unlocks with DELETE at …/lock, answers 423 with the
// holder where the lock is held, and 409 where that of a write is not.
func TestAsGitLab(t *testing.T) {
	const project = "https://gitlab.example/api/v4/projects/1/terraform/state/house"
	network := &answering{answers: []*http.Response{
		said(200, ""), said(204, ""), said(200, ""), said(409, ""), said(200, ""),
		said(423, `{"ID":"other","Operation":"OperationTypePlan","Info":"","Who":"ada@mill","Version":"1.11.4","Created":"2026-11-23T07:00:00.5Z","Path":""}`),
	}}
	c := must(New(Options{Address: project, LockAddress: project + "/lock", UnlockAddress: project + "/lock", LockMethod: "POST", UnlockMethod: "DELETE",
		Username: "gitlab-ci-token", Password: provider.NewSecret("job-token"), SetpointVersion: "1.2", Transport: network}))
	info := state.LockInfo{ID: "mine", Who: "me@here", PID: 7, Operation: "apply", Created: time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC), JobURL: "https://ci/1"}
	ctx := t.Context()
	if err := c.Lock(ctx, info); err != nil {
		t.Fatal(err)
	}
	if content, err := c.Read(ctx); content != nil || err != nil {
		t.Errorf("204 is no state, not %q, %v", content, err)
	}
	if err := c.Write(ctx, "mine", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	lost, _ := errors.AsType[*state.Error](c.Write(ctx, "mine", []byte("{ }")))
	if lost == nil || lost.Kind != state.KindLockLost {
		t.Errorf("409 to a write: %v", lost)
	}
	if err := c.Unlock(ctx, info); err != nil {
		t.Fatal(err)
	}
	held, _ := errors.AsType[*state.Error](c.Lock(ctx, info))
	want := &state.LockInfo{ID: "other", Who: "ada@mill", Operation: "plan", Created: info.Created}
	if held == nil || held.Kind != state.KindLocked || !cmp.Equal(held.Holder, want) {
		t.Errorf("423 to a lock: %+v", held)
	}
	body := `{"ID":"mine","Operation":"OperationTypeApply","Info":"process 7 https://ci/1","Who":"me@here","Version":"1.2","Created":"2026-11-23T07:00:00Z","Path":"` + project + `"}`
	if diff := cmp.Diff([]string{
		"POST " + project + "/lock " + body, "GET " + project + " ", "POST " + project + "?ID=mine {}", "POST " + project + "?ID=mine { }",
		"DELETE " + project + "/lock " + body, "POST " + project + "/lock " + body,
	}, network.seen); diff != "" {
		t.Error(diff)
	}
}

// What may pass is tried again, after waits that double; what will not is not.
func TestRetries(t *testing.T) {
	slow := said(503, "")
	slow.Header.Set("Retry-After", "7")
	for name, test := range map[string]struct {
		answers []*http.Response
		tries   int
		waits   time.Duration // altogether
		ok      bool
	}{
		"at once":       {[]*http.Response{said(200, "x")}, 1, 0, true},
		"third":         {[]*http.Response{said(500, ""), nil, said(200, "x")}, 3, 3 * time.Second, true},
		"never":         {[]*http.Response{said(502, "")}, 3, 3 * time.Second, false},
		"as asked":      {[]*http.Response{slow, said(200, "x")}, 2, 7 * time.Second, true},
		"refused":       {[]*http.Response{said(403, "")}, 1, 0, false},
		"not there yet": {[]*http.Response{said(501, "")}, 1, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := &answering{answers: test.answers}
				_, err := must(New(Options{Address: "https://a.example/s", Transport: network})).Read(t.Context())
				if (err == nil) != test.ok || len(network.seen) != test.tries {
					t.Errorf("%d tries: %v", len(network.seen), err)
				}
				if waited := network.times[len(network.times)-1].Sub(network.times[0]); waited != test.waits {
					t.Errorf("waited %s", waited)
				}
			})
		})
	}
}

// A write that was not answered is looked up before it is made again.
func TestDoubtfulWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, test := range map[string]struct {
			answers []*http.Response
			tries   int
			ok      bool
		}{
			"it was done":                 {[]*http.Response{nil, said(200, "{}")}, 2, true},
			"it was not":                  {[]*http.Response{nil, said(200, "old"), said(200, "")}, 3, true},
			"accepted, but not done":      {[]*http.Response{said(202, ""), said(200, "old"), said(200, "")}, 3, true},
			"a serial is not taken twice": {[]*http.Response{said(500, ""), nil, said(422, "taken"), said(200, "{}")}, 4, true},
			"another one was first":       {[]*http.Response{said(500, ""), nil, said(409, ""), said(200, "other")}, 4, false},
		} {
			network := &answering{answers: test.answers}
			err := must(New(Options{Address: "https://a.example/s", Transport: network})).Write(t.Context(), "mine", []byte("{}"))
			if (err == nil) != test.ok || len(network.seen) != test.tries {
				t.Errorf("%s: %d tries: %v", name, len(network.seen), err)
			}
		}
	})
}

// A lock whose answer was lost is found held under the very ID that asks again.
func TestLockIsHeldAlready(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &answering{answers: []*http.Response{nil, said(423, `{"ID":"mine","Who":"me"}`)}}
		c := must(New(Options{Address: "https://a.example/s", LockAddress: "https://a.example/s", Transport: network}))
		if err := c.Lock(t.Context(), state.LockInfo{ID: "mine"}); err != nil || len(network.seen) != 2 {
			t.Errorf("%d tries: %v", len(network.seen), err)
		}
	})
}

// Over real TLS: the checksum goes with a body and is checked, credentials go with
// every request and never with a redirect, and a certificate is trusted if it is given.
func TestOverTLS(t *testing.T) {
	var elsewhere int
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		body, err := io.ReadAll(r.Body)
		if err != nil || user != "keeper" || password != "secret-77" || len(body) > 0 && r.Header.Get("Content-MD5") != checksum(body) {
			http.Error(w, "who are you, keeper with secret-77?\x1b[31m", http.StatusUnauthorized)
			return
		}
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		case "/damaged":
			w.Header().Set("Content-MD5", checksum([]byte("{}")))
			_, _ = w.Write([]byte("{ }"))
		case "/house":
			w.Header().Set("Content-MD5", checksum([]byte("{}")))
			_, _ = w.Write([]byte("{}"))
		}
	}))
	defer server.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	none := 0
	client := func(path, password string, ca []byte) *Client {
		return must(New(Options{Address: server.URL + path, RetryMax: &none, Username: "keeper", Password: provider.NewSecret(password), CA: ca}))
	}
	ctx := context.Background()
	if content, err := client("/house", "secret-77", ca).Read(ctx); err != nil || string(content) != "{}" {
		t.Errorf("%q, %v", content, err)
	}
	if err := client("/house", "secret-77", ca).Write(ctx, "", []byte("{}")); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]*Client{
		"unknown certificate": client("/house", "secret-77", nil), "wrong password": client("/house", "secret-78", ca),
		"redirect": client("/moved", "secret-77", ca), "cut": client("/cut", "secret-77", ca), "damaged": client("/damaged", "secret-77", ca),
	} {
		_, unread := c.Read(ctx)
		for _, err := range []error{unread, c.Write(ctx, "", []byte("{  }"))} {
			known, _ := errors.AsType[*state.Error](err)
			if known == nil || known.Kind != state.KindRemote || known.Remedy == "" {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if text := known.Error(); strings.Contains(text, c.o.Password.Reveal()) || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("%s: %q", name, text)
			}
		}
	}
	if elsewhere > 0 {
		t.Errorf("a redirect was followed")
	}
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"no address":     {},
		"in the clear":   {Address: "http://state.example/house"},
		"user":           {Address: "https://me:secret-77@state.example/house"},
		"token":          {Address: "https://state.example/house?token=secret-77"},
		"no host":        {Address: "https:///secret-77"},
		"another host":   {Address: "https://state.example/house", LockAddress: "https://other.example/lock"},
		"another port":   {Address: "https://state.example/house", UnlockAddress: "https://state.example:8443/house"},
		"half a login":   {Address: "https://state.example/house", Username: "me"},
		"no certificate": {Address: "https://state.example/house", CA: []byte("secret-77")},
	} {
		if _, err := New(o); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, good := range []string{"https://state.example/house", "http://127.0.0.1:8798/house", "http://localhost/house", "http://[::1]:1/house"} {
		if c, err := New(Options{Address: good}); err != nil || c.Place() != good || c.Locks() {
			t.Errorf("%s: %v", good, err)
		}
	}
}

// Whatever stands for a holder is foreign text: it is one line, and short.
func FuzzDecodeLock(f *testing.F) {
	c := must(New(Options{Address: "https://state.example/house", Username: "u", Password: provider.NewSecret("secret-77")}))
	f.Add([]byte(`{"ID":"a","Who":"x\u001b[1m","Created":"2026-11-23T07:00:00Z"}`))
	f.Add([]byte(`{"ID":"a secret-77","Info":"` + strings.Repeat("x", 500) + `"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		info := c.decodeLock(body)
		if info == nil {
			return
		}
		for _, text := range []string{info.ID, info.Who, info.Operation, info.JobURL} {
			if strings.ContainsFunc(text, unicode.IsControl) || len([]rune(text)) > 200 || strings.Contains(text, "secret-77") {
				t.Errorf("%q", text)
			}
		}
		again, err := encodeLock(*info, "1", "place")
		if err != nil {
			t.Fatal(err)
		}
		if back := c.decodeLock(again); info.ID != "" && (back == nil || back.ID != info.ID) {
			t.Errorf("%+v becomes %+v", info, back)
		}
	})
}
