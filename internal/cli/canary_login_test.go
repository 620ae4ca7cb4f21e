package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"setpoint/internal/cli"
	"setpoint/internal/scripttest"
	"setpoint/provider/simulator"
)

// canaryLogin has a secret that needs escaping wherever it goes.
const canaryLogin = `{"client_id": "my-client", "client_secret": "canary+secret/77&\"aa=", "reply_urls": ["http://127.0.0.1:8788/callback"],
	"subscription_key": "canary-key-5f3c"}`

// canaryFaults are what the cloud and its login do. Where a message says
// @authorization@, @key@ or @body@, the answer has that of the request.
const canaryFaults = `[
	{"operation": "set", "times": 0, "status": 400, "message": "@authorization@ and @key@"},
	{"operation": "set", "times": 0, "status": 401, "shape": "login", "message": "the token @authorization@ of @key@"},
	{"operation": "set", "times": 0, "status": 403, "message": "@key@ is out of quota. @authorization@"},
	{"operation": "set", "times": 0, "status": 404, "shape": "oauth", "message": "@authorization@@key@"},
	{"operation": "set", "times": 0, "status": 408, "shape": "gateway-text", "message": "@authorization@ @key@"},
	{"operation": "set", "times": 0, "status": 430, "shape": "html", "message": "@authorization@ @key@"},
	{"operation": "set", "status": 429, "retry_after": "0", "message": "@authorization@ @key@"},
	{"operation": "set", "times": 0, "status": 469, "message": "@authorization@ @key@"},
	{"operation": "set", "times": 0, "status": 470, "message": "@authorization@ @key@"},
	{"operation": "set", "times": 0, "status": 486, "message": "@authorization@ @key@"},
	{"operation": "set", "times": 0, "status": 500, "message": "@authorization@ @key@", "truncate": true},
	{"operation": "set", "times": 0, "status": 502, "shape": "html", "message": "@authorization@ @key@"},
	{"operation": "set", "times": 0, "status": 503, "shape": "empty"},
	{"operation": "set", "times": 0, "status": 302, "location": "https://u:p@evil.example/@authorization@/@key@?x=@key@"},
	{"operation": "set", "times": 0, "drop": "after"},
	{"module": "*", "method": "GET", "times": 0, "status": 400, "message": "@authorization@ @key@"},
	{"operation": "plants", "times": 0, "status": 401, "shape": "login", "message": "@authorization@ @key@"},
	{"operation": "topology", "times": 0, "status": 500, "shape": "html", "message": "@authorization@ @key@"},
	{"operation": "status", "times": 0, "status": 408, "message": "@authorization@ @key@"},
	{"operation": "programs", "times": 0, "status": 404, "shape": "gateway-text", "message": "@authorization@ @key@"},
	{"operation": "plants", "times": 0, "truncate": true},
	{"operation": "token", "times": 0, "status": 400, "message": "@body@"},
	{"operation": "token", "times": 0, "status": 400, "shape": "html", "message": "@body@"},
	{"operation": "token", "times": 0, "status": 400, "message": "AADB2C90085: @body@"},
	{"operation": "token", "times": 0, "status": 401, "message": "@body@"},
	{"operation": "token", "times": 0, "status": 429, "retry_after": "3600", "message": "@body@"},
	{"operation": "token", "times": 0, "status": 500, "shape": "gateway", "message": "@body@"},
	{"operation": "token", "times": 0, "status": 502, "message": "@body@", "truncate": true},
	{"operation": "token", "times": 0, "status": 307, "location": "https://evil.example/?@body@"},
	{"operation": "token", "times": 0, "drop": "before"},
	{"operation": "token", "truncate": true},
	{"operation": "token", "status": 500, "shape": "empty"}
]`

// TestCredentialsStaySecret looks for subscription key, tokens and client secret in
// everything that the program prints or writes, while cloud and login answer with
// what they were sent.
func TestCredentialsStaySecret(t *testing.T) {
	var faults []json.RawMessage
	if err := json.Unmarshal([]byte(canaryFaults), &faults); err != nil {
		t.Fatal(err)
	}
	for i, fault := range faults {
		for _, place := range []string{"file", "environment"} {
			t.Run(fmt.Sprintf("%d %s", i, place), func(t *testing.T) { credentialsStaySecret(t, fault, place == "file") })
		}
	}
}

func credentialsStaySecret(t *testing.T, fault json.RawMessage, stored bool) {
	login, err := simulator.ParseLogin([]byte(canaryLogin))
	if err != nil {
		t.Fatal(err)
	}
	house, err := simulator.New(simulator.Options{Login: login})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(echo{house})
	defer server.Close()
	got, err := scripttest.LogIn(house)
	if err != nil {
		t.Fatal(err)
	}
	faults, err := simulator.ParseFaults(fmt.Appendf(nil, `{"faults": [%s, {"operation": "set", "from": 2, "expire_tokens": true}]}`, fault))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := house.AddFaults(faults...); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	secret := filepath.Join(t.TempDir(), "credentials.json")
	environ := []string{"GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "summary.md"), "GITHUB_OUTPUT=" + filepath.Join(dir, "outputs.txt"), "SMARTHER_LOGIN_URL=" + server.URL + simulator.LoginPrefix, "SMARTHER_CREDENTIALS_FILE=" + secret}
	if stored {
		write(t, secret, string(got.File))
	} else {
		environ = append(environ, "SMARTHER_SUBSCRIPTION_KEY="+login.SubscriptionKey, "SMARTHER_CLIENT_ID="+login.ClientID,
			"SMARTHER_CLIENT_SECRET="+login.ClientSecret, "SMARTHER_REFRESH_TOKEN="+got.Refresh)
	}
	write(t, "main.hcl", canaryConfiguration(house, t, server.URL+simulator.PathPrefix))
	secrets := []string{login.SubscriptionKey, login.ClientSecret, got.Access, got.Refresh, "canary"}
	for _, command := range []string{
		"doctor", "doctor --json", "discover --time-zone Europe/Rome", "discover --json", "programs update",
		"apply --auto-approve --report github --report markdown=a.md --report gitlab=a.json", "plan --refresh --report github --report markdown=r.md", "plan",
		"apply --auto-approve --var warm=21 --report markdown=b.md", "plan --out p.plan --var warm=22", "show --markdown", "show --markdown p.plan", "apply p.plan", "show", "show --json", "show p.plan", "show --json p.plan",
		"output --json", "state pull", "graph", "console --json", "plan --json --refresh --var warm=23 --report github", "apply --json --auto-approve --var warm=23 --report github", "status --json", "destroy --json --auto-approve", "auth status", "auth status --json", "logout",
	} {
		var out, errs bytes.Buffer
		var now struct {
			Access  string `json:"access_token"`
			Refresh string `json:"refresh_token"`
		}
		cli.Run(cli.System{Args: strings.Fields(command), Stdin: strings.NewReader("state\n"), Stdout: &out, Stderr: &errs, Environ: environ})
		if content, err := os.ReadFile(secret); err == nil {
			if err := json.Unmarshal(content, &now); err != nil {
				t.Fatal(err)
			}
			secrets = append(secrets, now.Access, now.Refresh)
		}
		concealed(t, "setpoint "+command, append(out.Bytes(), errs.Bytes()...), secrets)
	}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		concealed(t, path, content, secrets)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// concealed demands that a text has no secret, in either case, as it is or
// escaped.
func concealed(t *testing.T, where string, text []byte, secrets []string) {
	t.Helper()
	folded := strings.ToLower(string(text))
	for _, secret := range secrets {
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			if form != "" && strings.Contains(folded, strings.ToLower(form)) {
				t.Errorf("%s shows %s:\n%s", where, form, text)
			}
		}
	}
}

func canaryConfiguration(house *simulator.Cloud, t *testing.T, endpoint string) string {
	t.Helper()
	for n := 1; n <= 4; n++ { // one more than is declared
		module := fmt.Sprintf(crashModule, n)
		err := errors.Join(
			house.Ensure(crashPlant, module, "Europe/Rome", nil),
			house.NamePlant(crashPlant, "Home @key@"),
			house.NameThermostat(crashPlant, module, "Room @authorization@"),
			house.SetPrograms(crashPlant, module, []simulator.Program{{Number: 1, Name: "@authorization@"}, {Number: 2, Name: "@key@"}}),
		)
		if err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf(`
variable "warm" {
  type    = number
  default = 20
}

provider "smarther" {
  endpoint   = %q
  rate_limit = 0

  retry {
    attempts  = 2
    min_wait  = "1ms"
    max_wait  = "1ms"
    busy_wait = "1ms"
  }
}

thermostat "t" {
  count     = 3
  plant_id  = %q
  module_id = format("2a9d5c0f-0000-4000-8000-%%012d", count.index + 1)
  function  = "heating"
  mode      = "manual"
  setpoint  = var.warm

  on_remove {
    mode = "protection"
  }
}
`, endpoint, crashPlant)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// echo puts what the request has in the place of @authorization@, @key@ and
// @body@ in the answer.
type echo struct{ house http.Handler }

func (e echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := new(bytes.Buffer)
	if _, err := body.ReadFrom(r.Body); err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = http.NoBody
	if body.Len() > 0 {
		r.Body = readCloser{bytes.NewReader(body.Bytes())}
	}
	answer := httptest.NewRecorder()
	defer func() {
		cut := recover()
		if cut == nil || answer.Body.Len() > 0 {
			e.send(w, r, body.String(), answer)
		}
		if cut != nil {
			panic(cut)
		}
	}()
	e.house.ServeHTTP(answer, r)
}

func (e echo) send(w http.ResponseWriter, r *http.Request, body string, answer *httptest.ResponseRecorder) {
	said := strings.NewReplacer("@authorization@", r.Header.Get("Authorization"), "@key@", r.Header.Get("Ocp-Apim-Subscription-Key"), "@body@", body)
	for name, values := range answer.Header() {
		if name != "Content-Length" {
			w.Header().Set(name, said.Replace(values[0]))
		}
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write([]byte(said.Replace(answer.Body.String())))
	_ = http.NewResponseController(w).Flush()
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }
