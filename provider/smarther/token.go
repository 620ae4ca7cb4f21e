package smarther

import (
	"context"
	"errors"

	"setpoint/provider"
)

// TokenSource gives a Client its access tokens. It is safe for concurrent use.
// The errors of Token and Refused are a *provider.Error, or wrap one, that says
// why there is no token; Op and Device are left to the Client. They hold no
// credential.
type TokenSource interface {
	// Token is the access token to send now, renewed before where it is about
	// to expire. It waits for that as long as ctx lasts.
	Token(ctx context.Context) (provider.Secret, error)
	// Refused hands in a token that the cloud has answered 401 to. True: another
	// token is to be had by now, so the call may be made again at once. False:
	// there is no other token, and the 401 is about something else as well.
	Refused(ctx context.Context, token provider.Secret) (renewed bool, err error)
	// Accepted hands in a token that the cloud has answered 2xx to.
	Accepted(token provider.Secret)
}

// fixedToken is a token that nobody renews.
type fixedToken struct{ token provider.Secret }

func (f fixedToken) Token(context.Context) (provider.Secret, error)         { return f.token, nil }
func (f fixedToken) Refused(context.Context, provider.Secret) (bool, error) { return false, nil }
func (f fixedToken) Accepted(provider.Secret)                               {}

// unauthorized decides what a 401 means, the only answer that a new token may
// mend: the call may simply be made again, or no token is to be had, or neither.
func (c *Client) unauthorized(ctx context.Context, at target, token provider.Secret, e *provider.Error) *provider.Error {
	renewed, err := c.tokens.Refused(ctx, token)
	if err != nil {
		return c.tokenless(ctx, at, err)
	}
	e.Renewed = renewed
	return e
}

// tokenless is a call for which there was no token, or no other one after a 401:
// nothing took effect.
func (c *Client) tokenless(ctx context.Context, at target, err error) *provider.Error {
	e := &provider.Error{Kind: provider.KindUnreachable, Op: at.op, Device: at.device, Err: c.cleaner.Cause(err)}
	var failed *provider.Error
	switch {
	case ctx.Err() != nil:
		e.Kind, e.Err = provider.KindCanceled, ctx.Err()
	case errors.As(err, &failed):
		*e = *failed
		e.Op, e.Device, e.MayHaveLanded = at.op, at.device, false
	}
	e.NoToken = e.Kind != provider.KindCanceled
	return e
}
