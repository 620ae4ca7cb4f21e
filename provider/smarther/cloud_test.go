package smarther

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

const (
	plantID    = "1f3c6b1e-0000-4000-8000-000000000001"
	moduleID   = "2a9d5c0f-0000-4000-8000-000000000001"
	modulePath = "/chronothermostat/thermoregulation/addressLocation/plants/" + plantID + "/modules/parameter/id/value/" + moduleID

	// Credentials with characters that URLs, JSON and quotes escape.
	canaryKey   = `0123456789abcdefKEY0canary/+`
	canaryToken = `eyJcanary."tok\en"_<x>&-~a+b/c==`
)

// TestMain names a proxy that does not exist, before net/http looks: a call to
// loopback that went through it would fail.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		if err := os.Setenv(name, "http://proxy.invalid:3128"); err != nil {
			panic(err)
		}
	}
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	m.Run()
}

func device() provider.Device { return provider.Device{PlantID: plantID, ModuleID: moduleID} }

func manual() provider.Settings {
	return provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 205}
}

func options(endpoint string) Options {
	return Options{
		Endpoint:        endpoint,
		SubscriptionKey: provider.NewSecret(canaryKey),
		AccessToken:     provider.NewSecret(canaryToken),
		Timeout:         10 * time.Second,
		UserAgent:       "setpoint/0.1.0-test",
	}
}

func newClient(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve starts a cloud of one handler and a client for it.
func serve(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return newClient(t, options(s.URL))
}

// both makes one call of either kind and hands each failure to check.
func both(t *testing.T, c *Client, check func(t *testing.T, e *provider.Error, write bool)) {
	t.Helper()
	for _, write := range []bool{true, false} {
		name := map[bool]string{true: "set", false: "get"}[write]
		t.Run(name, func(t *testing.T) { check(t, attempt(t, t.Context(), c, write), write) })
	}
}

// attempt makes a call that must fail as every call fails.
func attempt(t *testing.T, ctx context.Context, c *Client, write bool) *provider.Error {
	t.Helper()
	op, err := "get status", error(nil)
	if write {
		op, err = "set status", c.Set(ctx, device(), manual())
	} else {
		_, err = c.Get(ctx, device())
	}
	var e *provider.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T), want a *provider.Error", err, err)
	}
	if e.Op != op || e.Device != device() {
		t.Errorf("the error names %q of %v", e.Op, e.Device)
	}
	return e
}

// piped makes a client whose connections are pipes, for synctest. Each is given
// to talk once the request on it has been read.
func piped(t *testing.T, talk func(conn net.Conn)) *Client {
	t.Helper()
	transport := exchange.NewTransport(10 * time.Second)
	transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			req, err := http.ReadRequest(bufio.NewReader(far))
			if err != nil {
				return
			}
			if _, err := io.Copy(io.Discard, req.Body); err != nil {
				return
			}
			talk(far)
		}()
		return near, nil
	}
	t.Cleanup(transport.CloseIdleConnections)
	o := options("http://127.0.0.1:1")
	o.Transport = transport
	return newClient(t, o)
}
