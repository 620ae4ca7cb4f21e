package simulator

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Login is the registration of one client and its user, and how the login
// behaves. With it, API calls need the subscription key and a token that the
// token endpoint has issued; without it, any key and token will do and there is
// no login. In JSON it is the member login of the house file.
type Login struct {
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	ReplyURLs    []string `json:"reply_urls"` // compared to the letter

	// SubscriptionKey is what API calls must carry; empty means any.
	SubscriptionKey string `json:"subscription_key,omitempty"`

	// SecretCreated is when the client secret was made; a year later it has
	// expired. Zero means now.
	SecretCreated time.Time `json:"secret_created,omitzero"`

	Consent            Consent  `json:"consent,omitempty"`              // empty means granted
	AccessTokenSeconds int      `json:"access_token_seconds,omitempty"` // life of an access token; 0 means 3600
	Expires            Expires  `json:"expires,omitempty"`              // empty means number
	Rotation           Rotation `json:"rotation,omitempty"`             // empty means lenient
}

// Consent is what the user answers on the consent page.
type Consent string

const (
	ConsentGranted Consent = "granted"
	ConsentRefused Consent = "refused" // error=access_denied
)

// Expires is the form of expires_in and expires_on in the token endpoint's answer.
type Expires string

const (
	ExpiresNumber  Expires = "number"
	ExpiresString  Expires = "string"
	ExpiresMissing Expires = "missing"
)

// Rotation is what a refresh does to the refresh token that was used. It always
// returns a new one.
type Rotation string

const (
	// RotationLenient leaves the old one alive.
	RotationLenient Rotation = "lenient"
	// RotationStrict kills the old one; whoever uses it again kills every token
	// that came of the same consent, so that the user must log in anew.
	RotationStrict Rotation = "strict"
)

const (
	secretYears = 1
	idleDays    = 90 // after which an unused refresh token is dead
	codeLife    = 10 * time.Minute
	defaultLife = 3600 // of an access token, seconds
)

// ParseLogin reads a login as it stands in the house file. The error names
// everything that is wrong with it, or the first thing where the text is not
// even the right kind of JSON.
func ParseLogin(text []byte) (*Login, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("read login: it is empty")
	}
	var l *Login
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&l); err != nil {
		return nil, fmt.Errorf("read login: %s: %w", place(text, err), err)
	}
	if l == nil || decoder.More() {
		return nil, errors.New("read login: the content is not one JSON object")
	}
	if err := joinProblems(l.problems()); err != nil {
		return nil, fmt.Errorf("read login: %w", err)
	}
	return l, nil
}

func (l Login) problems() []string {
	var found []string
	reject := func(wrong bool, format string, args ...any) {
		if wrong {
			found = append(found, fmt.Sprintf("login: "+format, args...))
		}
	}
	reject(l.ClientID == "", "client_id is missing")
	reject(l.ClientSecret == "", "client_secret is missing")
	reject(len(l.ReplyURLs) == 0, "reply_urls is empty; give it one at least")
	for _, reply := range l.ReplyURLs {
		u, err := url.Parse(reply)
		reject(err != nil || !u.IsAbs() || u.Fragment != "", "reply URL %q is not an absolute URL without fragment", reply)
	}
	reject(!slices.Contains([]Consent{"", ConsentGranted, ConsentRefused}, l.Consent), "consent %q is neither granted nor refused", l.Consent)
	reject(l.AccessTokenSeconds < 0, "access_token_seconds %d is negative", l.AccessTokenSeconds)
	reject(!slices.Contains([]Expires{"", ExpiresNumber, ExpiresString, ExpiresMissing}, l.Expires), "expires %q is none of number, string, missing", l.Expires)
	reject(!slices.Contains([]Rotation{"", RotationLenient, RotationStrict}, l.Rotation), "rotation %q is neither lenient nor strict", l.Rotation)
	year := l.SecretCreated.Year()
	reject(!l.SecretCreated.IsZero() && (year < 1973 || year > 9999), "secret_created is in the year %d, which is not within 1973 and 9999", year)
	return found
}

func (l Login) life() time.Duration {
	if l.AccessTokenSeconds == 0 {
		return defaultLife * time.Second
	}
	return time.Duration(l.AccessTokenSeconds) * time.Second
}

// refuseKey checks the subscription key, which the API takes in a header or in
// the query. c.mu is not held.
func (c *Cloud) refuseKey(r request) *answer {
	key := r.header.Get("Ocp-Apim-Subscription-Key")
	if key == "" {
		key = r.query.Get("subscription-key")
	}
	if key == "" {
		return new(gatewayError(http.StatusUnauthorized, "Unauthorized: the Ocp-Apim-Subscription-Key header is missing"))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.house.login == nil || c.house.login.SubscriptionKey == "" || same(key, c.house.login.SubscriptionKey) {
		return nil
	}
	return new(gatewayError(http.StatusUnauthorized, "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."))
}

// refuseToken checks the access token.
func (c *Cloud) refuseToken(r request) *answer {
	header := r.header.Get("Authorization")
	if !bearerPattern.MatchString(header) {
		return new(loginError(http.StatusUnauthorized, codeNoToken, "No token: the Authorization header must be Bearer and a token"))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.house.login == nil {
		return nil
	}
	_, token, _ := strings.Cut(header, " ")
	known, ok := c.house.login.Grants.Access[token]
	switch {
	case !ok:
		return new(loginError(http.StatusUnauthorized, codeInternal, "The token is not valid"))
	case !r.arrived.Before(known.Expires):
		return new(loginError(http.StatusUnauthorized, codeTokenExpired, "The token is expired"))
	}
	return nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
