package login

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"

	"golang.org/x/oauth2"
)

// Flow is the authorization code flow for one registered application: a person
// opens AuthorizeURL and consents; the browser then goes to the reply URL with a
// code (Listener, ParseReply), which Exchange turns into tokens.
type Flow struct {
	service *Service
	app     Credentials
	reply   *url.URL
}

// Flow takes of app ClientID, ClientSecret and ReplyURL, which must equal the
// registered one to the letter; the rest, the subscription key too, is kept for
// what Exchange returns. It reports everything that is missing or wrong.
func (s *Service) Flow(app Credentials) (*Flow, error) {
	var problems []error
	for _, field := range []struct{ what, text string }{
		{"the client id", app.ClientID}, {"the client secret", app.ClientSecret.Reveal()}, {"the reply URL", app.ReplyURL},
	} {
		if field.text == "" {
			problems = append(problems, fmt.Errorf("%s is missing: it stands with the application in the vendor's developer portal", field.what))
		}
		problems = append(problems, CheckVisible(field.what, field.text))
	}
	problems = append(problems, CheckVisible("the subscription key", app.SubscriptionKey.Reveal()))
	reply, err := url.Parse(app.ReplyURL)
	if app.ReplyURL != "" && (err != nil || !reply.IsAbs() || reply.Host == "" || reply.Fragment != "") {
		problems = append(problems, errors.New("the reply URL is not a whole address: copy it from the vendor's developer portal"))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return &Flow{s, app, reply}, nil
}

// NewState is a value that nobody can guess, for one flow. It ties the reply to
// the request: without it somebody else's consent could be slipped in.
func NewState() provider.Secret { return provider.NewSecret(rand.Text()) }

// AuthorizeURL is the page where the person logs in and consents. It holds no
// lasting secret and may be shown.
func (f *Flow) AuthorizeURL(state provider.Secret) string {
	return f.service.config(&f.app).AuthCodeURL(state.Reveal())
}

// Exchange gets the first tokens for a code. The code works once. Errors are a
// *provider.Error; where it is LoginRefused, a person must act, and ErrClientSecret
// is in it if the client secret is why.
func (f *Flow) Exchange(ctx context.Context, code provider.Secret) (Credentials, error) {
	ask := &asking{service: f.service, op: "log in", cleaner: exchange.NewCleaner(append(f.app.secrets(), code)...)}
	token, failed := ask.run(ctx, func(ctx context.Context) (*oauth2.Token, error) {
		return f.service.config(&f.app).Exchange(ctx, code.Reveal())
	})
	if failed != nil {
		return Credentials{}, failed
	}
	c := f.app
	c.Lineage, c.PreviousRefreshToken = "", provider.Secret{}
	c.take(token)
	c.LoggedIn = time.Now().Round(0).UTC()
	return c, nil
}
