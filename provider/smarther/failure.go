package smarther

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

// rejected is a request that was never sent because it is wrong.
func (c *Client) rejected(at target, err error) *provider.Error {
	return &provider.Error{Kind: provider.KindRejected, Op: at.op, Device: at.device, Err: c.cleaner.Cause(err)}
}

// unusable is a success that makes no sense.
func (c *Client) unusable(at target, err error) *provider.Error {
	return &provider.Error{
		Kind: provider.KindUnusable, Op: at.op, Device: at.device, Err: c.cleaner.Cause(err),
		Remedy: "Check that the argument endpoint of the provider block is the address of a Smarther cloud, and look at the thermostat in the official app.",
	}
}

// broken is a call that got no answer, or not the whole of one. outer is the
// caller's context, timed the one with the call's own time-out; sent tells
// whether the request may have left.
func (c *Client) broken(outer, timed context.Context, at target, sent bool, err error) *provider.Error {
	e := &provider.Error{Op: at.op, Device: at.device, MayHaveLanded: sent && at.writes()}
	e.Kind = provider.KindUnreachable
	if sent {
		e.Kind = provider.KindInterrupted
	}
	switch {
	case outer.Err() != nil:
		e.Kind, e.Err = provider.KindCanceled, outer.Err()
	case timed.Err() != nil && sent:
		e.Err = fmt.Errorf("no complete answer within %s", c.timeout)
		e.Remedy = "Raise the argument timeout of the provider block if the cloud is merely slow."
	case timed.Err() != nil:
		e.Err = fmt.Errorf("no connection within %s", c.timeout)
		e.Remedy = "Check the network and the argument endpoint, or raise the argument timeout of the provider block."
	case sent:
		if op := (*net.OpError)(nil); errors.As(err, &op) {
			err = op.Err // without the addresses of a connection that is gone
		}
		e.Err = c.cleaner.Cause(err)
	default:
		e.Err = c.cleaner.Cause(err)
		e.Remedy = "Check the network, the proxy variables if there are any, and the argument endpoint of the provider block."
	}
	return e
}

// refused is an answer other than 2xx. body is nil where it could not be read.
func (c *Client) refused(at target, resp *http.Response, body []byte) *provider.Error {
	e := &provider.Error{
		Kind:          kindOf(resp.StatusCode),
		Op:            at.op,
		Device:        at.device,
		StatusCode:    resp.StatusCode,
		Message:       c.cleaner.Message(body),
		MayHaveLanded: at.writes() && mayHaveLanded(resp.StatusCode),
	}
	if e.Kind == provider.KindRedirect {
		e.Message = c.cleaner.Text(place(resp))
	}
	e.RetryAfter = exchange.RetryAfter(resp.StatusCode, resp.Header, e.Message, time.Now())
	e.Remedy = remedy(e.Kind, e.RetryAfter)
	if e.Kind == provider.KindUnauthorized && strings.Contains(strings.ToLower(e.Message), "subscription key") {
		e.Remedy = remedyKey
	}
	return e
}

// remedyKey is the advice after a 401 that speaks of the subscription key. What is
// done does not depend on what an answer says, only what a person looks at first.
const remedyKey = "Compare the subscription key with the one in your profile of the developer portal, and see there that the subscription is active. " +
	"If both are right, log in again with setpoint login, or get a new access token where you set one yourself."

// kindOf follows the responses of the reference and what the cloud answers
// beyond them. The reference heads 430, 469 and 486 with one and the same
// sentence about a password; only 469 is about it.
func kindOf(status int) provider.Kind {
	switch status {
	case http.StatusUnauthorized:
		return provider.KindUnauthorized
	case http.StatusForbidden:
		return provider.KindQuota
	case http.StatusNotFound:
		return provider.KindNotFound
	case http.StatusRequestTimeout:
		return provider.KindTimeout
	case http.StatusTooManyRequests:
		return provider.KindRateLimited
	case 469:
		return provider.KindPasswordExpired
	case 470:
		return provider.KindTermsNotAccepted
	case 486:
		return provider.KindBusy
	}
	switch status / 100 {
	case 3:
		return provider.KindRedirect
	case 4:
		return provider.KindRejected
	case 5:
		return provider.KindServer
	}
	return provider.KindUnusable
}

// mayHaveLanded is false only for the answers of somebody who did not pass the
// write on: redirects, and every 4xx but 408.
func mayHaveLanded(status int) bool {
	return status == http.StatusRequestTimeout || status/100 != 3 && status/100 != 4
}

// place is where a redirect points, without what an address can carry besides.
func place(resp *http.Response) string {
	u, err := resp.Location()
	if err != nil {
		return "to nowhere that could be read"
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return "to " + u.String()
}

func remedy(kind provider.Kind, wait time.Duration) string {
	switch kind {
	case provider.KindRejected:
		return "Check plant_id, module_id and the settings; sent again unchanged they will be refused again."
	case provider.KindUnauthorized:
		return "Log in again with setpoint login, or get a new access token where you set one yourself: " +
			"this one has expired, or its access was revoked. If a new one is refused too, compare the subscription key with the one in your profile of the developer portal."
	case provider.KindQuota:
		return "Wait until the quota of calls is replenished, a day at most."
	case provider.KindNotFound:
		return "Check plant_id and module_id, and whether the thermostat is online."
	case provider.KindPasswordExpired:
		return "Renew the password in the official app."
	case provider.KindTermsNotAccepted:
		return "Accept the terms and conditions in the official app."
	case provider.KindBusy:
		return "Somebody is using the thermostat's screen: try again when they have finished."
	case provider.KindRedirect:
		return "Redirects are not followed: check the argument endpoint of the provider block."
	case provider.KindTimeout:
		return "Check that the thermostat is online, and try again."
	case provider.KindRateLimited:
		return "Lower the argument rate_limit of the provider block, and look for other programs that use the same account."
	case provider.KindUnusable:
		return "Check that the argument endpoint of the provider block is the address of a Smarther cloud."
	case provider.KindServer, provider.KindUnreachable, provider.KindInterrupted, provider.KindCanceled:
	}
	return ""
}
