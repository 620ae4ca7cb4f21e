package smarther

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"setpoint/provider"
)

// How much of a body is read. A status has about 1 KiB, an error 100 bytes.
const (
	maxReading = 1 << 20
	maxError   = 64 << 10
	maxDrain   = 4 << 10
)

// drainTime is how long the end of a body nobody needs is waited for, so that
// its connection can be used again.
const drainTime = time.Second

// target is what a call does to which thermostat.
type target struct {
	op     string
	device provider.Device
	method string
}

func (t target) writes() bool { return t.method == http.MethodPost }

func (t target) path() []string {
	return []string{"chronothermostat", "thermoregulation", "addressLocation", "plants", t.device.PlantID,
		"modules", "parameter", "id", "value", t.device.ModuleID}
}

// call makes one attempt and returns the body of a successful reading.
//
// It uses the RoundTripper itself, not http.Client, because that one never
// follows a redirect, nor fails over a Location it cannot read.
func (c *Client) call(ctx context.Context, at target, body []byte) ([]byte, error) {
	if err := checkDevice(at.device); err != nil {
		return nil, c.rejected(at, err)
	}
	timed, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var conn connection
	req, err := c.request(httptrace.WithClientTrace(timed, conn.trace()), at, body)
	if err != nil {
		return nil, c.rejected(at, err)
	}
	if timed.Err() != nil {
		return nil, c.broken(ctx, timed, at, false, timed.Err())
	}
	start := time.Now()
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		sent := conn.mayHaveCarried() && !errors.Is(err, errProxy)
		return nil, c.broken(ctx, timed, at, sent, err)
	}
	defer resp.Body.Close()
	c.clock.observe(resp.Header, start, time.Now())

	switch {
	case resp.StatusCode/100 != 2:
		return nil, c.refused(at, resp, readError(resp, cancel))
	case at.writes():
		drain(resp.Body, cancel)
		return nil, nil
	}
	reading, err := io.ReadAll(io.LimitReader(resp.Body, maxReading+1))
	switch {
	case err != nil:
		return nil, c.broken(ctx, timed, at, true, err)
	case len(reading) > maxReading:
		return nil, c.unusable(at, fmt.Errorf("the answer is longer than %d bytes", maxReading))
	}
	return reading, nil
}

func (c *Client) request(ctx context.Context, at target, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, at.method, c.endpoint.JoinPath(at.path()...).String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	req.Header.Set("Ocp-Apim-Subscription-Key", c.key.Reveal())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if at.writes() {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// checkDevice refuses ids that would need escaping, or name another operation.
func checkDevice(d provider.Device) error {
	var problems []error
	for _, id := range []struct{ what, text string }{{"plant", d.PlantID}, {"module", d.ModuleID}} {
		strange := func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r|' ' < 'a' || r|' ' > 'z') }
		if id.text == "" || strings.ContainsFunc(id.text, strange) {
			problems = append(problems, fmt.Errorf("%q is no id of a %s", id.text, id.what))
		}
	}
	return errors.Join(problems...)
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
	return body
}

// drain reads a little of a body that means nothing. That it fails means
// nothing either.
func drain(body io.Reader, cancel context.CancelFunc) {
	stop := time.AfterFunc(drainTime, cancel)
	defer stop.Stop()
	_, _ = io.CopyN(io.Discard, body, maxDrain)
}

// connection follows how far a request got.
type connection struct{ wanted, got atomic.Bool }

func (c *connection) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { c.wanted.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { c.got.Store(true) },
	}
}

// mayHaveCarried is false only where it is certain that nothing was written: a
// connection was wanted and never came. A transport that reports neither may
// have written anything.
func (c *connection) mayHaveCarried() bool { return c.got.Load() || !c.wanted.Load() }
