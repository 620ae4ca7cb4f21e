package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const testReply = "http://127.0.0.1:8788/callback?from=here"

func testLogin() Login {
	return Login{
		ClientID: "client", ClientSecret: `s"e'c$r&t`, ReplyURLs: []string{testReply, "http://localhost/"},
		SubscriptionKey: "the-key", AccessTokenSeconds: 600,
	}
}

// newLogin is a cloud with a login, and its clock.
func newLogin(t *testing.T, change func(*Login)) (*Cloud, *hands) {
	t.Helper()
	login := testLogin()
	if change != nil {
		change(&login)
	}
	return newCloud(t, Options{Login: &login})
}

// consent is where the person is sent, by the parameters of the page.
func consent(t *testing.T, cloud *Cloud, parameters url.Values) url.Values {
	t.Helper()
	w := send(cloud, newRequest(http.MethodGet, LoginPrefix+"/authorize?"+parameters.Encode(), ""))
	location := w.Header().Get("Location")
	if w.Code != http.StatusFound || !strings.HasPrefix(location, testReply+"&") {
		t.Fatalf("authorize answered %d %q %s", w.Code, location, w.Body)
	}
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

func authorizeParameters() url.Values {
	return url.Values{"client_id": {"client"}, "response_type": {"code"}, "redirect_uri": {testReply}, "state": {"a b&c"}}
}

// token asks the token endpoint; the fields come on top of the client's.
func token(t *testing.T, cloud *Cloud, fields ...string) (int, map[string]any) {
	t.Helper()
	form := url.Values{"client_id": {"client"}, "client_secret": {testLogin().ClientSecret}}
	for i := 0; i < len(fields); i += 2 {
		form[fields[i]] = []string{fields[i+1]}
	}
	r := newRequest(http.MethodPost, LoginPrefix+"/token", form.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := send(cloud, r)
	var is map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &is); err != nil {
		t.Fatalf("token answered %d %s: %v", w.Code, w.Body, err)
	}
	return w.Code, is
}

// logIn is a whole login; it returns the access and the refresh token.
func logIn(t *testing.T, cloud *Cloud) (access, refresh string) {
	t.Helper()
	code := consent(t, cloud, authorizeParameters()).Get("code")
	status, is := token(t, cloud, "grant_type", "authorization_code", "code", code, "redirect_uri", testReply)
	if status != 200 {
		t.Fatalf("the code was answered %d %v", status, is)
	}
	return is["access_token"].(string), is["refresh_token"].(string)
}

func refresh(t *testing.T, cloud *Cloud, with string) (access, next string) {
	t.Helper()
	status, is := token(t, cloud, "grant_type", "refresh_token", "refresh_token", with)
	if status != 200 {
		t.Fatalf("the refresh was answered %d %v", status, is)
	}
	return is["access_token"].(string), is["refresh_token"].(string)
}

func refused(t *testing.T, cloud *Cloud, word, code string, fields ...string) {
	t.Helper()
	status, is := token(t, cloud, fields...)
	description, _ := is["error_description"].(string)
	if status != 400 || is["error"] != code || !strings.Contains(description, word) {
		t.Errorf("token answered %d %v, want %s with %q", status, is, code, word)
	}
}

// call is what the API answers to a token: the status, and code where it has one.
func call(t *testing.T, cloud *Cloud, access string) string {
	t.Helper()
	r := newRequest(http.MethodGet, pathOf(testModule), "")
	r.Header.Set("Authorization", "Bearer "+access)
	r.Header.Set("Ocp-Apim-Subscription-Key", "the-key")
	w := send(cloud, r)
	var is struct{ Code int }
	if err := json.Unmarshal(w.Body.Bytes(), &is); err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(w.Code) + " " + strconv.Itoa(is.Code)
}

func wantCall(t *testing.T, cloud *Cloud, access, want string) {
	t.Helper()
	if got := call(t, cloud, access); got != want {
		t.Errorf("the API answered %s, want %s", got, want)
	}
}

func TestLoginFromEndToEnd(t *testing.T) {
	cloud, clock := newLogin(t, nil)
	back := consent(t, cloud, authorizeParameters())
	if back.Get("state") != "a b&c" || back.Get("from") != "here" || back.Has("error") {
		t.Errorf("the reply URL got %v", back)
	}
	first := []string{"grant_type", "authorization_code", "code", back.Get("code")}
	status, is := token(t, cloud, first...)
	if status != 200 || is["token_type"] != "Bearer" || is["expires_in"] != 600.0 || is["expires_on"] != float64(clock.now.Unix()+600) {
		t.Errorf("token answered %d %v", status, is)
	}
	refused(t, cloud, "AADB2C90080", "invalid_grant", first...)
	access := is["access_token"].(string)
	wantCall(t, cloud, access, "200 0")
	wantCall(t, cloud, "another", "401 1")
	clock.now = clock.now.Add(10*time.Minute - time.Second)
	wantCall(t, cloud, access, "200 0")
	clock.now = clock.now.Add(time.Second)
	wantCall(t, cloud, access, "401 11")
	access, _ = refresh(t, cloud, is["refresh_token"].(string))
	wantCall(t, cloud, access, "200 0")

	r := newRequest(http.MethodGet, pathOf(testModule), "")
	r.Header.Set("Authorization", "Bearer "+access)
	checkRefusal(t, cloud, r, 401, ShapeGateway, "invalid subscription key")
	r.Header.Set("Ocp-Apim-Subscription-Key", "the-key")
	r.Header.Del("Authorization")
	checkRefusal(t, cloud, r, 401, ShapeLogin, "No token")
	for _, call := range cloud.Calls() {
		if strings.Contains(call.Body+call.Path, "s%22e") || call.Operation == OperationToken && call.Body != "" {
			t.Errorf("the log has secrets: %+v", call)
		}
	}
}

func TestAuthorizeRefuses(t *testing.T) {
	cloud, _ := newLogin(t, nil)
	for name, value := range map[string]string{"redirect_uri": testReply + "/", "client_id": "other"} {
		parameters := authorizeParameters()
		parameters.Set(name, value)
		w := send(cloud, newRequest(http.MethodGet, LoginPrefix+"/authorize?"+parameters.Encode(), ""))
		if w.Code != 400 || w.Header().Get("Location") != "" || !strings.Contains(w.Body.String(), "AADB2C900") {
			t.Errorf("a wrong %s was answered %d %s", name, w.Code, w.Body)
		}
	}
	parameters := authorizeParameters()
	parameters.Set("response_type", "token")
	if back := consent(t, cloud, parameters); back.Get("error") != "unsupported_response_type" || back.Get("state") != "a b&c" {
		t.Errorf("the reply URL got %v", back)
	}
	login := testLogin()
	login.Consent = ConsentRefused
	if err := cloud.SetLogin(login); err != nil {
		t.Fatal(err)
	}
	if back := consent(t, cloud, authorizeParameters()); back.Get("error") != "access_denied" || back.Has("code") || back.Get("state") != "a b&c" {
		t.Errorf("the reply URL got %v", back)
	}
	without, _ := newCloud(t, Options{})
	if w := send(without, newRequest(http.MethodGet, LoginPrefix+"/authorize", "")); w.Code != 404 {
		t.Errorf("a cloud without login answered %d", w.Code)
	}
	if w := send(without, newRequest(http.MethodPost, LoginPrefix+"/token", "")); w.Code != 404 {
		t.Errorf("a cloud without login answered %d", w.Code)
	}
}

func TestLoginWrittenByHand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.json")
	writeFile(t, path, `{"version":2,"login":{"client_id":"client","client_secret":"by hand","reply_urls":["`+testReply+`"]},"plants":{}}`)
	cloud, clock := newCloud(t, Options{House: path})
	back := consent(t, cloud, authorizeParameters())
	fields := []string{"client_secret", "by hand", "grant_type", "authorization_code", "code", back.Get("code")}
	status, is := token(t, cloud, fields...)
	if status != 200 {
		t.Fatalf("answered %d %v", status, is)
	}
	again, err := New(Options{House: path, Clock: clock.read})
	if err != nil {
		t.Fatal(err)
	}
	if login, _ := again.Login(); !login.SecretCreated.Equal(winter()) {
		t.Errorf("the secret was made at %s", login.SecretCreated)
	}
}

func TestLoginThatCannotBe(t *testing.T) {
	_, err := ParseLogin([]byte(`{"reply_urls":["/callback"],"consent":"maybe","access_token_seconds":-1,"expires":"x","rotation":"y","secret_created":"0001-02-01T00:00:00Z"}`))
	for _, want := range []string{"client_id", "client_secret", "/callback", "maybe", "-1", "expires", "rotation", "secret_created"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s: %v", want, err)
		}
	}
	for text, want := range map[string]string{"": "empty", "null": "not one", "{} {}": "not one", `{"secret":1}`: "secret"} {
		if _, err := ParseLogin([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := New(Options{Login: &Login{}, Limits: Limits{-1, -1, -1}, AfterEnd: 7}); err == nil || strings.Count(err.Error(), "negative") != 3 {
		t.Errorf("the error is %v", err)
	}
}
