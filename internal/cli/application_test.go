package cli

import (
	"strings"
	"testing"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/login"
)

func TestParseAnswers(t *testing.T) {
	values, err := parseAnswers([]byte("\xef\xbb\xbf# a comment\r\nSMARTHER_CLIENT_ID = id\r\n\r\nSMARTHER_CLIENT_SECRET=a\"b'c=d # e\nSMARTHER_SUBSCRIPTION_KEY="))
	if err != nil || len(values) != 3 || values[login.VariableClient] != "id" || values[login.VariableSecret] != `a"b'c=d # e` || values[login.VariableKey] != "" {
		t.Errorf("%q %v", values, err)
	}
	if _, err := parseAnswers([]byte(strings.Repeat("#", longestAnswers+1))); err == nil {
		t.Error("a file without end is read")
	}
}

func FuzzParseAnswers(f *testing.F) {
	f.Add("SMARTHER_CLIENT_ID=canary\nSMARTHER_CLIENT_ID=canary\n")
	f.Add("canary=\n'canary'\nSMARTHER_REPLY_URL=\"canary\"\n")
	f.Add("SMARTHER_X=canary\x00")
	f.Fuzz(func(t *testing.T, content string) {
		values, err := parseAnswers([]byte(content))
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%q shows what it holds: %v", content, err)
		}
		for name, value := range values {
			if !strings.Contains(content, value) || strings.TrimSpace(value) != value {
				t.Errorf("%s of %q is %q", name, content, value)
			}
		}
	})
}

// asked is the question for a variable.
func asked(t *testing.T, variable string) registered {
	t.Helper()
	for _, q := range questions() {
		if q.variable == variable {
			return q
		}
	}
	t.Fatalf("nobody asks for %s", variable)
	return registered{}
}

// Every answer is found where it was put, and what was stored of it is the default
// of the next login.
func TestAnswersAreKept(t *testing.T) {
	var app login.Credentials
	for i, q := range questions() {
		value := []string{"id", "secret", "https://example.com/", "key", "2026-11-01"}[i]
		if got := q.get(&app); got != "" {
			t.Errorf("%s is %q before the answer", q.variable, got)
		}
		if err := q.set(&app, value, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)); err != nil || q.get(&app) != value {
			t.Errorf("%s is %q, %v", q.variable, q.get(&app), err)
		}
	}
	want := login.Credentials{ClientID: "id", ReplyURL: "https://example.com/", SecretCreated: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	if app.ClientSecret.Reveal() != "secret" || app.SubscriptionKey.Reveal() != "key" || app.ClientID != want.ClientID || app.ReplyURL != want.ReplyURL || !app.SecretCreated.Equal(want.SecretCreated) {
		t.Errorf("%+v", app)
	}
}

// What is remembered of the last login holds as long as what it belongs to.
func TestRemembered(t *testing.T) {
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	stored := login.Credentials{ClientID: "one", ClientSecret: provider.NewSecret("secret"), ReplyURL: "https://example.com/", SecretCreated: day, SubscriptionKey: provider.NewSecret("key")}
	same := login.Credentials{ClientID: "one", ClientSecret: provider.NewSecret("secret")}
	renewed := login.Credentials{ClientID: "one", ClientSecret: provider.NewSecret("new")}
	other := login.Credentials{ClientID: "two", ClientSecret: provider.NewSecret("secret")}
	for _, tt := range []struct {
		variable string
		app      login.Credentials
		want     string
	}{
		{login.VariableClient, login.Credentials{}, "one"},
		{login.VariableSecret, same, "secret"},
		{login.VariableSecret, other, ""},
		{variableReplyURL, same, "https://example.com/"},
		{variableReplyURL, other, ""},
		{login.VariableKey, other, "key"},
		{variableMade, same, "2026-11-01"},
		{variableMade, renewed, ""},
		{variableMade, other, ""},
	} {
		if got := asked(t, tt.variable).remembered(&tt.app, &stored); got != tt.want {
			t.Errorf("%s of %s: %q, not %q", tt.variable, tt.app.ClientID, got, tt.want)
		}
	}
}

func TestWrongAnswersAreRefused(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for variable, values := range map[string][]string{variableMade: {"1.11.2026", "2026-13-01", "2026-11-26"}, login.VariableKey: {"two words", "schlüssel"}} {
		for _, value := range values {
			if err := asked(t, variable).set(&login.Credentials{}, value, now); err == nil || strings.Contains(err.Error(), value) {
				t.Errorf("%s %q: %v", variable, value, err)
			}
		}
	}
}

func TestBrowser(t *testing.T) {
	const address = "https://example.com/?a=b&c=$(d)"
	for chosen, want := range map[string][]string{
		"go":                  {"go", address},
		"sh -c":               {"sh", "-c", address},
		"/no/such/browser -x": {"/no/such/browser", "-x", address},
	} {
		a := &app{System: System{Environ: []string{"BROWSER=" + chosen}}}
		command, err := a.browser(address)
		if err != nil || strings.Join(command.Args, "|") != strings.Join(want, "|") {
			t.Errorf("%s: %v %v", chosen, command, err)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := (&app{}).browser(address); err == nil {
		t.Error("there is no browser, and nobody says so")
	}
}
