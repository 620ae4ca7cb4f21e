package smarther

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

// MayCarry decides whether credentials that came from the environment or from a
// file may travel to the endpoint: only to the vendor's host, to this very
// machine, or to the host of trusted, an address that the person who runs the
// program chose ("" for none). Otherwise whoever can change a configuration
// could have them sent anywhere.
//
// Hosts are equal if name and port are, upper and lower case aside.
func MayCarry(endpoint *url.URL, trusted string) bool {
	if endpoint == nil || endpoint.Hostname() == "" {
		return false
	}
	if provider.IsLoopback(endpoint.Hostname()) {
		return true
	}
	for _, raw := range []string{provider.DefaultEndpoint, trusted} {
		if u, err := provider.ParseEndpoint(raw); err == nil && u.Scheme == endpoint.Scheme && hostPort(u) == hostPort(endpoint) {
			return true
		}
	}
	return false
}

// hostPort is the host of an https address in lower case, with its port. Only
// ASCII is folded: Unicode knows letters that fold to k and s without being them.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "443"
	}
	host := strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, u.Hostname())
	return net.JoinHostPort(host, port)
}

// checkCredential names what to set where a credential is missing, or holds
// what a header cannot: a line break left over from a file, most of the time.
func checkCredential(s provider.Secret, what, argument, variable string) error {
	switch {
	case s.IsZero():
		return fmt.Errorf("there is no %s: set %s, or the argument %s of the provider block", what, variable, argument)
	case !exchange.IsVisible(s.Reveal()):
		return fmt.Errorf("the %s holds a space, a line break or another character it cannot have: check %s, or the argument %s of the provider block", what, variable, argument)
	}
	return nil
}
