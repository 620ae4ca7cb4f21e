package smarther

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

// How much of a body is read. A status has about 1 KiB, an error 100 bytes.
const (
	maxReading = 1 << 20
	maxListing = 16 << 20 // a plant has up to 1 KiB for each of its modules
	maxError   = 64 << 10
	maxDrain   = 4 << 10
)

// drainTime is how long the end of a body nobody needs is waited for, so that
// its connection can be used again.
const drainTime = time.Second

// target is what a call does to which thermostat, plant or account.
type target struct {
	op     string
	device provider.Device
	method string
	part   part
}

func (t target) writes() bool { return t.method == http.MethodPost }

// call makes one attempt and returns the body of a successful reading; nil
// where the cloud answered that there is none (204).
//
// It uses the RoundTripper itself, not http.Client, because that one never
// follows a redirect, nor fails over a Location it cannot read.
func (c *Client) call(ctx context.Context, at target, body []byte) ([]byte, error) {
	if err := at.check(); err != nil {
		return nil, c.rejected(at, err)
	}
	token, err := c.tokens.Token(ctx)
	if err != nil {
		e := c.tokenless(ctx, at, err)
		e.Uncalled = e.NoToken
		return nil, e
	}
	c.cleaner.Add(token)
	timed, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var conn exchange.Connection
	req, err := c.request(httptrace.WithClientTrace(timed, conn.Trace()), at, token, body)
	if err != nil {
		return nil, c.rejected(at, err)
	}
	if timed.Err() != nil {
		return nil, c.broken(ctx, timed, at, false, timed.Err())
	}
	start := time.Now()
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		sent := conn.MayHaveCarried() && !errors.Is(err, exchange.ErrProxy)
		return nil, c.broken(ctx, timed, at, sent, err)
	}
	defer resp.Body.Close()
	c.clock.observe(resp.Header, start, time.Now())

	if resp.StatusCode/100 != 2 {
		e := c.refused(at, resp, readError(resp, cancel))
		if e.Kind == provider.KindUnauthorized {
			e = c.unauthorized(ctx, at, token, e)
		}
		return nil, e
	}
	c.tokens.Accepted(token)
	if at.writes() || resp.StatusCode == http.StatusNoContent {
		drain(resp.Body, cancel)
		return nil, nil
	}
	reading, err := io.ReadAll(io.LimitReader(resp.Body, at.part.longest()+1))
	switch {
	case err != nil:
		return nil, c.broken(ctx, timed, at, true, err)
	case int64(len(reading)) > at.part.longest():
		return nil, c.unusable(at, fmt.Errorf("the answer is longer than %d bytes", at.part.longest()))
	}
	return bytes.TrimPrefix(reading, []byte(byteOrderMark)), nil
}

func (c *Client) request(ctx context.Context, at target, token provider.Secret, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, at.method, c.endpoint.JoinPath(at.path()...).String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	req.Header.Set("Ocp-Apim-Subscription-Key", c.key.Reveal())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if at.writes() {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// readError is the body of a failure, or nil if it is not to be had whole: half
// a body could hold half a credential, which nothing would recognize.
func readError(resp *http.Response, cancel context.CancelFunc) []byte {
	if resp.StatusCode/100 == 3 {
		drain(resp.Body, cancel)
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxError+1))
	if err != nil || len(body) > maxError {
		return nil
	}
	return bytes.TrimPrefix(body, []byte(byteOrderMark))
}

// drain reads a little of a body that means nothing. That it fails means
// nothing either.
func drain(body io.Reader, cancel context.CancelFunc) {
	stop := time.AfterFunc(drainTime, cancel)
	defer stop.Stop()
	_, _ = io.CopyN(io.Discard, body, maxDrain)
}
