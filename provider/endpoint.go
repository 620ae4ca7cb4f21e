package provider

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// DefaultEndpoint is the vendor's cloud.
const DefaultEndpoint = "https://api.developer.legrand.com/smarther/v2.0"

// ParseEndpoint reads the base address of a cloud. Credentials travel to it, so
// it must be HTTPS, or HTTP to this very machine (localhost or a loopback
// address), and carry neither user, query nor fragment. A trailing slash is
// dropped.
func ParseEndpoint(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("this is not an address: an endpoint is one such as %s", DefaultEndpoint)
	}
	switch {
	// What can hold a credential is refused first, and never shown.
	case u.User != nil:
		return nil, errors.New("an endpoint carries no user or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("an endpoint has no query and no fragment")
	case u.Host == "" || u.Hostname() == "":
		return nil, fmt.Errorf("%q names no host: an endpoint is an address such as %s", raw, DefaultEndpoint)
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		return nil, fmt.Errorf("%q would send credentials in the clear: use https, or http to a loopback address", raw)
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("%q has the scheme %q: use https, or http to a loopback address", raw, u.Scheme)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	return u, nil
}

// IsLoopback tells whether a host name or address means this very machine.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
