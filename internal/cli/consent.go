package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"setpoint/config/diag"
	"setpoint/provider"
	"setpoint/provider/smarther/login"
)

// reply is what came of a consent.
type reply struct {
	code provider.Secret
	err  error
}

// errNoReply is a person who did not come back in time.
var errNoReply = errors.New("the time is over")

// consent leads the person to the page of the login service and waits for the
// reply, on this machine and, on a terminal, from the person's hands: whichever
// comes first.
func (a *app) consent(f *loginFlags, flow *login.Flow, replyURL string, talk *dialogue, signals *interrupts) (provider.Secret, error) {
	say := func(text string) { fmt.Fprint(a.Stderr, text) }
	if talk != nil {
		say = talk.say
	}
	listener, err := listen(flow, replyURL, talk, say)
	if err != nil {
		return provider.Secret{}, err
	}
	ctx, cancel := waiting(f, talk, signals)
	defer cancel()
	replies, state := make(chan reply, 2), login.NewState()
	if listener != nil {
		listened := make(chan struct{})
		defer func() { cancel(); <-listened }() // it gives the port back
		go func() {
			defer close(listened)
			code, err := listener.Wait(ctx, state, func() { say("A reply that belongs to another login was turned away; the wait goes on.\n") })
			replies <- reply{code, err}
		}()
	}
	address := flow.AuthorizeURL(state)
	say(fmt.Sprintf("\nLog in and allow the access on this page:\n\n  %s\n\n", address))
	var unopened <-chan error
	if !f.noBrowser {
		unopened = a.browse(address)
	}
	if talk != nil {
		say(fmt.Sprintf("If it says that the reply URL does not match, register %s to the letter. Ctrl-C ends this.\n", replyURL))
		go func() {
			r := talk.pasted(flow, state, listener != nil)
			if errors.Is(r.err, errOver) && listener != nil {
				talk.say("\nNothing will be pasted; the reply is awaited.\n")
				talk.restore() // so that Ctrl-C is a signal again
				return
			}
			replies <- r
		}()
	}
	return firstReply(ctx, replies, unopened, replyURL, listener != nil && talk != nil, say)
}

// firstReply is the one that counts. A listener that breaks down leaves the
// person's hands.
func firstReply(ctx context.Context, replies <-chan reply, unopened <-chan error, replyURL string, both bool, say func(string)) (provider.Secret, error) {
	for {
		select {
		case err := <-unopened:
			say(fmt.Sprintf("The browser did not open the page (%s). Open it yourself.\n", err))
			unopened = nil
		case r := <-replies:
			switch {
			case r.err == nil, errors.Is(r.err, errLeft), errors.Is(r.err, errOver):
				return r.code, r.err
			case ctx.Err() != nil:
				return provider.Secret{}, unanswered(ctx, replyURL)
			case isReply(r.err) || !both:
				return provider.Secret{}, replyFailed(r.err)
			}
			both = false
			say(diag.Capital(r.err.Error()) + ". Paste the reply.\n")
		case <-ctx.Done():
			return provider.Secret{}, unanswered(ctx, replyURL)
		}
	}
}

// listen takes the port of the reply URL, if it is one of this machine. Without
// it somebody has to paste the reply.
func listen(flow *login.Flow, replyURL string, talk *dialogue, say func(string)) (*login.Listener, error) {
	switch {
	case flow.CanListen():
		listener, err := flow.Listen()
		switch {
		case err == nil:
			return listener, nil
		case talk == nil:
			return nil, fail("Reply cannot be received", "%s.", diag.Capital(err.Error()))
		}
		say(diag.Capital(err.Error()) + ".\n")
	case talk == nil:
		return nil, fail("Nobody to paste the reply", "The reply URL %s does not lead to this machine, so that somebody has to paste the reply, and there is no terminal. "+
			"Run setpoint login on a terminal, or register a reply URL of this machine, such as http://127.0.0.1:8788/callback.", replyURL)
	}
	return nil, nil
}

// waiting is how long a reply is waited for.
func waiting(f *loginFlags, talk *dialogue, signals *interrupts) (context.Context, context.CancelFunc) {
	limit := f.timeout
	if limit == 0 && talk == nil {
		limit = 5 * time.Minute
	}
	if limit == 0 {
		return context.WithCancel(signals.drain)
	}
	return context.WithTimeoutCause(signals.drain, limit, fmt.Errorf("%w: %s", errNoReply, limit))
}

// pasted asks until it is a reply, right or wrong.
func (d *dialogue) pasted(flow *login.Flow, state provider.Secret, listening bool) reply {
	question := "\nThen paste the whole address that the browser goes to: "
	if listening {
		question = "\nThe reply comes by itself. If it does not, paste the whole address that the browser goes to: "
	}
	for {
		text, err := d.ask(question)
		if err != nil {
			return reply{err: err}
		}
		if text == "" {
			continue
		}
		code, err := flow.ParseReply(text, state)
		if !errors.Is(err, login.ErrReply) {
			return reply{code, err}
		}
		d.say(diag.Capital(err.Error()) + ".\n")
	}
}

// isReply tells an answer of the login service from a failure to receive one.
func isReply(err error) bool {
	return errors.Is(err, login.ErrReply) || errors.Is(err, login.ErrState) || errors.Is(err, login.ErrConsent)
}

// replyFailed ends a login whose reply brought no code.
func replyFailed(err error) error {
	text := diag.Capital(strings.TrimRight(err.Error(), ". ")) // a service may end its own sentence
	switch {
	case errors.Is(err, login.ErrClientSecret):
		return failWith(codePerson, "Client secret expired", "%s. Make a new client secret in the vendor's developer portal, then log in again: setpoint login.", text)
	case errors.Is(err, login.ErrConsent):
		return failWith(codePerson, "Access not allowed", "%s. Nothing was stored. Log in again and allow the access on the page: setpoint login. "+
			"If you did, see in the developer portal that the application is approved and has the scopes comfort.read and comfort.write.", text)
	case errors.Is(err, login.ErrState):
		return failWith(codePerson, "Not the reply to this login", "%s. Nothing was stored.", text)
	case errors.Is(err, login.ErrReply):
		return failWith(codePerson, "Not a reply", "%s. Nothing was stored. Log in again: setpoint login.", text)
	}
	return fail("Reply not received", "%s. Nothing was stored.", text)
}

// unanswered ends a wait that was too long or was interrupted.
func unanswered(ctx context.Context, replyURL string) error {
	if !errors.Is(context.Cause(ctx), errNoReply) {
		return errLeft
	}
	return failWith(codePerson, "No reply", "Nobody came to %s, and %s. Nothing was stored. If the page said that reply URL or client id are wrong, "+
		"make them equal the registered ones to the letter. To wait longer: --timeout 30m.", replyURL, context.Cause(ctx))
}
