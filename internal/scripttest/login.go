package scripttest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"setpoint/provider/simulator"
)

// LoggedIn is what comes of a login.
type LoggedIn struct {
	Access, Refresh string
	File            []byte // the credentials file
}

// LogIn goes through the authorization code flow, as a person with a browser and
// a client would.
func LogIn(house *simulator.Cloud) (got LoggedIn, err error) {
	app, ok := house.Login()
	if !ok {
		return got, errors.New("the cloud has no login")
	}
	ask := func(method, path, body string) *httptest.ResponseRecorder {
		request := httptest.NewRequest(method, simulator.LoginPrefix+path, strings.NewReader(body))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		house.ServeHTTP(answer, request)
		return answer
	}
	consent := ask(http.MethodGet, "/authorize?"+url.Values{"client_id": {app.ClientID}, "response_type": {"code"}, "redirect_uri": {app.ReplyURLs[0]}, "state": {"s"}}.Encode(), "")
	back, err := url.Parse(consent.Header().Get("Location"))
	if err != nil {
		return got, err
	}
	granted := ask(http.MethodPost, "/token", url.Values{
		"client_id": {app.ClientID}, "client_secret": {app.ClientSecret}, "grant_type": {"authorization_code"}, "code": {back.Query().Get("code")},
	}.Encode())
	var tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.Unmarshal(granted.Body.Bytes(), &tokens); err != nil || tokens.Refresh == "" {
		return got, fmt.Errorf("no tokens: %d %s", granted.Code, granted.Body)
	}
	now := time.Now().UTC()
	life := cmp.Or(time.Duration(app.AccessTokenSeconds)*time.Second, time.Hour)
	file, err := json.MarshalIndent(map[string]any{
		"version": 1, "client_id": app.ClientID, "client_secret": app.ClientSecret, "reply_url": app.ReplyURLs[0], "subscription_key": app.SubscriptionKey,
		"access_token": tokens.Access, "access_token_expires": now.Add(life), "refresh_token": tokens.Refresh, "refreshed": now, "logged_in": now,
	}, "", "  ")
	return LoggedIn{tokens.Access, tokens.Refresh, file}, err
}
