package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"

	"golang.org/x/oauth2"
)

// The vendor's login service.
const (
	defaultAuthorizeURL = "https://partners-login.eliotbylegrand.com/authorize"
	defaultTokenURL     = "https://partners-login.eliotbylegrand.com/token"
)

// Options says which login service is asked, and how.
type Options struct {
	// AuthorizeURL is opened by the person's browser; credentials travel to
	// TokenURL. "" means the vendor's. Both must be HTTPS, or HTTP to a loopback
	// address. They must not come from a configuration: whoever can change that
	// could have credentials sent anywhere.
	AuthorizeURL string
	TokenURL     string
	// Timeout is the longest one request for tokens may take; it must be positive.
	Timeout time.Duration
	// UserAgent names the program and its version: "setpoint/0.1.0".
	UserAgent string
	// Transport carries the requests; nil for the network.
	Transport http.RoundTripper
}

// Service is the login service. It is safe for concurrent use.
type Service struct {
	authorizeURL string
	tokenURL     string
	timeout      time.Duration
	userAgent    string
	transport    http.RoundTripper
}

// NewService sends nothing. It reports everything that is wrong with the options.
func NewService(o Options) (*Service, error) {
	s := &Service{
		authorizeURL: o.AuthorizeURL, tokenURL: o.TokenURL,
		timeout: o.Timeout, userAgent: o.UserAgent, transport: o.Transport,
	}
	if s.authorizeURL == "" {
		s.authorizeURL = defaultAuthorizeURL
	}
	if s.tokenURL == "" {
		s.tokenURL = defaultTokenURL
	}
	var problems []error
	for _, address := range []string{s.authorizeURL, s.tokenURL} {
		if _, err := provider.ParseEndpoint(address); err != nil {
			problems = append(problems, fmt.Errorf("login service: %w", err))
		}
	}
	if s.timeout <= 0 {
		problems = append(problems, fmt.Errorf("the time-out of a request for tokens must be longer than nothing, not %s", s.timeout))
	}
	if s.userAgent == "" || CheckVisible("", strings.ReplaceAll(s.userAgent, " ", "")) != nil {
		problems = append(problems, fmt.Errorf("%q cannot name this program in a request", s.userAgent))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	if s.transport == nil {
		s.transport = exchange.NewTransport(s.timeout)
	}
	return s, nil
}

// config is what OAuth knows of the application.
func (s *Service) config(c *Credentials) *oauth2.Config {
	return &oauth2.Config{
		ClientID:     c.ClientID,
		ClientSecret: c.ClientSecret.Reveal(),
		RedirectURL:  c.ReplyURL,
		Endpoint:     oauth2.Endpoint{AuthURL: s.authorizeURL, TokenURL: s.tokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}
}

// refresh asks for new tokens with one of the refresh tokens. What it returns
// has the new ones; the rest is as before.
func (s *Service) refresh(ctx context.Context, c Credentials, with provider.Secret) (Credentials, *provider.Error) {
	ask := &asking{service: s, op: "renew the access token", cleaner: exchange.NewCleaner(append(c.secrets(), with)...)}
	token, failed := ask.run(ctx, func(ctx context.Context) (*oauth2.Token, error) {
		return s.config(&c).TokenSource(ctx, &oauth2.Token{RefreshToken: with.Reveal()}).Token()
	})
	if failed != nil {
		return c, failed
	}
	if token.RefreshToken != with.Reveal() {
		c.PreviousRefreshToken = with
	}
	c.take(token)
	return c, nil
}

// take puts new tokens in the place of the old ones.
func (c *Credentials) take(token *oauth2.Token) {
	c.AccessToken = provider.NewSecret(token.AccessToken)
	c.Expires = token.Expiry.Round(0).UTC() // without the monotonic clock, which sleeps with the machine
	c.RefreshToken = provider.NewSecret(token.RefreshToken)
	c.Refreshed = time.Now().Round(0).UTC()
}

// asking is one request for tokens. It is the http.RoundTripper that oauth2 is
// given: it makes one attempt, follows no redirect and hands on only a success,
// in the one form that oauth2 reads.
type asking struct {
	service *Service
	op      string
	cleaner *exchange.Cleaner
	conn    exchange.Connection
}

func (a *asking) run(ctx context.Context, ask func(context.Context) (*oauth2.Token, error)) (*oauth2.Token, *provider.Error) {
	timed, cancel := context.WithTimeout(ctx, a.service.timeout)
	defer cancel()
	token, err := ask(context.WithValue(timed, oauth2.HTTPClient, &http.Client{Transport: a}))
	var failed *provider.Error
	switch {
	case err == nil:
		return token, nil
	case errors.As(err, &failed):
		return nil, failed
	}
	return nil, a.broken(ctx, timed, err)
}
