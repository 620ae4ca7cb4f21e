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
)

// What a person must act on. The errors of this package that are LoginRefused
// wrap one of them, or another reason in words.
var (
	// ErrClientSecret: the client secret, which lasts a year, has expired, or it
	// or the client id is wrong.
	ErrClientSecret = errors.New("the client secret has expired, or it does not fit the client id")
	// errRefused: the consent is over: the refresh token or the code is dead.
	errRefused = errors.New("the login service no longer accepts this login")
)

// secretExpired is how the vendor's login service names an expired client
// secret, whatever error it gives it as.
const secretExpired = "AADB2C90085"

const (
	remedyLogin  = "Log in again: setpoint login."
	remedySecret = "Make a new client secret in the vendor's developer portal, then log in again: setpoint login."
)

// refused is an answer that brings no tokens. The OAuth error decides, as the
// service uses one status code for nearly all of them.
func (a *asking) refused(resp *http.Response, said answer, body []byte) *provider.Error {
	message := a.cleaner.Message(body)
	if resp.StatusCode/100 == 2 && said.Error == "" {
		message = "" // it may be anything, tokens too
	}
	e := &provider.Error{Op: a.op, StatusCode: resp.StatusCode, Kind: provider.KindUnauthorized}
	var reason error
	switch {
	case strings.Contains(string(said.Error+said.Description), secretExpired),
		said.Error == "invalid_client", said.Error == "unauthorized_client":
		e.LoginRefused, e.Remedy, reason = true, remedySecret, ErrClientSecret
	case resp.StatusCode == http.StatusTooManyRequests:
		e.Kind, reason = provider.KindRateLimited, errors.New("the login service has had too many requests")
		e.RetryAfter = exchange.RetryAfter(resp.StatusCode, resp.Header, message, time.Now())
	case said.Error == "invalid_grant":
		e.LoginRefused, e.Remedy, reason = true, remedyLogin, errRefused
	case resp.StatusCode/100 == 5, resp.StatusCode == http.StatusRequestTimeout,
		said.Error == "temporarily_unavailable", said.Error == "server_error":
		e.Kind, reason = provider.KindServer, errors.New("the login service is in trouble")
		e.RetryAfter = exchange.RetryAfter(resp.StatusCode, resp.Header, message, time.Now())
	case resp.StatusCode/100 == 2 && said.Error == "":
		e.Kind, reason = provider.KindServer, errors.New("the login service's answer holds no access token")
	case resp.StatusCode/100 == 3:
		e.LoginRefused, reason = true, errors.New("the login service redirects, which is not followed")
		e.Remedy = "Check the address of the login service."
	default:
		e.LoginRefused, reason = true, errors.New("the login service refuses the request")
		e.Remedy = "Compare client id and reply URL with the vendor's developer portal, then log in again: setpoint login."
	}
	e.Err = reason
	if message != "" {
		e.Err = fmt.Errorf("%w: %s", reason, strings.TrimRight(message, ". "))
	}
	return e
}

// broken is a request that got no answer, or not the whole of one.
func (a *asking) broken(outer, timed context.Context, err error) *provider.Error {
	e := &provider.Error{Kind: provider.KindUnreachable, Op: a.op, Remedy: "Check the network, and the proxy variables if there are any."}
	if a.conn.MayHaveCarried() && !errors.Is(err, exchange.ErrProxy) {
		e.Kind, e.Remedy = provider.KindInterrupted, ""
	}
	switch {
	case outer.Err() != nil:
		e.Kind, e.Remedy, e.Err = provider.KindCanceled, "", outer.Err()
	case timed.Err() != nil:
		e.Err = fmt.Errorf("the login service gave no complete answer within %s", a.service.timeout)
	default:
		e.Err = fmt.Errorf("the login service was not reached: %w", a.cleaner.Cause(withoutURL(err)))
	}
	return e
}

// withoutURL is what net/http wraps in the address of the request.
func withoutURL(err error) error {
	if wrapped := errors.Unwrap(err); wrapped != nil {
		return wrapped
	}
	return err
}
