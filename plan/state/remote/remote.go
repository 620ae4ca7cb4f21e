// Package remote keeps a state on a server that speaks the HTTP protocol of
// Terraform's http backend, as GitLab and Gitea do. It is the state.Remote of
// `backend "http"`.
//
// The protocol:
//
//	lock     LOCK lock_address, the holder's info as JSON   200; 423 or 409 where another has
//	                                                        it, with that one's info
//	read     GET address                                    200 with the content; 204, 404 and
//	                                                        an empty body: there is none
//	write    POST address?ID=ID-OF-THE-LOCK                 200, 201, 204; 423 or 409 where
//	                                                        that lock is not the one held
//	delete   DELETE address?ID=ID-OF-THE-LOCK               200 (204 and 404 will do)
//	unlock   UNLOCK unlock_address, the same info as JSON   200 (201 and 204 will do, as
//	                                                        for a lock)
//
// The methods for locking, unlocking and writing can be others: GitLab and Gitea
// lock with POST and unlock with DELETE, both at …/lock. A body goes with its
// Content-MD5, and where an answer has one its body must fit it. Without a lock
// address there is no lock.
//
// What is not certain is never taken for done. A write that was not answered, or
// not by one of the three, is looked up: if the server has the content, it is
// done; else it is tried again. A lock that turns out to be held under the very
// ID that was asked for is taken.
//
// The package must not know what a state means, nor the configuration language.
// Credentials are sent to the host of the address alone, and only over HTTPS or to
// this very machine; a redirect is not followed. They are never in an error.
package remote

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"setpoint/provider"
)

// Options are how a server is spoken to. The zero value of all but Address is
// what Terraform does.
type Options struct {
	Address       string // of the state
	LockAddress   string // "": no lock
	UnlockAddress string // "": LockAddress
	UpdateMethod  string // "": POST
	LockMethod    string // "": LOCK
	UnlockMethod  string // "": UNLOCK

	RetryMax     *int          // tries after the first; nil: 2
	RetryWaitMin time.Duration // before the second try, doubling; 0: 1 s
	RetryWaitMax time.Duration // 0: 30 s

	Username        string
	Password        provider.Secret
	CA              []byte // certificates in PEM that are trusted in place of the system's; nil: the system's
	SetpointVersion string // said to whoever finds the state locked

	// Transport is for tests; nil: the network.
	Transport http.RoundTripper
}

// Client is one state on one server. It is safe for concurrent use.
type Client struct {
	o                     Options
	address, lock, unlock *url.URL
	retries               int
	http                  *http.Client
}

// New checks the options. All that is wrong is in the error.
func New(o Options) (*Client, error) {
	c := &Client{o: o, retries: 2}
	if o.RetryMax != nil {
		c.retries = *o.RetryMax
	}
	defaults(&c.o)
	var problems []error
	parse := func(name, text string) *url.URL {
		u, err := ParseAddress(text)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		} else if c.address != nil && !SameHost(c.address, u) {
			problems = append(problems, fmt.Errorf("%s: it is on another host than address, and credentials go to one host only", name))
		}
		return u
	}
	c.address = parse("address", o.Address)
	if o.LockAddress != "" {
		c.lock = parse("lock_address", o.LockAddress)
		c.unlock = c.lock
	}
	if o.UnlockAddress != "" {
		c.unlock = parse("unlock_address", o.UnlockAddress)
	}
	if o.Password.IsZero() != (o.Username == "") {
		problems = append(problems, errors.New("of user name and password only one is given"))
	}
	transport, err := newTransport(&c.o)
	problems = append(problems, err)
	c.http = &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, errors.Join(problems...)
}

func defaults(o *Options) {
	set := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	set(&o.UpdateMethod, http.MethodPost)
	set(&o.LockMethod, "LOCK")
	set(&o.UnlockMethod, "UNLOCK")
	wait := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	wait(&o.RetryWaitMin, time.Second)
	wait(&o.RetryWaitMax, 30*time.Second)
}

func newTransport(o *Options) (http.RoundTripper, error) {
	if o.Transport != nil {
		return o.Transport, nil
	}
	transport := &http.Transport{
		Proxy:                  proxyFor,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
	if o.CA != nil {
		transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !transport.TLSClientConfig.RootCAs.AppendCertsFromPEM(o.CA) {
			return nil, errors.New("client_ca_certificate_pem: there is no certificate in PEM in it")
		}
	}
	return transport, nil
}

// proxyFor keeps what is meant for this very machine here. The address of a proxy
// may hold a password, so it is not shown.
func proxyFor(r *http.Request) (*url.URL, error) {
	if provider.IsLoopback(r.URL.Hostname()) {
		return nil, nil
	}
	proxy, err := http.ProxyFromEnvironment(r)
	if err != nil {
		return nil, errors.New("the proxy variable in the environment holds no address")
	}
	return proxy, nil
}

// Place is the address.
func (c *Client) Place() string { return c.address.String() }

// Locks tells whether the server has a lock for the state.
func (c *Client) Locks() bool { return c.lock != nil }

// ParseAddress reads an address of a state or its lock: HTTPS, or HTTP to this
// very machine, without user, password, query and fragment, where a secret could
// stand. Its errors do not show it.
func ParseAddress(text string) (*url.URL, error) {
	const such = "write one such as https://gitlab.example/api/v4/projects/1/terraform/state/house"
	u, err := url.Parse(text)
	switch {
	case text == "":
		return nil, errors.New("it is missing: " + such)
	case err != nil || u.Hostname() == "":
		return nil, errors.New("this is no address: " + such)
	case u.User != nil:
		return nil, errors.New("a user or password does not belong into an address: set SETPOINT_HTTP_USERNAME and SETPOINT_HTTP_PASSWORD in the environment")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("an address of a state has no query and no fragment")
	case u.Scheme != "https" && (u.Scheme != "http" || !provider.IsLoopback(u.Hostname())):
		return nil, errors.New("it must begin with https://, or with http:// on this machine (localhost): credentials travel there")
	}
	return u, nil
}

// SameHost tells whether two addresses lead to the same server: scheme, name, in upper
// or lower case, and port.
func SameHost(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && lower(a.Hostname()) == lower(b.Hostname()) && port(a) == port(b)
}

// lower folds ASCII only: Unicode knows letters that fold to k and s without being them.
func lower(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, name)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
