package provider

import (
	"strings"
	"testing"
)

func TestParseEndpoint(t *testing.T) {
	for in, want := range map[string]string{
		DefaultEndpoint:                   DefaultEndpoint,
		"https://example.com":             "https://example.com",
		"https://example.com//":           "https://example.com",
		"HTTPS://Example.com:8443/a/b/":   "https://Example.com:8443/a/b",
		"http://localhost:8799":           "http://localhost:8799",
		"http://LOCALHOST:8799":           "http://LOCALHOST:8799",
		"http://127.0.0.1:8799/v2.0":      "http://127.0.0.1:8799/v2.0",
		"http://127.9.9.9":                "http://127.9.9.9",
		"http://[::1]:8799":               "http://[::1]:8799",
		"http://[::ffff:127.0.0.1]:8799/": "http://[::ffff:127.0.0.1]:8799",
	} {
		u, err := ParseEndpoint(in)
		if err != nil || u.String() != want {
			t.Errorf("ParseEndpoint(%q) = %v, %v; want %s", in, u, err, want)
		}
	}
	for _, in := range []string{
		"", "example.com", "/v2.0", "https://", "https:///v2.0", "https://:443/", "https:example.com", "ftp://example.com", "://x", "https://a b/",
		"http://example.com", "http://localhost.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1", "http://0.0.0.0",
		"https://example.com?", "https://example.com:port", "file:///etc/passwd",
	} {
		if u, err := ParseEndpoint(in); err == nil {
			t.Errorf("ParseEndpoint(%q) = %s, want an error", in, u)
		}
	}
}

func TestParseEndpointNeverShowsACredential(t *testing.T) {
	for _, in := range []string{
		"https://user:canary@example.com", "https://user:canary@/v2.0", "https://user:canary%zz@example.com", "https://canary@example.com",
		"https://example.com/?subscription-key=canary", "https:///?subscription-key=canary", "http://example.com?canary", "https://example.com#canary",
	} {
		_, err := ParseEndpoint(in)
		if err == nil {
			t.Errorf("%q was accepted", in)
		} else if strings.Contains(err.Error(), "canary") {
			t.Errorf("shown: %s", err)
		}
	}
}
