package simulator

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

func TestTokenRefuses(t *testing.T) {
	cloud, clock := newLogin(t, nil)
	code := func() string { return consent(t, cloud, authorizeParameters()).Get("code") }
	_, good := logIn(t, cloud)
	refused(t, cloud, "AADB2C90018", "invalid_client", "client_id", "other")
	refused(t, cloud, "AADB2C90081", "invalid_client", "client_secret", "wrong")
	refused(t, cloud, "AADB2C90086", "unsupported_grant_type", "grant_type", "password")
	refused(t, cloud, "AADB2C90129", "invalid_grant", "grant_type", "refresh_token", "refresh_token", "x")
	refused(t, cloud, "AADB2C90088", "invalid_grant", "grant_type", "authorization_code", "code", code(), "redirect_uri", "http://localhost/")
	old := code()
	clock.now = clock.now.Add(codeLife)
	refused(t, cloud, "AADB2C90080", "invalid_grant", "grant_type", "authorization_code", "code", old)
	for contentType, body := range map[string]string{"application/json": "{}", "application/x-www-form-urlencoded": "a=%zz"} {
		r := newRequest(http.MethodPost, LoginPrefix+"/token", body)
		r.Header.Set("Content-Type", contentType)
		if w := send(cloud, r); w.Code != 400 || !strings.Contains(w.Body.String(), "invalid_request") {
			t.Errorf("%s was answered %d %s", body, w.Code, w.Body)
		}
	}
	if err := cloud.ExpireSecret(); err != nil {
		t.Fatal(err)
	}
	refused(t, cloud, "AADB2C90085", "invalid_grant", "grant_type", "refresh_token", "refresh_token", good)
	renewed := testLogin()
	renewed.ClientSecret = "new"
	if err := cloud.SetLogin(renewed); err != nil {
		t.Fatal(err)
	}
	if status, is := token(t, cloud, "client_secret", "new", "grant_type", "refresh_token", "refresh_token", good); status != 200 {
		t.Errorf("with a new secret the refresh token was answered %d %v", status, is)
	}
}

func TestSecretLivesAYear(t *testing.T) {
	cloud, clock := newLogin(t, nil)
	_, token := logIn(t, cloud)
	for range 12 {
		clock.now = clock.now.AddDate(0, 1, -1)
		_, token = refresh(t, cloud, token)
	}
	clock.now = winter().AddDate(1, 0, 0)
	refused(t, cloud, "AADB2C90085", "invalid_grant", "grant_type", "refresh_token", "refresh_token", token)
}

func TestIdleRefreshToken(t *testing.T) {
	cloud, clock := newLogin(t, nil)
	_, first := logIn(t, cloud)
	_, second := refresh(t, cloud, first)
	clock.now = clock.now.AddDate(0, 0, 89)
	_, third := refresh(t, cloud, first) // lenient: the old one works, and counts as used
	clock.now = clock.now.AddDate(0, 0, 1)
	refused(t, cloud, "AADB2C90080", "invalid_grant", "grant_type", "refresh_token", "refresh_token", second)
	refresh(t, cloud, first)
	refresh(t, cloud, third)
}

func TestStrictRotation(t *testing.T) {
	cloud, _ := newLogin(t, func(l *Login) { l.Rotation = RotationStrict })
	_, other := logIn(t, cloud)
	_, first := logIn(t, cloud)
	_, second := refresh(t, cloud, first)
	access, third := refresh(t, cloud, second)
	wantCall(t, cloud, access, "200 0")
	for _, dead := range []string{first, third} {
		refused(t, cloud, "AADB2C90129", "invalid_grant", "grant_type", "refresh_token", "refresh_token", dead)
	}
	wantCall(t, cloud, access, "401 1")
	access, _ = refresh(t, cloud, other)
	wantCall(t, cloud, access, "200 0")
}

func TestRevokeAndExpire(t *testing.T) {
	cloud, _ := newLogin(t, nil)
	access, token := logIn(t, cloud)
	if err := cloud.ExpireTokens(); err != nil {
		t.Fatal(err)
	}
	wantCall(t, cloud, access, "401 11")
	access, token = refresh(t, cloud, token)
	if err := cloud.Revoke(); err != nil {
		t.Fatal(err)
	}
	wantCall(t, cloud, access, "401 1")
	refused(t, cloud, "AADB2C90129", "invalid_grant", "grant_type", "refresh_token", "refresh_token", token)
	without, _ := newCloud(t, Options{})
	for _, err := range []error{without.Revoke(), without.ExpireTokens(), without.ExpireSecret()} {
		if err == nil {
			t.Error("a cloud without login has tokens")
		}
	}
}

func TestFormsOfExpires(t *testing.T) {
	for form, want := range map[Expires]any{ExpiresNumber: 3600.0, ExpiresString: "3600", ExpiresMissing: nil} {
		cloud, _ := newLogin(t, func(l *Login) { l.Expires, l.AccessTokenSeconds = form, 0 })
		_, token1 := logIn(t, cloud)
		_, is := token(t, cloud, "grant_type", "refresh_token", "refresh_token", token1)
		if is["expires_in"] != want || (is["expires_on"] == nil) != (want == nil) {
			t.Errorf("%s: %v", form, is)
		}
	}
}

func TestTokensSurviveAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.json")
	login := testLogin()
	login.Rotation = RotationStrict
	cloud, clock := newCloud(t, Options{House: path, Login: &login})
	_, first := logIn(t, cloud)
	access, second := refresh(t, cloud, first)
	for range 2 {
		again, err := New(Options{House: path, Clock: clock.read}) // the house has the login
		if err != nil {
			t.Fatal(err)
		}
		wantCall(t, again, access, "200 0")
		cloud = again
	}
	refused(t, cloud, "AADB2C90129", "invalid_grant", "grant_type", "refresh_token", "refresh_token", first)
	again, err := New(Options{House: path, Clock: clock.read})
	if err != nil {
		t.Fatal(err)
	}
	refused(t, again, "AADB2C90129", "invalid_grant", "grant_type", "refresh_token", "refresh_token", second)
}
