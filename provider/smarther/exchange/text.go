package exchange

import (
	"encoding/json"
	"strings"
)

// Text is a JSON string, or a number as it is written; anything else is "".
type Text string

// UnmarshalJSON never fails on well-formed JSON.
func (t *Text) UnmarshalJSON(b []byte) error {
	var s string
	var n json.Number
	switch {
	case json.Unmarshal(b, &s) == nil:
		*t = Text(s)
	case json.Unmarshal(b, &n) == nil:
		*t = Text(n)
	default:
		*t = ""
	}
	return nil
}

// IsVisible tells whether a text is visible ASCII throughout, as all that stands
// in a header must be, spaces between words aside.
func IsVisible(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}
