package login

import (
	"context"
	"errors"
	"sync"
	"time"

	"setpoint/provider"
)

// From says where a credential was found.
type From int

// Every From.
const (
	FromConfiguration From = iota + 1
	FromEnvironment
	FromFile
)

// String is the place in plain words.
func (f From) String() string {
	switch f {
	case FromConfiguration:
		return "configuration"
	case FromEnvironment:
		return "environment"
	case FromFile:
		return "credentials file"
	}
	return "nowhere"
}

// Warning is something that a person should hear of though the run goes on.
type Warning struct {
	Summary string // one line
	Detail  string // with what to do
}

// Source gives access tokens, renews them shortly before they expire and once
// they are refused, and keeps what it gets. It is safe for concurrent use. Close
// it at the end of the run.
type Source struct {
	service *Service
	store   *Store // nil where nothing is stored
	from    From
	app     *Credentials // client id and secret of the environment, which go before those of the file; nil for none
	lineage string       // fingerprint of the environment's refresh token
	spare   []provider.Secret
	warn    func(Warning)

	mu       sync.Mutex
	held     Credentials
	fresh    bool // the access token came from a renewal and was never accepted
	refused  bool // the cloud has answered 401 to the access token
	underway *renewal
	paused   time.Time // no renewal before
	cause    *provider.Error
	hopeless provider.Secret // with what a person has to act on: the same is not tried again
	stored   provider.Secret // the refresh token in the file when it was last read or written
	unstored bool            // held could not be stored
	warned   bool            // that held is not stored anywhere
}

// renewal is one that somebody has begun. failed is set before done is closed.
type renewal struct {
	done   chan struct{}
	failed *provider.Error
}

// holdOff is how long after a failed renewal the access token that still lives
// is sent without trying again, where the login service does not say.
const holdOff = 10 * time.Second

// Token is the access token to send now. Shortly before it expires it is
// renewed; should that fail, it is sent as long as it lives. Errors are a
// *provider.Error without device.
func (s *Source) Token(ctx context.Context) (provider.Secret, error) {
	s.mu.Lock()
	now := time.Now()
	token, spent := s.held.AccessToken, s.refused || s.held.expired(now)
	switch {
	case !s.refused && s.held.usable(now), !spent && now.Before(s.paused), !s.renewable() && !token.IsZero() && !spent:
		s.mu.Unlock()
		return token, nil
	case !s.renewable():
		s.mu.Unlock()
		return provider.Secret{}, s.ended()
	}
	r := s.begin(ctx)
	s.mu.Unlock()
	failed := r.wait(ctx)
	switch {
	case failed == nil:
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.held.AccessToken, nil
	case !spent && ctx.Err() == nil:
		return token, nil
	}
	return provider.Secret{}, failed
}

// Refused hands in an access token that the cloud has answered 401 to. True:
// there is another one by now. False: there is none to be had, or this one is
// just renewed and was never accepted, so that renewing again would not help.
func (s *Source) Refused(ctx context.Context, token provider.Secret) (bool, error) {
	s.mu.Lock()
	switch {
	case token.Reveal() != s.held.AccessToken.Reveal():
		s.mu.Unlock()
		return true, nil
	case !s.renewable(), s.fresh:
		s.mu.Unlock()
		return false, nil
	case s.refused && s.cause != nil && s.underway == nil: // a call in flight beside the one whose renewal failed
		failed := s.cause
		s.mu.Unlock()
		return false, failed
	}
	s.refused = true
	r := s.begin(ctx)
	s.mu.Unlock()
	if failed := r.wait(ctx); failed != nil {
		return false, failed
	}
	return true, nil
}

// Accepted hands in an access token that the cloud has answered 2xx to.
func (s *Source) Accepted(token provider.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fresh && token.Reveal() == s.held.AccessToken.Reveal() {
		s.fresh = false
	}
}

// Close waits, as long as ctx lasts, for a renewal that is underway, and tries
// once more to store what could not be stored. Its error says what is lost.
func (s *Source) Close(ctx context.Context) error {
	s.mu.Lock()
	r := s.underway
	s.mu.Unlock()
	if r != nil {
		if failed := r.wait(ctx); failed != nil && ctx.Err() != nil {
			return errors.New("a renewal of the access token was broken off: should the next run be refused, log in again: setpoint login")
		}
	}
	return s.storeLate(ctx)
}

// renewable tells whether there is anything to renew from.
func (s *Source) renewable() bool { return !s.held.RefreshToken.IsZero() }

// begin starts a renewal, or finds the one underway. It is finished whatever
// becomes of ctx: the new refresh token must not be lost. mu is held.
func (s *Source) begin(ctx context.Context) *renewal {
	if s.underway != nil {
		return s.underway
	}
	r := &renewal{done: make(chan struct{})}
	now := time.Now()
	if s.cause != nil && s.cause.Kind == provider.KindRateLimited && now.Before(s.paused) {
		again := *s.cause
		again.RetryAfter = s.paused.Sub(now)
		r.failed = &again
		close(r.done)
		return r
	}
	s.underway = r
	go s.run(context.WithoutCancel(ctx), r, s.held)
	return r
}

// run carries out a renewal and makes what it got the current credentials.
func (s *Source) run(ctx context.Context, r *renewal, held Credentials) {
	renewed, failed := s.renew(ctx, held)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.underway, s.cause, r.failed = nil, failed, failed
	if failed == nil {
		s.held, s.fresh, s.refused, s.paused = renewed, true, false, time.Time{}
	} else {
		pause := failed.RetryAfter
		if pause <= 0 {
			pause = holdOff
		}
		s.paused = time.Now().Add(pause)
	}
	close(r.done)
}

func (r *renewal) wait(ctx context.Context) *provider.Error {
	select {
	case <-r.done:
		return r.failed
	case <-ctx.Done():
		return &provider.Error{Kind: provider.KindCanceled, Op: "renew the access token", Err: ctx.Err()}
	}
}

// ended is an access token that has expired and cannot be renewed.
func (s *Source) ended() *provider.Error {
	return &provider.Error{
		Kind: provider.KindUnauthorized, Op: "renew the access token", LoginRefused: true,
		Err: errors.New("the access token has expired, and there is no refresh token"), Remedy: s.remedy(remedyLogin),
	}
}
