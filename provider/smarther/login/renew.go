package login

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"setpoint/provider"
)

// lockWaits is how many requests for tokens of another process are waited for.
const lockWaits = 4

// renew gets new tokens and stores them, or finds those that another process has
// stored meanwhile. Only one is underway at a time, so what it needs between
// renewals is not guarded but by that.
func (s *Source) renew(ctx context.Context, held Credentials) (Credentials, *provider.Error) {
	unlock, failed := s.lockStore(ctx)
	if failed != nil {
		return held, failed
	}
	defer unlock()
	held, others, failed := s.look(held)
	if failed != nil || others {
		return held, failed
	}
	renewed, failed := s.ask(ctx, held)
	if failed != nil {
		return held, failed
	}
	if s.from == FromEnvironment {
		renewed.Lineage = s.lineage
	}
	s.keep(held, renewed)
	return renewed, nil
}

// lockStore keeps other processes from renewing. A lock that cannot be made, in
// a folder that cannot be written, keeps nobody from anything: the run goes on.
func (s *Source) lockStore(ctx context.Context) (unlock func(), failed *provider.Error) {
	if s.store == nil {
		return func() {}, nil
	}
	timed, cancel := context.WithTimeout(ctx, lockWaits*s.service.timeout)
	defer cancel()
	release, err := s.store.lock(timed)
	switch {
	case errors.Is(err, errHeld):
		e := withFile(err)
		e.Kind = provider.KindUnreachable
		return nil, e
	case err != nil:
		s.warn(Warning{"Credentials not locked", upperFirst(err.Error()) + " Until then no other process may use these credentials at the same time."})
		return func() {}, nil
	}
	return func() {
		if err := release(); err != nil {
			s.warn(Warning{"Credentials still locked", fmt.Sprintf("The lock on %s was not given back: %v. It goes with this process.", s.store.path, err)})
		}
	}, nil
}

// look reads what is stored now. others tells that it holds an access token that
// another process got, to be used as it is; else what it returns is to be
// renewed: what is stored, unless what this process holds is newer.
func (s *Source) look(held Credentials) (current Credentials, others bool, failed *provider.Error) {
	if s.store == nil {
		return held, false, nil
	}
	file, err := s.store.Load()
	switch {
	case errors.Is(err, ErrNoFile) && s.from == FromEnvironment:
		return held, false, nil
	case err != nil: // logged out meanwhile, say: that is respected
		e := withFile(err)
		e.Kind, e.LoginRefused = provider.KindUnauthorized, true
		return held, false, e
	}
	changed := file.RefreshToken.Reveal() != s.stored.Reveal()
	switch {
	case s.from == FromEnvironment && file.Lineage != s.lineage, s.unstored && !changed:
		return held, false, nil
	case file.AccessToken.Reveal() != held.AccessToken.Reveal() && file.usable(time.Now()):
		s.stored, s.unstored = file.RefreshToken, false
		return file, true, nil
	case changed: // ours may still be good if theirs is not
		s.spare = []provider.Secret{held.RefreshToken, held.PreviousRefreshToken}
	}
	s.stored, s.unstored = file.RefreshToken, false
	return file, false, nil
}

// withFile is the trouble with a credentials file as a call tells it.
func withFile(err error) *provider.Error {
	e := &provider.Error{Op: "renew the access token", Err: err}
	var file *fileError
	if errors.As(err, &file) {
		e.Err, e.Remedy = fmt.Errorf("%s credentials in %s: %w", file.Op, file.Path, file.Err), file.Remedy
	}
	return e
}

// ask tries the refresh tokens in turn, as long as they are refused. What a
// person must act on is not asked for again until something has changed.
func (s *Source) ask(ctx context.Context, held Credentials) (Credentials, *provider.Error) {
	effective := held
	if s.app != nil {
		effective.ClientID, effective.ClientSecret = s.app.ClientID, s.app.ClientSecret
	}
	tokens := append([]provider.Secret{held.RefreshToken, held.PreviousRefreshToken}, s.spare...)
	attempt := effective.ClientID + "\x00" + effective.ClientSecret.Reveal()
	for _, token := range tokens {
		attempt += "\x00" + token.Reveal()
	}
	if s.cause != nil && s.cause.LoginRefused && s.hopeless.Reveal() == attempt {
		return held, s.cause
	}
	var tried []string
	var first *provider.Error
	for _, token := range tokens {
		if token.IsZero() || slices.Contains(tried, token.Reveal()) {
			continue
		}
		tried = append(tried, token.Reveal())
		renewed, failed := s.service.refresh(ctx, effective, token)
		if failed == nil {
			renewed.ClientID, renewed.ClientSecret = effective.ClientID, held.ClientSecret
			s.spare = nil
			return renewed, nil
		}
		if first == nil || !errors.Is(failed, errRefused) {
			first = failed
		}
		if !errors.Is(failed, errRefused) {
			break
		}
	}
	if first == nil { // somebody has taken them out of the file
		first = s.ended()
	}
	if first.LoginRefused {
		s.hopeless = provider.NewSecret(attempt)
		first.Remedy = s.remedy(first.Remedy)
	}
	first.Err = fmt.Errorf("the access token was not renewed: %w", first.Err)
	return held, first
}

// keep stores new tokens before they are used. If that fails the run goes on
// with them: the service may well have forgotten the old ones already.
func (s *Source) keep(before, renewed Credentials) {
	rotated := renewed.RefreshToken.Reveal() != before.RefreshToken.Reveal()
	if s.store == nil {
		if rotated && !s.warned {
			s.warned = true
			s.warn(Warning{"New refresh token not kept", "The login service gave a new refresh token, which cannot be written back into the environment and ends with this run. " +
				"If the service no longer takes the one in " + variableRefresh + ", the next run is refused. " +
				"Set " + variableFile + " to a file that is kept from run to run, or log in again then."})
		}
		return
	}
	if err := s.store.write(renewed); err != nil {
		s.unstored = true
		s.warn(Warning{"New refresh token not stored", upperFirst(err.Error()) + " " + lostUnless(rotated)})
		return
	}
	s.stored, s.unstored = renewed.RefreshToken, false
}

// storeLate tries again to store what keep could not.
func (s *Source) storeLate(ctx context.Context) error {
	s.mu.Lock()
	held, unstored := s.held, s.unstored
	s.mu.Unlock()
	if !unstored {
		return nil
	}
	unlock, failed := s.lockStore(ctx)
	if failed != nil {
		return failed
	}
	defer unlock()
	file, err := s.store.Load()
	if err == nil && file.RefreshToken.Reveal() != s.stored.Reveal() || s.from == FromFile && errors.Is(err, ErrNoFile) {
		return nil // somebody has logged in or out since
	}
	if err := s.store.write(held); err != nil {
		return fmt.Errorf("%w %s", err, lostUnless(true))
	}
	s.mu.Lock()
	s.unstored = false
	s.mu.Unlock()
	return nil
}

func lostUnless(rotated bool) string {
	if !rotated {
		return "The refresh token is the same as before, so nothing is lost."
	}
	return "This run goes on with the new token. Unless it can be stored before the end, the next run has only the one before, which the service may refuse; then log in again: setpoint login."
}

// remedy adds where a person puts what is new when it is not the file: the client
// secret unless only the login is over, and the refresh token that a new login brings.
func (s *Source) remedy(text string) string {
	var variables []string
	switch {
	case text == "" || s.from == FromFile && s.app == nil:
		return text
	case s.app == nil:
		return text + " Or put a new access token into " + variableAccess + ", or where you set it."
	case text != remedyLogin:
		variables = append(variables, VariableSecret)
	}
	if s.from == FromEnvironment {
		variables = append(variables, variableRefresh)
	}
	if len(variables) == 0 {
		return text
	}
	return text + " Then put what is new into " + strings.Join(variables, " and ") + "."
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
