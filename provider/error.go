package provider

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Kind says what a failed request means for the run. It follows from the status
// code (reference: responses of each operation, and what the cloud answers
// beyond it in the field), never from a word in the message.
type Kind int

// Every Kind. The comment names the status codes.
const (
	// KindRejected: 400, 430 and every other 4xx: this request is wrong, and
	// will be wrong again.
	KindRejected Kind = iota + 1
	// KindUnauthorized: 401: token expired, access revoked, or wrong key. Also
	// when the login itself is refused, whatever its status code.
	KindUnauthorized
	// KindQuota: 403: the account's daily quota of calls is used up.
	KindQuota
	// KindNotFound: 404: wrong id, or this thermostat is offline.
	KindNotFound
	// KindTimeout: 408: the cloud did not reach the thermostat in time.
	KindTimeout
	// KindRateLimited: 429: too many calls in a short time, for the account.
	KindRateLimited
	// KindPasswordExpired: 469: a person must renew a password in the official app.
	KindPasswordExpired
	// KindTermsNotAccepted: 470: a person must accept terms in the official app.
	KindTermsNotAccepted
	// KindBusy: 486: somebody is using the thermostat's screen.
	KindBusy
	// KindServer: 500, 502, 503, 504 and every other 5xx.
	KindServer
	// KindRedirect: 3xx: never followed, because credentials would travel along.
	KindRedirect
	// KindUnreachable: no connection was made, so nothing was sent.
	KindUnreachable
	// KindInterrupted: the connection broke, or the time was over, after
	// something had been sent.
	KindInterrupted
	// KindCanceled: our own side gave up (context canceled).
	KindCanceled
	// KindUnusable: the answer was a success that makes no sense.
	KindUnusable
)

// Kinds lists every Kind, for tests that must cover them all.
func Kinds() []Kind {
	all := make([]Kind, 0, KindUnusable)
	for k := KindRejected; k <= KindUnusable; k++ {
		all = append(all, k)
	}
	return all
}

// String is the kind in plain words.
func (k Kind) String() string {
	switch k {
	case KindRejected:
		return "request rejected"
	case KindUnauthorized:
		return "not authorized"
	case KindQuota:
		return "daily quota used up"
	case KindNotFound:
		return "not found or offline"
	case KindTimeout:
		return "thermostat not reached in time"
	case KindRateLimited:
		return "rate limit exceeded"
	case KindPasswordExpired:
		return "password of the official app expired"
	case KindTermsNotAccepted:
		return "terms of the official app not accepted"
	case KindBusy:
		return "thermostat's screen in use"
	case KindServer:
		return "trouble in the cloud"
	case KindRedirect:
		return "redirected"
	case KindUnreachable:
		return "cloud not reached"
	case KindInterrupted:
		return "connection lost"
	case KindCanceled:
		return "given up"
	case KindUnusable:
		return "answer not understood"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// Error is how every request of a Provider fails.
type Error struct {
	Kind   Kind
	Op     string // the operation: "set status", "get status", "get plants"
	Device Device // without ModuleID if it was about a plant, zero if about the account

	// StatusCode is the HTTP status, 0 where there was no answer.
	StatusCode int
	// Message is what the server said: one line, bounded, free of credentials; "" if nothing.
	Message string
	// Remedy is what a person can do about it, a whole sentence; "" if nothing but waiting.
	Remedy string
	// RetryAfter is how long the server asked to wait, 0 if it did not say.
	RetryAfter time.Duration
	// Renewed is true for a KindUnauthorized that means no more than an access
	// token that has been replaced meanwhile: the call may be made again at once.
	Renewed bool
	// LoginRefused is true for a KindUnauthorized that no further attempt can
	// change: there is no access token until a person has logged in again. A call that
	// fails for that has NoToken, too.
	LoginRefused bool
	// NoToken is true where there is no access token to be had, and the failure is
	// the login service's: it holds for every call of the account. Uncalled is true
	// where no call was made for want of it; else the cloud had refused the one before.
	NoToken, Uncalled bool
	// MayHaveLanded is true where a write may have taken effect all the same.
	MayHaveLanded bool
	// Err is the cause below, if there is one. It holds no credentials.
	Err error
}

// Error names operation, object, what happened and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s: %s", e.Op, e.Device.object(), e.Reason())
	if e.Remedy != "" {
		b.WriteString(". " + e.Remedy)
	}
	return b.String()
}

// Reason is what happened, without operation, device and remedy:
// "404 not found or offline: Gateway Offline".
func (e *Error) Reason() string {
	var b strings.Builder
	if e.NoToken && !e.LoginRefused && e.Message == "" && e.Err != nil {
		return e.Err.Error() // status and kind are the login service's, not the cloud's
	}
	if e.StatusCode != 0 && !e.LoginRefused { // else it is the login service's
		fmt.Fprintf(&b, "%d ", e.StatusCode)
	}
	b.WriteString(e.Kind.String())
	switch {
	case e.Message != "":
		b.WriteString(": " + strings.TrimRight(e.Message, ". "))
	case e.Err != nil && !errors.Is(e.Err, context.Canceled) && !errors.Is(e.Err, context.DeadlineExceeded):
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// AccountWide names in a word or two an error that means the same for every call
// of the account, such as "469", so that it need be told in full only once; ""
// for any other.
func AccountWide(err error) string {
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return ""
	case e.NoToken || e.LoginRefused:
		return "no access token"
	case e.Kind == KindUnauthorized && e.Renewed:
		return ""
	case e.Kind == KindUnauthorized, e.Kind == KindQuota, e.Kind == KindPasswordExpired, e.Kind == KindTermsNotAccepted:
		return strconv.Itoa(e.StatusCode)
	}
	return ""
}

// Reason is what went wrong, of an *Error without operation and device, and what a
// person can do about it; each "" if there is nothing to say.
func Reason(err error) (reason, remedy string) {
	if failed, ok := errors.AsType[*Error](err); ok {
		return failed.Reason(), failed.Remedy
	}
	if err == nil {
		return "", ""
	}
	return err.Error(), ""
}

// Unwrap gives the cause below.
func (e *Error) Unwrap() error { return e.Err }
