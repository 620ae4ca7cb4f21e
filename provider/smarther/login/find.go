package login

import (
	"errors"
	"fmt"
	"strings"

	"setpoint/internal/durable"
	"setpoint/provider"
)

// The variables of the environment that hold credentials or name their file.
const (
	VariableKey     = "SMARTHER_SUBSCRIPTION_KEY"
	variableAccess  = "SMARTHER_ACCESS_TOKEN"
	VariableClient  = "SMARTHER_CLIENT_ID"
	VariableSecret  = "SMARTHER_CLIENT_SECRET"
	variableRefresh = "SMARTHER_REFRESH_TOKEN"
	variableFile    = "SMARTHER_CREDENTIALS_FILE"
)

// Search says where credentials may be.
type Search struct {
	// SubscriptionKey and AccessToken are those of the configuration, zero for none.
	SubscriptionKey provider.Secret
	AccessToken     provider.Secret
	// Getenv reads the environment. It, FS and Warn must be there.
	Getenv func(string) string
	// Path is the credentials file, see the function Path; "" for none.
	Path string
	// FS is durable.OS() but in tests.
	FS durable.FS
	// Warn receives what a person should hear of, one at a time, on any goroutine.
	Warn func(Warning)
}

// Found is what a search came to.
type Found struct {
	// SubscriptionKey is zero and SubscriptionKeyFrom 0 where there is none.
	SubscriptionKey     provider.Secret
	SubscriptionKeyFrom From
	// Tokens is nil and TokensFrom 0 where there are none.
	Tokens     *Source
	TokensFrom From
}

// Find looks for the subscription key and for tokens, for each in the
// configuration first, then in the environment, then in the file, which is read
// only if something is still missing. That there are none is no error. Its
// errors name the file that cannot be used and what to do, or speak of variables
// that do not fit together: a person must act.
//
// What is not from the configuration may be sent only where smarther.MayCarry
// allows it.
func (s *Service) Find(q Search) (*Found, error) {
	e, err := readEnvironment(q)
	if err != nil {
		return nil, err
	}
	f := &found{service: s, search: q, environment: e}
	if err := f.subscriptionKey(); err != nil {
		return nil, err
	}
	if err := f.tokens(); err != nil {
		return nil, err
	}
	return &f.Found, nil
}

// environment is what it holds of credentials, and the configuration's beside it.
type environment struct {
	key, access, refresh provider.Secret
	app                  *Credentials // client id and secret, both or none
}

func readEnvironment(q Search) (environment, error) {
	var problems []error
	get := func(variable string) provider.Secret {
		text := strings.TrimSpace(q.Getenv(variable))
		problems = append(problems, CheckVisible(variable+" in the environment", text))
		return provider.NewSecret(text)
	}
	e := environment{key: get(VariableKey), access: get(variableAccess), refresh: get(variableRefresh)}
	id, secret := get(VariableClient), get(VariableSecret)
	switch {
	case !id.IsZero() && !secret.IsZero():
		e.app = &Credentials{ClientID: id.Reveal(), ClientSecret: secret}
	case !e.refresh.IsZero() && q.AccessToken.IsZero():
		var missing []string
		for _, v := range []struct {
			name string
			text provider.Secret
		}{{VariableClient, id}, {VariableSecret, secret}} {
			if v.text.IsZero() {
				missing = append(missing, v.name)
			}
		}
		problems = append(problems, fmt.Errorf("%s in the environment is of no use without %s: set both client id and client secret, or unset it",
			variableRefresh, strings.Join(missing, " and ")))
	}
	for _, configured := range []struct {
		argument string
		text     provider.Secret
	}{{"subscription_key", q.SubscriptionKey}, {"access_token", q.AccessToken}} {
		problems = append(problems, CheckVisible("the argument "+configured.argument+" of the provider block", configured.text.Reveal()))
	}
	return e, errors.Join(problems...)
}

// found is a search underway.
type found struct {
	Found
	service     *Service
	search      Search
	environment environment
	file        *Credentials // nil until it was needed and there
	store       *Store
}

// load reads the file, once; file stays nil where there is none.
func (f *found) load() error {
	if f.store != nil || f.search.Path == "" {
		return nil
	}
	f.store = NewStore(f.search.Path, f.search.FS)
	c, err := f.store.Load()
	switch {
	case errors.Is(err, ErrNoFile):
		return nil
	case err != nil:
		return err
	}
	f.file = &c
	return nil
}

func (f *found) subscriptionKey() error {
	switch {
	case !f.search.SubscriptionKey.IsZero():
		f.SubscriptionKey, f.SubscriptionKeyFrom = f.search.SubscriptionKey, FromConfiguration
		return nil
	case !f.environment.key.IsZero():
		f.SubscriptionKey, f.SubscriptionKeyFrom = f.environment.key, FromEnvironment
		return nil
	}
	if err := f.load(); err != nil || f.file == nil || f.file.SubscriptionKey.IsZero() {
		return err
	}
	f.SubscriptionKey, f.SubscriptionKeyFrom = f.file.SubscriptionKey, FromFile
	return nil
}

func (f *found) tokens() error {
	e := f.environment
	switch {
	case !f.search.AccessToken.IsZero():
		f.give(&Source{from: FromConfiguration, held: Credentials{AccessToken: f.search.AccessToken}})
		return nil
	case !e.refresh.IsZero():
		return f.renewableEnvironment()
	case !e.access.IsZero():
		f.give(&Source{from: FromEnvironment, held: Credentials{AccessToken: e.access}})
		return nil
	}
	if err := f.load(); err != nil || f.file == nil || f.file.AccessToken.IsZero() && f.file.RefreshToken.IsZero() {
		return err
	}
	source := &Source{from: FromFile, store: f.store, held: *f.file, stored: f.file.RefreshToken}
	if e.app != nil && e.app.ClientID == f.file.ClientID { // a client secret made anew, say
		source.app = e.app
	}
	f.give(source)
	return nil
}

func (f *found) give(s *Source) {
	s.service, s.warn = f.service, f.search.Warn
	f.Tokens, f.TokensFrom = s, s.from
}

// renewableEnvironment decides between the refresh token in the environment and
// what was stored of its descendants, see the package comment.
func (f *found) renewableEnvironment() error {
	e := f.environment
	own := Credentials{ClientID: e.app.ClientID, AccessToken: e.access, RefreshToken: e.refresh}
	source := &Source{from: FromEnvironment, app: e.app, lineage: fingerprint(e.app.ClientID, e.refresh), held: own}
	defer func() { f.give(source) }()
	if f.search.Getenv(variableFile) == "" {
		return nil
	}
	if err := f.load(); err != nil {
		return err
	}
	source.store = f.store
	file := f.file
	switch {
	case file == nil:
		return nil
	case file.ClientID != "" && file.ClientID != e.app.ClientID && file.Lineage == "":
		return &fileError{Op: "use", Path: f.search.Path, Err: fmt.Errorf("they are a login of client %s, and the environment holds one of client %s", masked(file.ClientID), masked(e.app.ClientID)),
			Remedy: fmt.Sprintf("Name another file with %s, or unset %s.", variableFile, variableRefresh)}
	case file.ClientID != e.app.ClientID:
		return nil
	}
	source.stored = file.RefreshToken
	mine := e.refresh.Reveal()
	if file.Lineage == source.lineage || mine == file.RefreshToken.Reveal() || mine == file.PreviousRefreshToken.Reveal() {
		source.held = *file
		source.spare = []provider.Secret{e.refresh}
		return nil
	}
	held := *file // what is not a token stays
	held.AccessToken, held.RefreshToken, held.PreviousRefreshToken = own.AccessToken, own.RefreshToken, provider.Secret{}
	held.Expires, held.Refreshed, held.LoggedIn = own.Expires, own.Refreshed, own.LoggedIn
	source.held, source.spare = held, []provider.Secret{file.RefreshToken, file.PreviousRefreshToken}
	return nil
}
