package login

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

// Why a reply brings no code.
var (
	// ErrConsent: the person, or the service on their behalf, did not consent.
	ErrConsent = errors.New("the login was refused")
	// ErrState: the reply belongs to another login, or somebody slipped it in.
	ErrState = errors.New("the reply belongs to another login")
	// ErrReply: this is no reply to a login.
	ErrReply = errors.New("this is no reply to a login")
)

// maxCode is more than any code has.
const maxCode = 8 << 10

// ParseReply reads what a person pasted: the whole address that the browser
// went to after the consent, or what follows its question mark. The code alone
// is refused: nothing would tie it to this login. Errors wrap ErrConsent,
// ErrState or ErrReply and hold neither code nor state.
func (f *Flow) ParseReply(pasted string, state provider.Secret) (provider.Secret, error) {
	text := strings.Trim(strings.TrimSpace(pasted), `"'<>`)
	if len(text) > maxCode {
		return provider.Secret{}, fmt.Errorf("%w: it is too long", ErrReply)
	}
	query, isQuery := text, strings.Contains(text, "code=") || strings.Contains(text, "error=")
	if strings.Contains(text, "://") {
		address, err := url.Parse(text)
		if err != nil {
			return provider.Secret{}, fmt.Errorf("%w: the address cannot be read", ErrReply)
		}
		query, isQuery = address.RawQuery, true
		address.RawQuery, address.Fragment, address.RawFragment = f.reply.RawQuery, "", ""
		if address.String() != f.reply.String() {
			return provider.Secret{}, fmt.Errorf("%w: its address is not the reply URL %s", ErrReply, f.reply.Redacted())
		}
	}
	if isQuery {
		values, err := url.ParseQuery(strings.TrimLeft(query, "?&"))
		if err != nil {
			return provider.Secret{}, fmt.Errorf("%w: the address cannot be read", ErrReply)
		}
		return f.read(values, state)
	}
	return provider.Secret{}, fmt.Errorf("%w: paste the whole address, which holds code= and state=", ErrReply)
}

// read takes the code out of the query of a reply. The state goes first: what
// else stands in a reply that belongs to another login means nothing.
func (f *Flow) read(values url.Values, state provider.Secret) (provider.Secret, error) {
	switch {
	case state.IsZero() || subtle.ConstantTimeCompare([]byte(values.Get("state")), []byte(state.Reveal())) != 1:
		return provider.Secret{}, fmt.Errorf("%w: start again with setpoint login and use the page that it opens", ErrState)
	case values.Get("error") != "":
		said := exchange.NewCleaner(append(f.app.secrets(), state)...).Text(strings.Trim(values.Get("error")+": "+values.Get("error_description"), ": "))
		if strings.Contains(said, secretExpired) {
			return provider.Secret{}, fmt.Errorf("%w: %w: %s", ErrConsent, ErrClientSecret, said)
		}
		return provider.Secret{}, fmt.Errorf("%w: %s", ErrConsent, said)
	}
	return checkCode(values.Get("code"))
}

func checkCode(code string) (provider.Secret, error) {
	if code == "" {
		return provider.Secret{}, fmt.Errorf("%w: it holds no code", ErrReply)
	}
	if err := CheckVisible("the code", code); err != nil {
		return provider.Secret{}, fmt.Errorf("%w: %w", ErrReply, err)
	}
	return provider.NewSecret(code), nil
}
