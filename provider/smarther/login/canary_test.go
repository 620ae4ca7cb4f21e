package login

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// shows fails where a credential is to be seen in a value, however it is shown.
// All of them hold the word canary.
func shows(t testing.TB, values ...any) {
	t.Helper()
	for _, v := range values {
		text := fmt.Sprintf("%v|%+v|%#v|%q|%x", v, v, v, v, v)
		if encoded, err := json.Marshal(v); err == nil {
			text += string(encoded)
		}
		if err, ok := v.(error); ok {
			for ; err != nil; err = errors.Unwrap(err) {
				text += fmt.Sprintf("%v %#v %s", err, err, err)
			}
		}
		for _, form := range []string{"canary", fmt.Sprintf("%x", "canary"), url.QueryEscape(canarySecret)} {
			if at := strings.Index(strings.ToLower(text), form); at >= 0 {
				t.Errorf("%T shows a credential: %s", v, text[max(at-80, 0):min(at+80, len(text))])
			}
		}
	}
}
