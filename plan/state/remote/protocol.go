package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"setpoint/plan/state"
	"setpoint/provider"
)

// Read is the content; nil for none. It tries again what may pass.
func (c *Client) Read(ctx context.Context) ([]byte, error) {
	a, err := c.repeat(ctx, http.MethodGet, c.address, nil)
	switch {
	case err != nil:
		return nil, c.failed("the state cannot be read", nil, err)
	case a.ok(http.StatusNoContent, http.StatusNotFound), a.ok(http.StatusOK) && len(a.body) == 0:
		return nil, nil
	case a.ok(http.StatusOK):
		return a.body, nil
	}
	return nil, c.failed("the state cannot be read", a, nil)
}

// Write makes the content the state. Each answer that leaves it open whether that
// is done is followed by a look at what the server has; only then it is tried again,
// and without a lock not at all: somebody else may have written meanwhile.
func (c *Client) Write(ctx context.Context, id string, content []byte) error {
	const trouble = "the state cannot be written there"
	to := c.named(id)
	for try := 1; ; try++ {
		a, err := c.once(ctx, c.o.UpdateMethod, to, content)
		switch {
		case lasting(err):
			return c.failed(trouble, nil, err)
		case err != nil || a.passing():
		case a.done():
			return nil
		case try > 1 && a.status/100 == 4 && c.has(ctx, content):
			return nil // an earlier try arrived, and a server that takes no serial twice refuses this one
		case a.held():
			return c.lockLost(id, a)
		case a.status/100 != 2:
			return c.failed(trouble, a, nil)
		}
		if c.has(ctx, content) {
			return nil
		}
		if id == "" || !c.wait(ctx, try, a) {
			return c.failed(trouble+", or is not confirmed", a, err)
		}
	}
}

// named is the address in the name of a lock.
func (c *Client) named(id string) *url.URL {
	to := *c.address
	if id != "" {
		to.RawQuery = url.Values{"ID": {id}}.Encode()
	}
	return &to
}

// has tells whether the server has the content for certain.
func (c *Client) has(ctx context.Context, content []byte) bool {
	a, err := c.once(ctx, http.MethodGet, c.address, nil)
	return err == nil && a.ok(http.StatusOK) && bytes.Equal(a.body, content)
}

// Lock takes the lock, or finds it held under the ID already.
func (c *Client) Lock(ctx context.Context, info state.LockInfo) error {
	body, err := encodeLock(info, c.o.SetpointVersion, c.Place())
	if err != nil {
		return err
	}
	a, err := c.repeat(ctx, c.o.LockMethod, c.lock, body)
	switch {
	case err != nil:
		return c.failed("the state cannot be locked", nil, err)
	case a.done():
		return nil
	case !a.held():
		return c.failed("the state cannot be locked", a, nil)
	}
	holder := c.decodeLock(a.body)
	if holder != nil && holder.ID == info.ID {
		return nil
	}
	return c.locked(holder)
}

func (c *Client) locked(holder *state.LockInfo) *state.Error {
	e := &state.Error{Kind: state.KindLocked, Path: c.Place(), Holder: holder, Detail: "the state is locked, and the server does not say by whom",
		Remedy: "Wait for that run to end, or give --lock-timeout (such as 5m) to wait here"}
	if holder != nil {
		e.Detail = "the state is locked by " + holder.String()
		if strings.Trim(holder.ID, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == "" { // it is foreign text
			e.Remedy += ". If it was killed, and only then: setpoint force-unlock " + holder.ID
		}
	}
	return e
}

// Unlock gives the lock back.
func (c *Client) Unlock(ctx context.Context, info state.LockInfo) error {
	body, err := encodeLock(info, c.o.SetpointVersion, c.Place())
	if err != nil {
		return err
	}
	return c.unlockWith(ctx, body)
}

func (c *Client) unlockWith(ctx context.Context, body []byte) error {
	for try := 1; ; try++ {
		a, err := c.once(ctx, c.o.UnlockMethod, c.unlock, body)
		switch {
		case err == nil && a.done():
			return nil
		case err == nil && try > 1 && a.status/100 == 4 && !a.passing():
			return nil // an earlier try arrived: it is not ours any more
		case err == nil && !a.passing() || lasting(err) || !c.wait(ctx, try, a):
			return c.failed("the lock cannot be given back", a, err)
		}
	}
}

// ErrNotHeld is what ForceUnlock says where nobody has the lock.
var ErrNotHeld = errors.New("the state is not locked")

// ForceUnlock ends the lock of that ID, with the info that its holder left. The
// protocol does not let one look at a lock, so it is asked for: where another ID
// holds it nothing is done and the error is KindLocked; where nobody does, ErrNotHeld.
func (c *Client) ForceUnlock(ctx context.Context, id string, own state.LockInfo) error {
	body, err := encodeLock(own, c.o.SetpointVersion, c.Place())
	if err != nil {
		return err
	}
	a, err := c.repeat(ctx, c.o.LockMethod, c.lock, body)
	switch {
	case err == nil && a.done():
		return errors.Join(ErrNotHeld, c.unlockWith(ctx, body))
	case err != nil || !a.held():
		c.dropOwn(ctx, body)
		return c.failed("the lock cannot be looked at", a, err)
	}
	switch holder := c.decodeLock(a.body); {
	case holder == nil:
		if body, err = encodeLock(state.LockInfo{ID: id}, c.o.SetpointVersion, c.Place()); err != nil {
			return err
		}
	case holder.ID == own.ID:
		return errors.Join(ErrNotHeld, c.unlockWith(ctx, body))
	case holder.ID != id:
		return c.locked(holder)
	default:
		body = a.body
	}
	return c.unlockWith(ctx, body)
}

// dropOwn gives back a lock of which it is open whether it was taken. It says
// nothing: another holder's is refused, which is as it should be.
func (c *Client) dropOwn(ctx context.Context, body []byte) {
	_, _ = c.once(ctx, c.o.UnlockMethod, c.unlock, body)
}

// Delete removes the state, in the name of the lock of that ID, "" for none.
func (c *Client) Delete(ctx context.Context, id string) error {
	a, err := c.repeat(ctx, http.MethodDelete, c.named(id), nil)
	if err == nil && a.ok(http.StatusOK, http.StatusNoContent, http.StatusNotFound) {
		return nil
	}
	return c.failed("the state cannot be deleted", a, err)
}

// lockLost says who has the lock, as far as the server does.
func (c *Client) lockLost(id string, a *answer) *state.Error {
	e := &state.Error{Kind: state.KindLockLost, Path: c.Place(),
		Detail: fmt.Sprintf("the server does not take what this run knows (%d): the lock %s is not held any more, or another version came first", a.status, id),
		Remedy: "Nothing more is started. When the other run has ended, run the command again"}
	if holder := c.decodeLock(a.body); holder != nil && holder.ID != id {
		e.Holder, e.Detail = holder, "the lock was taken from this run: the state is locked by "+holder.String()
	} else if said := c.clean(string(a.body)); holder == nil && said != "" && !a.isPage() {
		e.Detail += ": " + said
	}
	return e
}

// failed is what the server or the network did instead, with what to do.
func (c *Client) failed(trouble string, a *answer, err error) *state.Error {
	e := &state.Error{Kind: state.KindRemote, Path: c.Place(), Detail: trouble, Err: err, Remedy: "Run the command again when the server can be reached"}
	if u, ok := errors.AsType[*unreachable](err); ok {
		e.Remedy = u.remedy
	}
	if err != nil || a == nil {
		return e
	}
	e.Detail += fmt.Sprintf(": the server answered %d %s", a.status, http.StatusText(a.status))
	if said := c.clean(string(a.body)); said != "" && !a.isPage() {
		e.Detail += fmt.Sprintf(" (%s)", said)
	}
	switch {
	case a.ok(http.StatusUnauthorized, http.StatusForbidden):
		e.Remedy = "Set SETPOINT_HTTP_USERNAME and SETPOINT_HTTP_PASSWORD (or TF_HTTP_USERNAME and TF_HTTP_PASSWORD) to a user who may write states"
		if !provider.IsLoopback(c.address.Hostname()) {
			e.Remedy += ", and SETPOINT_HTTP_ADDRESS to this address"
		}
	case a.status/100 == 3:
		e.Remedy = "Redirects are not followed, as credentials go to one host only: give the backend the address that it leads to"
	case a.ok(http.StatusMethodNotAllowed):
		e.Remedy = `Look up which methods the server wants: GitLab and Gitea take lock_method = "POST" and unlock_method = "DELETE"`
	case a.status/100 == 4:
		e.Remedy = "Check address, lock_address and the methods in the backend block"
	}
	return e
}
