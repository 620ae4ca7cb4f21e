package login

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"setpoint/internal/durable"
	"setpoint/provider"
)

func find(t *testing.T, q Search, env map[string]string) (*Found, error) {
	t.Helper()
	q.Getenv, q.FS, q.Warn = func(name string) string { return env[name] }, durable.OS(), func(Warning) {}
	return serviceOf(t, direct{newAuthority()}).Find(q)
}

func TestPath(t *testing.T) {
	if got, err := Path(func(string) string { return "/elsewhere" }); err != nil || got != "/elsewhere" {
		t.Errorf("%s %v", got, err)
	}
	t.Setenv("XDG_CONFIG_HOME", "/config")
	if got, err := Path(func(string) string { return "" }); err != nil || got != filepath.Join("/config", "setpoint", "credentials.json") {
		t.Errorf("%s %v", got, err)
	}
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("HOME", "")
	if _, err := Path(func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), variableFile) {
		t.Errorf("%v", err)
	}
}

// Each of key and token comes from the first place that has it.
func TestOrderOfPlaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "credentials.json")
	file := full()
	file.Expires = time.Now().Add(time.Hour)
	if err := NewStore(path, durable.OS()).Save(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	configured := Search{SubscriptionKey: provider.NewSecret("key-canary-configured"), AccessToken: provider.NewSecret("access-canary-configured"), Path: path}
	app := map[string]string{VariableClient: clientID, VariableSecret: canarySecret}
	for name, tt := range map[string]struct {
		search     Search
		env        map[string]string
		key, token string
		keyFrom    From
		tokenFrom  From
		renewable  bool
	}{
		"nothing":                  {search: Search{}},
		"no file":                  {search: Search{Path: path + ".none"}},
		"file":                     {Search{Path: path}, nil, canaryKey, file.AccessToken.Reveal(), FromFile, FromFile, true},
		"file, application beside": {Search{Path: path}, app, canaryKey, file.AccessToken.Reveal(), FromFile, FromFile, true},
		"environment": {Search{Path: path}, map[string]string{VariableKey: " key-env\n", variableAccess: "access-env\n"},
			"key-env", "access-env", FromEnvironment, FromEnvironment, false},
		"token of the environment, key of the file": {Search{Path: path}, map[string]string{variableAccess: "access-env"},
			canaryKey, "access-env", FromFile, FromEnvironment, false},
		"renewable environment": {Search{Path: path}, map[string]string{variableAccess: "access-env", variableRefresh: "refresh-env", VariableClient: clientID, VariableSecret: canarySecret},
			canaryKey, "access-env", FromFile, FromEnvironment, true},
		"configuration": {configured, map[string]string{VariableKey: "key-env", variableAccess: "access-env"},
			"key-canary-configured", "access-canary-configured", FromConfiguration, FromConfiguration, false},
		"token of the configuration, half an environment": {Search{AccessToken: configured.AccessToken}, map[string]string{variableRefresh: "refresh-env"},
			"", "access-canary-configured", 0, FromConfiguration, false},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := find(t, tt.search, tt.env)
			if err != nil {
				t.Fatal(err)
			}
			if f.SubscriptionKey.Reveal() != tt.key || f.SubscriptionKeyFrom != tt.keyFrom || f.TokensFrom != tt.tokenFrom || (f.Tokens == nil) != (tt.token == "") {
				t.Errorf("%+v", f)
			}
			if f.Tokens == nil {
				return
			}
			facts := f.Tokens.Facts(time.Now())
			if token, err := f.Tokens.Token(t.Context()); err != nil || token.Reveal() != tt.token || facts.Renewable != tt.renewable || facts.From != tt.tokenFrom {
				t.Errorf("%v, %+v", err, facts)
			}
			shows(t, f, *f, f.Tokens, facts)
		})
	}
}

// What is damaged is of no interest where nothing is needed of it.
func TestFileIsReadOnlyWhereNeeded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "credentials.json")
	write(t, path, "canary", 0o600)
	if _, err := find(t, Search{Path: path}, map[string]string{VariableKey: "key-env", variableAccess: "access-env"}); err != nil {
		t.Error(err)
	}
	for _, env := range []map[string]string{{VariableKey: "key-env"}, {variableAccess: "access-env"}} {
		var file *fileError
		if _, err := find(t, Search{Path: path}, env); !errors.As(err, &file) {
			t.Errorf("%v", err)
		}
	}
}

func TestUnusableEnvironment(t *testing.T) {
	_, err := find(t, Search{SubscriptionKey: provider.NewSecret("canary\n")}, map[string]string{
		variableRefresh: "canary", VariableSecret: "canary", variableAccess: "can\nary",
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{variableRefresh, VariableClient, variableAccess + " in the environment holds", "argument subscription_key"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not speak of %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "without "+VariableSecret) {
		t.Errorf("%v", err)
	}
	shows(t, err)
}

// continuous is a job that finds a refresh token in its environment, with or
// without a file that is kept from run to run.
func continuous(t *testing.T, a *authority, path, refresh string) *setting {
	t.Helper()
	env := map[string]string{VariableClient: clientID, VariableSecret: canarySecret, variableRefresh: refresh, variableFile: path}
	return sourceAt(t, direct{a}, path, durable.OS(), env)
}

func TestEnvironmentWithAFile(t *testing.T) {
	a := newAuthority()
	a.strict = true
	path := filepath.Join(t.TempDir(), "credentials.json")
	for run := range 3 { // each goes on from the one before, though the environment stays
		s := continuous(t, a, path, refreshToken(0))
		s.expire()
		s.token(t)
		if a.asked() != run+1 || len(s.warned()) != 0 {
			t.Fatalf("run %d: %d requests, %+v", run, a.asked(), s.warned())
		}
	}
	if content, err := os.ReadFile(path); err != nil || strings.Contains(string(content), "s3cret") {
		t.Errorf("the client secret stays in the environment: %v", err)
	}
	// Access tokens are shared by the file as well.
	s := continuous(t, a, path, refreshToken(0))
	s.token(t)
	if a.asked() != 3 {
		t.Error("a token that lives was renewed")
	}
	// A person has logged in and changed the environment: that is newer.
	a.alive["refresh-canary-new"] = true
	s = continuous(t, a, path, "refresh-canary-new")
	s.token(t)
	if got := a.requests[3].Get("refresh_token"); got != "refresh-canary-new" || a.asked() != 4 {
		t.Errorf("asked with %s", got)
	}
	// An older one, restored by mistake, is refused; the file's still works.
	s = continuous(t, a, path, refreshToken(0))
	s.token(t)
	if a.asked() != 6 || a.family != 5 {
		t.Errorf("%d requests, %d good", a.asked(), a.family)
	}
}

// The environment was filled from the file of a login, which has moved on.
func TestEnvironmentFromTheFileOfALogin(t *testing.T) {
	a := newAuthority()
	a.strict = true
	s := sourceFor(t, direct{a}, login(time.Now()))
	s.token(t)
	ci := continuous(t, a, s.path, refreshToken(0))
	ci.expire()
	ci.token(t)
	if got := a.requests[1].Get("refresh_token"); got != refreshToken(1) || a.asked() != 2 {
		t.Errorf("asked with %s", got)
	}
	if file := load(t, s.path); file.ClientSecret.Reveal() != canarySecret || file.SubscriptionKey.Reveal() != canaryKey || file.Lineage == "" {
		t.Errorf("something was lost: %+v", file)
	}
}

func TestEnvironmentOfAnotherClient(t *testing.T) {
	path := filepath.Join(t.TempDir(), "credentials.json")
	c := login(time.Now())
	c.ClientID = "another-client"
	if err := NewStore(path, durable.OS()).Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{VariableClient: clientID, VariableSecret: canarySecret, variableRefresh: refreshToken(0), variableFile: path}
	_, err := find(t, Search{Path: path}, env)
	var file *fileError
	if !errors.As(err, &file) || !strings.Contains(err.Error(), variableFile) || strings.Contains(err.Error(), clientID) {
		t.Errorf("%v", err)
	}
	c.Lineage = "of-another-environment"
	if err := NewStore(path, durable.OS()).Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	sourceAt(t, direct{newAuthority()}, path, durable.OS(), env).token(t)
	if got := load(t, path).ClientID; got != clientID {
		t.Errorf("stored for %s", got)
	}
}

func TestEnvironmentWithoutAFile(t *testing.T) {
	a := newAuthority()
	env := map[string]string{VariableClient: clientID, VariableSecret: canarySecret, variableRefresh: refreshToken(0)}
	path := filepath.Join(t.TempDir(), "credentials.json") // the default place is not for the environment's
	s := sourceAt(t, direct{a}, path, durable.OS(), env)
	for range 2 {
		s.expire()
		s.token(t)
	}
	w := s.warned()
	if len(w) != 1 || !strings.Contains(w[0].Detail, variableFile) || !strings.Contains(w[0].Detail, variableRefresh) {
		t.Errorf("warnings %+v", w)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("stored all the same: %v", err)
	}
	a.script = append(a.script, refuse("invalid_grant", ""), refuse("invalid_grant", ""))
	s.expire()
	if _, err := s.Token(t.Context()); err == nil || !strings.Contains(err.Error(), variableRefresh) {
		t.Errorf("where does the new one go? %v", err)
	}
}

// A client secret made anew and put into the environment goes before the one in
// the file, for the same client.
func TestNewClientSecretInTheEnvironment(t *testing.T) {
	for id, fails := range map[string]bool{clientID: false, "another-client": true} {
		c := login(time.Now())
		c.ClientSecret = provider.NewSecret("an-expired-canary")
		path := sourceFor(t, direct{newAuthority()}, c).path
		s := sourceAt(t, direct{newAuthority()}, path, durable.OS(), map[string]string{VariableClient: id, VariableSecret: canarySecret})
		if _, err := s.Token(t.Context()); fails != errors.Is(err, ErrClientSecret) || fails != (err != nil) {
			t.Errorf("%s: %v", id, err)
		}
	}
}
