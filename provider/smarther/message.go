package smarther

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"setpoint/provider"
)

// maxMessage is how many runes of anything the cloud said are passed on.
const maxMessage = 300

// cleaner makes foreign text fit to be shown.
type cleaner struct{ secrets *regexp.Regexp }

// newCleaner recognizes the credentials, which are visible ASCII, in either
// case and however their characters are escaped: in a URL, JSON or quotes.
func newCleaner(secrets ...provider.Secret) *cleaner {
	const shortest = 6                             // no credential is shorter, and a shorter text would blot out ordinary words
	alternatives := []string{`[^\x00-\x{10FFFF}]`} // matches nothing
	for _, s := range secrets {
		if len(s.Reveal()) < shortest {
			continue
		}
		var b strings.Builder
		for _, char := range []byte(s.Reveal()) {
			fmt.Fprintf(&b, `(?:\\?%s|%%%02x|\\(?:u00|x)%02[2]x)`, regexp.QuoteMeta(string(char)), char)
		}
		alternatives = append(alternatives, b.String())
	}
	return &cleaner{regexp.MustCompile("(?i)" + strings.Join(alternatives, "|"))}
}

// text makes one bounded line without control and formatting characters, then
// hides credentials: in this order, as removing characters could join the parts
// of one, and cutting could leave half of one.
func (c *cleaner) text(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = c.secrets.ReplaceAllLiteralString(strings.Join(strings.Fields(s), " "), provider.Secret{}.String())
	if runes := []rune(s); len(runes) > maxMessage {
		s = string(runes[:maxMessage-1]) + "…"
	}
	return s
}

// cause keeps an error that is fit to be shown, and what it wraps; of any other
// only the cleaned text remains.
func (c *cleaner) cause(err error) error {
	text := strings.ReplaceAll(err.Error(), "\n", "; ")
	if cleaned := c.text(text); cleaned != err.Error() {
		return errors.New(cleaned)
	}
	return err
}

// message is what the body of a failure says, fit to be shown; "" if nothing.
// A page of markup says nothing; what it is shows only when it is cleaned.
func (c *cleaner) message(body []byte) string {
	said := c.text(errorMessage(body))
	if isMarkup(said) {
		return ""
	}
	return said
}

// errorMessage reads the three forms the cloud, its gateway and its login
// answer with, or plain text. The code in a body is ignored: the HTTP status
// decides.
func errorMessage(body []byte) string {
	var form struct {
		Message     text `json:"message"`
		Error       text `json:"error"`
		Description text `json:"error_description"`
	}
	said := strings.TrimSpace(string(body))
	if strings.HasPrefix(said, "{") || strings.HasPrefix(said, "[") {
		if json.Unmarshal(body, &form) != nil {
			return ""
		}
		said = string(form.Message)
		if said == "" {
			said = strings.Trim(string(form.Error+": "+form.Description), ": ")
		}
	}
	return said
}

// isMarkup tells whether there is the beginning of a tag in a text.
func isMarkup(s string) bool {
	for rest := s; ; {
		_, after, found := strings.Cut(rest, "<")
		if !found {
			return false
		}
		if after != "" && (unicode.IsLetter(rune(after[0])) || strings.ContainsRune("!/?", rune(after[0]))) {
			return true
		}
		rest = after
	}
}

// text is a JSON string, or a number as it is written; anything else is "".
type text string

// UnmarshalJSON never fails on well-formed JSON.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	var n json.Number
	switch {
	case json.Unmarshal(b, &s) == nil:
		*t = text(s)
	case json.Unmarshal(b, &n) == nil:
		*t = text(n)
	default:
		*t = ""
	}
	return nil
}
