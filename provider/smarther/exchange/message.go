package exchange

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode"

	"setpoint/provider"
)

// MaxMessage is how many runes of anything the cloud said are passed on.
const MaxMessage = 300

// Text makes one bounded line without control and formatting characters, then
// hides credentials: in this order, as removing characters could join the parts
// of one, and cutting could leave half of one.
func (c *Cleaner) Text(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = c.secrets.Load().ReplaceAllLiteralString(strings.Join(strings.Fields(s), " "), provider.Secret{}.String())
	if runes := []rune(s); len(runes) > MaxMessage {
		s = string(runes[:MaxMessage-1]) + "…"
	}
	return s
}

// Cause keeps an error that is fit to be shown, and what it wraps; of any other
// only the cleaned text remains.
func (c *Cleaner) Cause(err error) error {
	text := strings.ReplaceAll(err.Error(), "\n", "; ")
	if cleaned := c.Text(text); cleaned != err.Error() {
		return errors.New(cleaned)
	}
	return err
}

// Message is what the body of a failure says, fit to be shown; "" if nothing.
// A page of markup says nothing; what it is shows only when it is cleaned.
func (c *Cleaner) Message(body []byte) string {
	said := c.Text(errorMessage(body))
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
		Message     Text `json:"message"`
		Error       Text `json:"error"`
		Description Text `json:"error_description"`
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
