package login

import (
	"slices"
	"strings"
	"testing"
	"time"

	"setpoint/provider"
)

func TestFacts(t *testing.T) {
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	type finding struct {
		severity Severity
		says     string
	}
	for name, tt := range map[string]struct {
		change func(*Credentials)
		want   []finding
	}{
		"all well":                 {func(*Credentials) {}, nil},
		"a fortnight and a bit":    {func(c *Credentials) { c.Refreshed = now.Add(-76*day + time.Second) }, nil},
		"refresh, a fortnight":     {func(c *Credentials) { c.Refreshed = now.Add(-76 * day) }, []finding{{SeveritySoon, "refresh token dies if it is not used in 14 days"}}},
		"refresh, a day":           {func(c *Credentials) { c.Refreshed = now.Add(-89 * day) }, []finding{{SeveritySoon, "in 1 day"}}},
		"refresh, hours":           {func(c *Credentials) { c.Refreshed = now.Add(-90*day + time.Hour) }, []finding{{SeveritySoon, "within a day"}}},
		"refresh, over":            {func(c *Credentials) { c.Refreshed = now.Add(-90 * day) }, []finding{{SeverityNow, "90 days"}}},
		"secret, a fortnight":      {func(c *Credentials) { c.SecretCreated = now.AddDate(-1, 0, 14) }, []finding{{SeveritySoon, "client secret expires in 14 days"}}},
		"secret, over":             {func(c *Credentials) { c.SecretCreated = now.AddDate(-1, 0, 0) }, []finding{{SeverityNow, "more than a year"}}},
		"secret, age unknown":      {func(c *Credentials) { c.SecretCreated = time.Time{} }, []finding{{SeverityNote, "not known"}}},
		"secret, missing":          {func(c *Credentials) { c.ClientSecret = provider.Secret{} }, []finding{{SeveritySoon, "without client id"}}},
		"secret, missing, over":    {func(c *Credentials) { c.ClientSecret, c.Expires = provider.Secret{}, now }, []finding{{SeverityNow, "without client id"}}},
		"both":                     {func(c *Credentials) { c.SecretCreated, c.Refreshed = now.AddDate(-1, 0, 3), now.Add(-88*day) }, []finding{{SeveritySoon, "refresh token"}, {SeveritySoon, "client secret"}}},
		"no refresh token":         {func(c *Credentials) { c.RefreshToken = provider.Secret{} }, []finding{{SeveritySoon, "cannot be renewed"}}},
		"no refresh token, over":   {func(c *Credentials) { c.RefreshToken, c.Expires = provider.Secret{}, now }, []finding{{SeverityNow, "has expired"}}},
		"no refresh token, no end": {func(c *Credentials) { c.RefreshToken, c.Expires = provider.Secret{}, time.Time{} }, []finding{{SeverityNote, "not known"}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := login(now)
			c.Expires, c.SecretCreated = now.Add(time.Hour), now.Add(-day)
			tt.change(&c)
			s := &Source{from: FromFile, held: c}
			f := s.Facts(now)
			if len(f.Findings) != len(tt.want) {
				t.Fatalf("findings %+v", f.Findings)
			}
			for i, want := range tt.want {
				got := f.Findings[i]
				if got.Severity != want.severity || !strings.Contains(got.Summary, want.says) || strings.HasSuffix(got.Summary, ".") {
					t.Errorf("%+v, want %+v", got, want)
				}
				if got.Severity != SeverityNote && got.Remedy == "" {
					t.Errorf("%+v has no remedy", got)
				}
			}
			if f.Client != "0f1e…9876" || f.From != FromFile || !f.AccessExpires.Equal(c.Expires) || !f.LoggedIn.Equal(c.LoggedIn) {
				t.Errorf("%+v", f)
			}
			if !c.SecretCreated.IsZero() && !f.SecretUntil.Equal(c.SecretCreated.AddDate(1, 0, 0)) || f.Renewable && !f.RefreshUntil.Equal(c.Refreshed.Add(90*day)) {
				t.Errorf("%+v", f)
			}
			shows(t, f)
		})
	}
}

// Only what is over is to be replaced, where it is.
func TestRemedyNamesWhatIsNew(t *testing.T) {
	app := &Credentials{ClientID: "id", ClientSecret: provider.NewSecret("secret")}
	for _, tt := range []struct {
		source *Source
		text   string
		want   string
	}{
		{&Source{from: FromFile}, remedyLogin, remedyLogin},
		{&Source{from: FromFile}, remedySecret, remedySecret},
		{&Source{from: FromFile, app: app}, remedyLogin, remedyLogin},
		{&Source{from: FromFile, app: app}, remedySecret, remedySecret + " Then put what is new into SMARTHER_CLIENT_SECRET."},
		{&Source{from: FromEnvironment, app: app}, remedyLogin, remedyLogin + " Then put what is new into SMARTHER_REFRESH_TOKEN."},
		{&Source{from: FromEnvironment, app: app}, remedySecret, remedySecret + " Then put what is new into SMARTHER_CLIENT_SECRET and SMARTHER_REFRESH_TOKEN."},
		{&Source{from: FromEnvironment}, remedyLogin, remedyLogin + " Or put a new access token into SMARTHER_ACCESS_TOKEN, or where you set it."},
		{&Source{from: FromEnvironment, app: app}, "", ""},
	} {
		if got := tt.source.remedy(tt.text); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.source.from, got, tt.want)
		}
	}
}

func TestMasked(t *testing.T) {
	for id, want := range map[string]string{"": "", "short": "*****", "12345678": "********", "123456789": "1234…6789"} {
		if got := masked(id); got != want {
			t.Errorf("%s is shown as %s", id, got)
		}
	}
}

func TestNames(t *testing.T) {
	got := []string{From(0).String(), FromConfiguration.String(), FromEnvironment.String(), FromFile.String(), SeverityNote.String(), SeveritySoon.String(), SeverityNow.String(), Severity(9).String()}
	if want := []string{"nowhere", "configuration", "environment", "credentials file", "note", "soon", "now", "Severity(9)"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A static token that has run out is told before a call is made with it.
func TestExpiredWithoutRefreshToken(t *testing.T) {
	c := login(time.Now())
	c.RefreshToken = provider.Secret{}
	s := sourceFor(t, direct{newAuthority()}, c)
	if _, err := s.Token(t.Context()); kind(t, err) != provider.KindUnauthorized || !strings.Contains(err.Error(), "setpoint login") {
		t.Errorf("%v", err)
	}
}
