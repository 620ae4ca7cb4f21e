package smarther

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

func TestMayCarry(t *testing.T) {
	for _, tt := range []struct {
		endpoint, trusted string
		want              bool
	}{
		{provider.DefaultEndpoint, "", true},
		{"https://API.Developer.Legrand.com:443/elsewhere", "", true},
		{"https://api.developer.legrand.com:8443", "", false},
		{"http://api.developer.legrand.com:443", "", false},
		{"http://api.developer.legrand.com", "http://api.developer.legrand.com", false},
		{"https://api.developer.legrand.com.", "", false},
		{"https://api.developer.legrand.com.example.com", "", false},
		{"https://xapi.developer.legrand.com", "", false},
		{"https://evil.api.developer.legrand.com", "", false},
		{"https://legrand.com", "", false},
		{"https://api.developer.legrand.com@example.com", "", false},
		{"https://example.com/api.developer.legrand.com", "", false},
		{"https://example.com", "", false},
		{"http://127.0.0.1:8799", "", true},
		{"http://localhost:1", "https://example.com", true},
		{"https://[::1]", "", true},
		{"https://localhost.example.com", "", false},
		{"https://staging.example.com/v2", "https://STAGING.example.com/v1", true},
		{"https://staging.example.com:443", "https://staging.example.com", true},
		{"https://staging.example.com:8443", "https://staging.example.com", false},
		{"https://staging.example.com", "https://staging.example.com:8443", false},
		{"https://example.com", "https://staging.example.com", false},
		{"https://xstaging.example.com", "https://staging.example.com", false},
		{"https://staging.example.com", "staging.example.com", false},
		{"https://staging.example.com", "http://staging.example.com", false},
		{"https://staging.example.com", "http://127.0.0.1", false},
		{"https://\u212aitchen.example.com", "https://kitchen.example.com", false},
		{"https:///v2", "https:///v2", false},
		{"", "", false},
	} {
		u, err := url.Parse(tt.endpoint)
		if err != nil {
			t.Fatal(err)
		}
		if got := MayCarry(u, tt.trusted); got != tt.want {
			t.Errorf("MayCarry(%q, %q) = %t", tt.endpoint, tt.trusted, got)
		}
	}
	if MayCarry(nil, provider.DefaultEndpoint) {
		t.Error("no endpoint gets credentials")
	}
}

func TestNewReportsEverything(t *testing.T) {
	_, err := New(Options{Endpoint: "http://example.com", UserAgent: "a\nb"})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"https", "SMARTHER_SUBSCRIPTION_KEY", "subscription_key", "SMARTHER_ACCESS_TOKEN", "access_token", "timeout", `"a\nb"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not speak of %s", err, want)
		}
	}
	for _, strange := range []string{"canary\n", " canary", "can ary", "canary\x00", "canarÿ"} {
		for name, change := range map[string]func(*Options){
			"SMARTHER_SUBSCRIPTION_KEY": func(o *Options) { o.SubscriptionKey = provider.NewSecret(strange) },
			"SMARTHER_ACCESS_TOKEN":     func(o *Options) { o.AccessToken = provider.NewSecret(strange) },
		} {
			o := options(provider.DefaultEndpoint)
			change(&o)
			_, err := New(o)
			if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "can") && strings.Contains(err.Error(), "ary\"") {
				t.Errorf("%q as %s: %v", strange, name, err)
			}
		}
	}
	if _, err := New(options(provider.DefaultEndpoint)); err != nil {
		t.Errorf("a good client: %v", err)
	}
}

func TestProxies(t *testing.T) {
	for endpoint, want := range map[string]string{
		provider.DefaultEndpoint: "http://proxy.invalid:3128",
		"http://LOCALHOST:8799":  "",
		"http://127.0.0.2:8799":  "",
		"https://[::1]":          "",
	} {
		r, err := http.NewRequest(http.MethodGet, endpoint, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if proxy, err := exchange.NewTransport(10 * time.Second).Proxy(r); err != nil {
			t.Error(err)
		} else if proxy != nil {
			got = proxy.String()
		}
		if got != want {
			t.Errorf("%s goes through %q, want %q", endpoint, got, want)
		}
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	for version, want := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true} {
		called := false
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version}
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		defer s.Close()
		transport := exchange.NewTransport(10 * time.Second)
		transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		transport.TLSClientConfig.RootCAs.AddCert(s.Certificate())
		o := options(s.URL)
		o.Transport = transport
		c := newClient(t, o)
		if want {
			if err := c.Set(t.Context(), device(), manual()); err != nil {
				t.Error(err)
			}
			continue
		}
		e := attempt(t, t.Context(), c, true)
		if e.Kind != provider.KindUnreachable || e.MayHaveLanded || called {
			t.Errorf("TLS 1.1: %#v, called: %t", e, called)
		}
	}
}
