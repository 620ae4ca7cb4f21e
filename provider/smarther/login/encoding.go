package login

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"setpoint/provider"
)

// fileVersion is the version of the credentials file.
const fileVersion = 1

// document is the credentials file.
type document struct {
	Version              int        `json:"version"`
	ClientID             string     `json:"client_id,omitempty"`
	ClientSecret         string     `json:"client_secret,omitempty"`
	SecretCreated        string     `json:"client_secret_created,omitempty"` // a day
	ReplyURL             string     `json:"reply_url,omitempty"`
	SubscriptionKey      string     `json:"subscription_key,omitempty"`
	AccessToken          string     `json:"access_token,omitempty"`
	Expires              *time.Time `json:"access_token_expires,omitempty"`
	RefreshToken         string     `json:"refresh_token,omitempty"`
	PreviousRefreshToken string     `json:"previous_refresh_token,omitempty"`
	Refreshed            *time.Time `json:"refreshed,omitempty"`
	LoggedIn             *time.Time `json:"logged_in,omitempty"`
	Lineage              string     `json:"lineage,omitempty"`
}

var (
	errNewer   = errors.New("a newer version of setpoint has written it")
	errDamaged = errors.New("it is damaged")
)

func encode(c Credentials) ([]byte, error) {
	d := document{
		Version: fileVersion, ClientID: c.ClientID, ClientSecret: c.ClientSecret.Reveal(), ReplyURL: c.ReplyURL,
		SubscriptionKey: c.SubscriptionKey.Reveal(),
		AccessToken:     c.AccessToken.Reveal(), Expires: instant(c.Expires),
		RefreshToken: c.RefreshToken.Reveal(), PreviousRefreshToken: c.PreviousRefreshToken.Reveal(),
		Refreshed: instant(c.Refreshed), LoggedIn: instant(c.LoggedIn), Lineage: c.Lineage,
	}
	if !c.SecretCreated.IsZero() {
		d.SecretCreated = c.SecretCreated.Format(time.DateOnly)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		return nil, errors.New("the credentials cannot be written as JSON")
	}
	return b.Bytes(), nil
}

// decode looks at the version first. Its errors show nothing of the content.
func decode(content []byte) (Credentials, error) {
	var head struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(content, &head); err != nil {
		return Credentials{}, fmt.Errorf("%w: %s", errDamaged, withoutContent(err, len(content)))
	}
	switch {
	case head.Version > fileVersion:
		return Credentials{}, fmt.Errorf("%w: it has version %d, and this one knows %d", errNewer, head.Version, fileVersion)
	case head.Version < 1:
		return Credentials{}, fmt.Errorf("%w: it has no version", errDamaged)
	}
	var d document
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return Credentials{}, fmt.Errorf("%w: %s", errDamaged, withoutContent(err, len(content)))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Credentials{}, fmt.Errorf("%w: something follows the credentials", errDamaged)
	}
	return d.credentials()
}

func (d *document) credentials() (Credentials, error) {
	c := Credentials{
		ClientID: d.ClientID, ClientSecret: provider.NewSecret(d.ClientSecret), ReplyURL: d.ReplyURL,
		SubscriptionKey: provider.NewSecret(d.SubscriptionKey),
		AccessToken:     provider.NewSecret(d.AccessToken), Expires: utc(d.Expires),
		RefreshToken: provider.NewSecret(d.RefreshToken), PreviousRefreshToken: provider.NewSecret(d.PreviousRefreshToken),
		Refreshed: utc(d.Refreshed), LoggedIn: utc(d.LoggedIn), Lineage: d.Lineage,
	}
	var problems []error
	for _, field := range []struct{ name, text string }{
		{"client_id", d.ClientID}, {"client_secret", d.ClientSecret}, {"subscription_key", d.SubscriptionKey},
		{"access_token", d.AccessToken}, {"refresh_token", d.RefreshToken}, {"previous_refresh_token", d.PreviousRefreshToken},
		{"reply_url", d.ReplyURL}, {"lineage", d.Lineage},
	} {
		problems = append(problems, CheckVisible(field.name, field.text))
	}
	if d.SecretCreated != "" {
		day, err := time.Parse(time.DateOnly, d.SecretCreated)
		if err != nil {
			problems = append(problems, errors.New("client_secret_created is no day such as 2026-01-31"))
		}
		c.SecretCreated = day
	}
	if err := errors.Join(problems...); err != nil {
		return Credentials{}, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return c, nil
}

// withoutContent says where JSON is wrong. What encoding/json says may quote
// what stands there.
func withoutContent(err error, length int) string {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax) && syntax.Offset >= int64(length), errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	case errors.As(err, &syntax):
		return fmt.Sprintf("byte %d is not what JSON allows there", syntax.Offset)
	case errors.As(err, &wrong):
		return fmt.Sprintf("byte %d has a value of the wrong type", wrong.Offset)
	}
	return "it has a field or a time that is unknown here"
}

// instant is a time as it is written, nil for none.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

func utc(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
