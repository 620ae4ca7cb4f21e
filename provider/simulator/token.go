package simulator

import (
	"crypto/rand"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// oauthError has the shape of the token endpoint.
func oauthError(status int, code, description string) answer {
	a := jsonAnswer(status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, description})
	a.header["Cache-Control"] = "no-store"
	return a
}

func invalidGrant(description string) answer {
	return oauthError(http.StatusBadRequest, "invalid_grant", description)
}

// token answers the token endpoint. Client id and secret are taken from the form
// only.
func (c *Cloud) token(r request) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	login := c.house.login
	if login == nil {
		return noLogin()
	}
	form, err := r.form()
	if err != nil {
		return oauthError(http.StatusBadRequest, "invalid_request", err.Error())
	}
	if refusal := login.refuseClient(form, r.arrived); refusal != nil {
		return *refusal
	}
	var grant string
	var refusal *answer
	switch kind := form.Get("grant_type"); kind {
	case "authorization_code":
		grant, refusal = login.redeem(form, r.arrived)
	case "refresh_token":
		grant, refusal = login.refresh(form.Get("refresh_token"), r.arrived)
	default:
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", fmt.Sprintf("AADB2C90086: The supplied grant_type [%s] is not supported.", kind))
	}
	a := answer{}
	if refusal != nil {
		a = *refusal
	} else {
		a = login.tokens(grant, r.arrived)
		a.landed = true
	}
	// A refusal may have killed tokens.
	if err := c.save(entry{Login: login}); err != nil {
		failed := oauthError(http.StatusInternalServerError, "server_error", err.Error())
		failed.landed = a.landed
		return failed
	}
	return a
}

func (r request) form() (url.Values, error) {
	if media, _, err := mime.ParseMediaType(r.header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return nil, errors.New("the Content-Type must be application/x-www-form-urlencoded")
	}
	if r.bodyErr != nil {
		return nil, fmt.Errorf("the body could not be read: %w", r.bodyErr)
	}
	form, err := url.ParseQuery(string(r.body))
	if err != nil {
		return nil, errors.New("the body is not form-encoded")
	}
	return form, nil
}

// refuseClient checks client id and secret. The words for an expired secret are
// the real login's, misleading as they are: only the code tells.
func (a *account) refuseClient(form url.Values, now time.Time) *answer {
	switch {
	case form.Get("client_id") != a.ClientID:
		return new(oauthError(http.StatusBadRequest, "invalid_client", "AADB2C90018: The client id specified in the request is not registered."))
	case a.secretExpired(now):
		return new(invalidGrant("AADB2C90085: The service has encountered an internal error. Please reauthenticate and try again."))
	case !same(form.Get("client_secret"), a.ClientSecret):
		return new(oauthError(http.StatusBadRequest, "invalid_client", "AADB2C90081: The specified client_secret does not match the expected value for this client."))
	}
	return nil
}

// redeem takes an authorization code, once. The reply URL may be left out, as
// clients do; where it is there it must be the one that the code was sent to.
func (a *account) redeem(form url.Values, now time.Time) (grant string, refusal *answer) {
	code, ok := a.Grants.Codes[form.Get("code")]
	delete(a.Grants.Codes, form.Get("code"))
	reply, given := form["redirect_uri"]
	switch {
	case !ok || !now.Before(code.Expires):
		return "", new(invalidGrant("AADB2C90080: The provided grant has expired. Please re-authenticate and try again."))
	case given && reply[0] != code.ReplyURL:
		return "", new(invalidGrant("AADB2C90088: The redirect URI is not the one that the code was issued for."))
	}
	return rand.Text(), nil
}

// refresh takes a refresh token.
func (a *account) refresh(token string, now time.Time) (grant string, refusal *answer) {
	known, ok := a.Grants.Refresh[token]
	switch {
	case !ok:
		return "", new(invalidGrant("AADB2C90129: The provided grant has been revoked. Please re-authenticate and try again."))
	case known.idle(now):
		return "", new(invalidGrant("AADB2C90080: The provided grant has expired. Please re-authenticate and try again."))
	case known.Used && a.Rotation == RotationStrict:
		a.Grants.kill(known.Grant)
		return "", new(invalidGrant("AADB2C90129: The provided grant has been revoked. Please re-authenticate and try again."))
	}
	known.Used, known.LastUsed = true, now
	a.Grants.Refresh[token] = known
	return known.Grant, nil
}

// tokens answers with new tokens.
func (a *account) tokens(grant string, now time.Time) answer {
	access, refresh := a.Grants.issue(grant, a.life(), now)
	fields := map[string]any{"access_token": access, "token_type": "Bearer", "refresh_token": refresh}
	in, on := int64(a.life()/time.Second), now.Add(a.life()).Unix()
	switch a.Expires {
	case ExpiresMissing:
	case ExpiresString:
		fields["expires_in"], fields["expires_on"] = strconv.FormatInt(in, 10), strconv.FormatInt(on, 10)
	case ExpiresNumber, "":
		fields["expires_in"], fields["expires_on"] = in, on
	}
	answer := jsonAnswer(http.StatusOK, fields)
	answer.header["Cache-Control"] = "no-store"
	return answer
}
