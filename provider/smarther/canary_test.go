package smarther

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

// forms are the ways a credential could be written in a text.
func forms(secret string) []string {
	inJSON, _ := json.Marshal(secret)
	percent := ""
	for _, b := range []byte(secret) {
		percent += fmt.Sprintf("%%%02X", b)
	}
	return []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), strings.ToLower(url.QueryEscape(secret)), percent,
		strings.Trim(string(inJSON), `"`), strings.Trim(strconv.Quote(secret), `"`), strings.ToUpper(secret),
	}
}

// checkShown looks for credentials, in any form, however an error is shown.
func checkShown(t *testing.T, err *provider.Error) {
	t.Helper()
	inJSON, jsonErr := json.Marshal(err)
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	shown := []string{err.Error(), err.Message, err.Remedy, fmt.Sprintf("%+v|%#v|%q|%x", err, *err, err, err), string(inJSON)}
	for e := err.Err; e != nil; e = errors.Unwrap(e) {
		shown = append(shown, e.Error(), fmt.Sprintf("%+v %#v", e, e))
	}
	for _, text := range shown {
		for _, secret := range []string{canaryKey, canaryToken} {
			for _, form := range append(forms(secret), fmt.Sprintf("%x", secret)) {
				if strings.Contains(text, form) {
					t.Errorf("%q shows %q", text, form)
				}
			}
		}
		if strings.Contains(strings.ToLower(text), "canary") {
			t.Errorf("%q shows a part of a credential", text)
		}
	}
	for _, text := range []string{err.Message, err.Error()} {
		if strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) {
			t.Errorf("%q is not one printable line", text)
		}
	}
}

func TestCredentialsAreNeverShown(t *testing.T) {
	for _, secret := range []string{canaryKey, canaryToken} {
		for _, form := range append(forms(secret), strings.Join(strings.Split(secret, ""), "\u200b\x00")) {
			for name, body := range map[string]string{
				"text":  "access denied for " + form + ".",
				"HTML":  "<p>" + form + "</p>",
				"cut":   strings.Repeat("x", exchange.MaxMessage-5) + form,
				"split": strings.Repeat(" ", maxError-12) + form,
			} {
				inJSON, err := json.Marshal(map[string]any{"statusCode": 401, "message": body})
				if err != nil {
					t.Fatal(err)
				}
				for _, answer := range []string{body, string(inJSON)} {
					c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
						w.WriteHeader(401)
						_, _ = io.WriteString(w, answer)
					})
					e := attempt(t, t.Context(), c, true)
					checkShown(t, e)
					if name == "text" && !strings.Contains(e.Message, "denied for (sensitive value)") && !strings.ContainsAny(form, "<") {
						t.Errorf("%q became %q", answer, e.Message)
					}
				}
			}
		}
	}
}

type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func TestCredentialsAreNotShownByTheTransport(t *testing.T) {
	o := options("https://example.com")
	o.Transport = failing{fmt.Errorf("cannot write\n%q: %w", "Bearer "+canaryToken, errors.New(canaryKey))}
	c := newClient(t, o)
	both(t, c, func(t *testing.T, e *provider.Error, write bool) {
		checkShown(t, e)
		if e.Err.Error() != `cannot write; "Bearer (sensitive value)": (sensitive value)` {
			t.Errorf("cause %q", e.Err)
		}
		if e.Kind != provider.KindInterrupted || e.MayHaveLanded != write {
			t.Errorf("a transport that says nothing may have written: %#v", e)
		}
	})
	shown := fmt.Sprintf("%v %+v %#v", c, c, c)
	if strings.Contains(shown, "canary") {
		t.Errorf("the client shows a credential: %s", shown)
	}
}

func FuzzErrorMessage(f *testing.F) {
	f.Add([]byte(`{"statusCode":"401","message":"Unauthorized"}`))
	f.Add([]byte(`{"error":"invalid_grant","error_description":"AADB2C90085"}`))
	f.Add([]byte("<html>\x1b[31m"))
	f.Add([]byte("<\x00html"))
	f.Add([]byte(`{"message":"` + url.QueryEscape(canaryToken) + `\u202e"}`))
	f.Add([]byte(canaryKey))
	c := exchange.NewCleaner(provider.NewSecret(canaryKey), provider.NewSecret(canaryToken))
	f.Fuzz(func(t *testing.T, body []byte) {
		got := c.Message(body)
		switch {
		case !utf8.ValidString(got), utf8.RuneCountInString(got) > exchange.MaxMessage, strings.ContainsFunc(got, unicode.IsControl):
			t.Errorf("%q gives %q: not one bounded, printable line", body, got)
		case strings.Contains(got, canaryKey), strings.Contains(got, canaryToken):
			t.Errorf("%q shows a credential", got)
		case strings.Contains(strings.ToLower(got), "<html"):
			t.Errorf("%q is HTML", got)
		case c.Text(got) != got:
			t.Errorf("%q cleaned again is %q", got, c.Text(got))
		}
	})
}
