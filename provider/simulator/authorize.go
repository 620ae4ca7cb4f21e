package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// LoginPrefix is where the login begins under the server's root: its endpoints
// are LoginPrefix + "/authorize" and LoginPrefix + "/token".
const LoginPrefix = "/login"

// authorize answers the page on which a person logs in and consents. The person
// is quick: the answer is the redirect that follows.
func (c *Cloud) authorize(r request) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	login := c.house.login
	if login == nil {
		return noLogin()
	}
	// Without a reply URL that can be trusted there is nowhere to go: a page for
	// the person.
	id, reply := r.query.Get("client_id"), r.query.Get("redirect_uri")
	if id != login.ClientID {
		return htmlAnswer(http.StatusBadRequest, "AADB2C90018: The client id '"+id+"' specified in the request is not registered.")
	}
	if !slices.Contains(login.ReplyURLs, reply) {
		return htmlAnswer(http.StatusBadRequest, "AADB2C90006: The redirect URI '"+reply+"' provided in the request is not registered for the client id '"+id+"'.")
	}
	values := url.Values{}
	if state, ok := r.query["state"]; ok {
		values["state"] = state[:1]
	}
	landed := false
	switch {
	case r.query.Get("response_type") != "code":
		values.Set("error", "unsupported_response_type")
		values.Set("error_description", "AADB2C90013: The requested response type provided in the request is not supported.")
	case login.Consent == ConsentRefused:
		values.Set("error", "access_denied")
		values.Set("error_description", "AADB2C90091: The user has cancelled entering self-asserted information.")
	default:
		values.Set("code", login.Grants.issueCode(reply, r.arrived))
		if err := c.save(entry{Login: login}); err != nil {
			return htmlAnswer(http.StatusInternalServerError, err.Error())
		}
		landed = true
	}
	joint := "?"
	if strings.Contains(reply, "?") {
		joint = "&"
	}
	return answer{status: http.StatusFound, header: map[string]string{"Location": reply + joint + values.Encode()}, landed: landed}
}

func noLogin() answer {
	return gatewayError(http.StatusNotFound, "Resource not found: this simulated cloud has no login")
}

// secretExpired tells whether the client secret's year is over.
func (l Login) secretExpired(now time.Time) bool {
	return !now.Before(l.SecretCreated.AddDate(secretYears, 0, 0))
}
