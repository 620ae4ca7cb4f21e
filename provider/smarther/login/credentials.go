package login

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

// Credentials are a login as it is stored. Times are UTC.
type Credentials struct {
	// ClientID, ClientSecret and ReplyURL are what the application is registered
	// with in the vendor's developer portal.
	ClientID     string
	ClientSecret provider.Secret
	ReplyURL     string
	// SecretCreated is the day the client secret was made; zero if nobody said.
	SecretCreated time.Time
	// SubscriptionKey is that of the API, from the developer portal.
	SubscriptionKey provider.Secret

	AccessToken provider.Secret
	// Expires is when the access token does; zero if that is not known.
	Expires time.Time
	// RefreshToken renews the access token. PreviousRefreshToken is the one
	// before, which often still works.
	RefreshToken         provider.Secret
	PreviousRefreshToken provider.Secret
	// Refreshed is when a refresh token was last got, LoggedIn when a person
	// last gave consent; zero if that is not known.
	Refreshed time.Time
	LoggedIn  time.Time

	// Lineage is the fingerprint of the refresh token in the environment that
	// these descend from; "" for those of a login.
	Lineage string
}

// secrets are all that must not be shown.
func (c *Credentials) secrets() []provider.Secret {
	return []provider.Secret{c.ClientSecret, c.SubscriptionKey, c.AccessToken, c.RefreshToken, c.PreviousRefreshToken}
}

// usable tells whether the access token can be sent and is not about to expire.
func (c *Credentials) usable(now time.Time) bool {
	return !c.AccessToken.IsZero() && (c.Expires.IsZero() || now.Before(c.Expires.Add(-c.margin())))
}

// expired tells whether there is no access token that can still be sent.
func (c *Credentials) expired(now time.Time) bool {
	return c.AccessToken.IsZero() || !c.Expires.IsZero() && !now.Before(c.Expires)
}

// longestMargin is how long before its end a token that lives for an hour is renewed.
const longestMargin = time.Minute

// margin is how long before its end the access token is renewed: a tenth of its
// life, but no more than a minute.
func (c *Credentials) margin() time.Duration {
	if c.Refreshed.IsZero() {
		return longestMargin
	}
	return min(max(c.Expires.Sub(c.Refreshed)/10, 0), longestMargin)
}

// fingerprint is what is stored of a refresh token in the environment, so that
// it is known again.
func fingerprint(clientID string, refresh provider.Secret) string {
	sum := sha256.Sum256([]byte(clientID + "\x00" + refresh.Reveal()))
	return hex.EncodeToString(sum[:16])
}

// masked shows enough of a client id to tell it from another.
func masked(id string) string {
	const shown = 4
	runes := []rune(id)
	switch {
	case len(runes) == 0:
		return ""
	case len(runes) <= 2*shown:
		return strings.Repeat("*", len(runes))
	}
	return string(runes[:shown]) + "…" + string(runes[len(runes)-shown:])
}

// CheckVisible refuses a credential that is no visible ASCII, most of the time for
// a line break left over from a file. what names it; its text is never shown.
func CheckVisible(what, text string) error {
	if !exchange.IsVisible(text) {
		return fmt.Errorf("%s holds a space, a line break or another character it cannot have", what)
	}
	return nil
}
