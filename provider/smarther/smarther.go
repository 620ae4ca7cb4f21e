// Package smarther asks the real Smarther cloud, v2.0, over HTTP. It turns
// provider.Settings into the calls the reference describes, and answers into
// provider.Status or *provider.Error.
//
// One call of Set or Get is one attempt. Waits, order and pace belong to the
// caller; state, plans and HCL are unknown here, and so is the environment of
// the process, except for the proxy variables that net/http itself reads.
package smarther

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

// Options says whom a Client talks to, and as whom.
type Options struct {
	// Endpoint is the base address of the cloud, see provider.ParseEndpoint.
	Endpoint string
	// SubscriptionKey is required, and so is one of AccessToken, a token that
	// nobody renews, and Tokens, which goes before it. Whether they may travel to
	// Endpoint at all is the caller's decision, see MayCarry.
	SubscriptionKey provider.Secret
	AccessToken     provider.Secret
	Tokens          TokenSource
	// Timeout is the longest one call may take, connecting and reading the
	// answer included; it must be positive. What Tokens takes comes on top.
	Timeout time.Duration
	// UserAgent names the program and its version: "setpoint/0.1.0".
	UserAgent string
	// Transport carries the calls; nil for the network. It must not follow
	// redirects itself.
	Transport http.RoundTripper
}

// Client is a provider.Provider. It is safe for concurrent use.
type Client struct {
	endpoint  *url.URL
	key       provider.Secret
	tokens    TokenSource
	timeout   time.Duration
	userAgent string
	transport http.RoundTripper
	cleaner   *exchange.Cleaner
	clock     clock
}

var _ provider.Provider = (*Client)(nil)

// New makes a client and sends nothing. It reports everything that is wrong
// with the options.
func New(o Options) (*Client, error) {
	endpoint, err := provider.ParseEndpoint(o.Endpoint)
	problems := []error{
		err,
		checkCredential(o.SubscriptionKey, "subscription key", "subscription_key", "SMARTHER_SUBSCRIPTION_KEY"),
	}
	tokens := o.Tokens
	if tokens == nil {
		problems = append(problems, checkCredential(o.AccessToken, "access token", "access_token", "SMARTHER_ACCESS_TOKEN"))
		tokens = fixedToken{o.AccessToken}
	}
	if o.Timeout <= 0 {
		problems = append(problems, fmt.Errorf("the time-out of a call must be longer than nothing, not %s: set the argument timeout of the provider block", o.Timeout))
	}
	if o.UserAgent == "" || !exchange.IsVisible(strings.ReplaceAll(o.UserAgent, " ", "")) {
		problems = append(problems, fmt.Errorf("%q cannot name this program in a request", o.UserAgent))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	transport := o.Transport
	if transport == nil {
		transport = exchange.NewTransport(o.Timeout)
	}
	return &Client{
		endpoint:  endpoint,
		key:       o.SubscriptionKey,
		tokens:    tokens,
		timeout:   o.Timeout,
		userAgent: o.UserAgent,
		transport: transport,
		cleaner:   exchange.NewCleaner(o.SubscriptionKey),
	}, nil
}

// Set makes one Set Chronothermostat Status call. Any 2xx is a success,
// whatever its body. Settings that cannot be sent, a boost without its interval
// among them, are KindRejected and nothing is sent.
func (c *Client) Set(ctx context.Context, device provider.Device, settings provider.Settings) error {
	at := target{op: "set status", device: device, method: http.MethodPost}
	body, err := encodeSettings(settings)
	if err != nil {
		return c.rejected(at, err)
	}
	_, err = c.call(ctx, at, body)
	return err
}

// Get makes one Get Chronothermostat Status call.
func (c *Client) Get(ctx context.Context, device provider.Device) (provider.Status, error) {
	at := target{op: "get status", device: device, method: http.MethodGet}
	body, err := c.call(ctx, at, nil)
	if err != nil {
		return provider.Status{}, err
	}
	status, err := decodeReading(body, device)
	if err != nil {
		return provider.Status{}, c.unusable(at, err)
	}
	return status, nil
}

// ClockSkew is by how much this machine's clock is ahead of the cloud's
// (negative: behind), as the last answer with a Date header showed; false while
// there was none. Date has whole seconds and may be from any moment of the
// call, so this is the smallest difference that explains it: 0 where the clocks
// may well agree, and never more than the truth by size.
func (c *Client) ClockSkew() (time.Duration, bool) { return c.clock.skew() }
