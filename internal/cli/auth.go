package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mitchellh/go-wordwrap"
	"github.com/spf13/cobra"

	"setpoint/apply/report"
	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/provider/smarther/login"
)

func (a *app) authCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "auth",
		Short: "Look at the login",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.authStatusCommand())
	return cmd
}

func (a *app) authStatusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show who is logged in and what is about to expire",
		Long: `Shows which credentials commands would use here, where they come from and when they end. It calls nobody, so it cannot
tell whether they are accepted: setpoint doctor does.

A fortnight before something ends it says so. The exit code is 5 if a person must act before anything works, else 0.`,
		Example: "  setpoint auth status\n  setpoint auth status --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.simulate {
				return fail("No login needed", "The embedded, simulated cloud takes no login.")
			}
			return a.authStatus(asJSON)
		},
	}
	a.variableFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func (a *app) authStatus(asJSON bool) error {
	s := a.presentLogin()
	text := a.loginText(s)
	if asJSON {
		document, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			return err
		}
		text = string(document) + "\n"
	}
	if err := a.answer(text); err != nil {
		return err
	}
	if !s.Usable {
		return exit(codePerson)
	}
	return nil
}

// presentLogin looks where every command looks.
func (a *app) presentLogin() *loginStatus {
	configured, list := config.Load(a.options(config.Options{}))
	if exists, err := config.Exists("."); err == nil && !exists {
		list = nil // without a configuration there is the environment and the file
	}
	found, err := a.search(configured.Provider, func(login.Warning) {}) // nothing is renewed, so there is nothing to hear
	path, _ := login.Path(a.getenv)                                     // without a place there is no file
	s := statusOf(found, path, a.now)
	var failed *exitError
	if errors.As(err, &failed) {
		for _, d := range failed.diags {
			s.add(login.SeverityNow, d.Summary, d.Detail, time.Time{})
		}
	}
	if list.HasErrors() {
		s.add(login.SeverityNote, "the configuration has errors, so that credentials in it may be missed", "To see them: setpoint validate.", time.Time{})
	}
	return s
}

// loginStatus is what is known of the login without asking anybody. Nothing in
// it is secret.
type loginStatus struct {
	FormatVersion       string         `json:"format_version"`
	Usable              bool           `json:"usable"` // nothing is known that a person must do first
	SubscriptionKeyFrom string         `json:"subscription_key_from,omitempty"`
	TokensFrom          string         `json:"tokens_from,omitempty"`
	File                string         `json:"credentials_file,omitempty"`
	Client              string         `json:"client,omitempty"`
	LoggedIn            time.Time      `json:"logged_in,omitzero"`
	Renewable           bool           `json:"renewable"`
	AccessExpires       time.Time      `json:"access_token_expires,omitzero"`
	RefreshedLast       time.Time      `json:"refresh_token_last_used,omitzero"`
	RefreshUntil        time.Time      `json:"refresh_token_expires,omitzero"`
	SecretUntil         time.Time      `json:"client_secret_expires,omitzero"`
	Findings            []loginFinding `json:"findings"`
}

type loginFinding struct {
	Severity string    `json:"severity"` // now, soon or note
	Summary  string    `json:"summary"`
	Remedy   string    `json:"remedy,omitempty"`
	By       time.Time `json:"by,omitzero"`
}

// statusOf is the status of what was found; found is nil where the search failed.
func statusOf(found *login.Found, path string, now time.Time) *loginStatus {
	s := &loginStatus{FormatVersion: "1.0", Usable: true, Findings: []loginFinding{}}
	if found == nil {
		s.File = path
		return s
	}
	if found.SubscriptionKeyFrom == 0 {
		s.add(login.SeverityNow, "there is no subscription key", remedyKey, time.Time{})
	} else {
		s.SubscriptionKeyFrom = found.SubscriptionKeyFrom.String()
	}
	if found.SubscriptionKeyFrom == login.FromFile || found.TokensFrom == login.FromFile {
		s.File = path
	}
	if found.TokensFrom == 0 {
		s.add(login.SeverityNow, "nobody is logged in", remedyLogin, time.Time{})
		return s
	}
	facts := found.Tokens.Facts(now)
	s.TokensFrom, s.Client, s.LoggedIn, s.Renewable = facts.From.String(), facts.Client, facts.LoggedIn, facts.Renewable
	s.AccessExpires, s.RefreshedLast, s.RefreshUntil, s.SecretUntil = facts.AccessExpires, facts.RefreshedLast, facts.RefreshUntil, facts.SecretUntil
	for _, finding := range facts.Findings {
		s.add(finding.Severity, finding.Summary, finding.Remedy, finding.By)
	}
	return s
}

// What to do where there are no credentials.
const (
	remedyKey   = "It is the primary key of your subscription in the developer portal. Give it at setpoint login, or set SMARTHER_SUBSCRIPTION_KEY."
	remedyLogin = "Run setpoint login. In a pipeline, set SMARTHER_CLIENT_ID, SMARTHER_CLIENT_SECRET and SMARTHER_REFRESH_TOKEN, or SMARTHER_ACCESS_TOKEN alone."
)

func (s *loginStatus) add(severity login.Severity, summary, remedy string, by time.Time) {
	s.Usable = s.Usable && severity != login.SeverityNow
	s.Findings = append(s.Findings, loginFinding{severity.String(), summary, remedy, by})
}

// loginText is a status for people.
func (a *app) loginText(s *loginStatus) string {
	var b strings.Builder
	line := func(label, format string, args ...any) {
		fmt.Fprintf(&b, "%-17s %s\n", label, fmt.Sprintf(format, args...))
	}
	if s.Client != "" {
		line("Client", "%s", s.Client)
	}
	if !s.LoggedIn.IsZero() {
		line("Logged in", "%s", diag.Minute(s.LoggedIn))
	}
	place := func(from string) string {
		if from == login.FromFile.String() {
			return from + " " + s.File
		}
		return from
	}
	if s.SubscriptionKeyFrom != "" {
		line("Subscription key", "from %s", place(s.SubscriptionKeyFrom))
	}
	if s.TokensFrom != "" {
		line("Tokens", "from %s", place(s.TokensFrom))
		line("Access token", "%s", s.accessText(a.now))
	}
	if s.Renewable {
		line("Refresh token", "%s", s.refreshText())
		line("Client secret", "%s", until("expires", s.SecretUntil, a.now))
	}
	for _, f := range s.Findings {
		mark := "!"
		if f.Severity == login.SeverityNow.String() {
			mark = "✗"
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString(a.marked(mark, diag.Capital(f.Summary), f.Remedy))
	}
	return b.String()
}

func (s *loginStatus) accessText(now time.Time) string {
	text := until("expires", s.AccessExpires, now)
	if s.Renewable {
		text += "; renewed by itself"
	}
	return text
}

func (s *loginStatus) refreshText() string {
	if s.RefreshUntil.IsZero() {
		return "when it was last used is not known; it dies after 90 days without use"
	}
	return fmt.Sprintf("last used %s; dies on %s if it is not used before", diag.Minute(s.RefreshedLast), s.RefreshUntil.Format(time.DateOnly))
}

// until tells an instant that something ends at, and how far away it is.
func until(verb string, t, now time.Time) string {
	switch left := t.Sub(now); {
	case t.IsZero():
		return "when it " + verb + " is not known"
	case left <= 0:
		return "expired " + diag.Minute(t)
	case left < 48*time.Hour:
		return fmt.Sprintf("%s %s, in %s", verb, diag.Minute(t), report.Duration(left))
	default:
		return fmt.Sprintf("%s %s, in %d days", verb, t.UTC().Format(time.DateOnly), left/(24*time.Hour))
	}
}

// marked is a finding for people: its mark, what it is and, below, what to do.
func (a *app) marked(mark, summary, remedy string) string {
	const indent = "  "
	columns := uint(max(width(a.Stdout)-len(indent), 20))
	text := mark + " " + hanging(wordwrap.WrapString(summary+".", columns), indent)
	if remedy != "" {
		text += indent + hanging(wordwrap.WrapString(remedy, columns), indent)
	}
	return text
}

// hanging sets the second line of a text, and those that follow, below the first.
func hanging(text, indent string) string {
	return strings.ReplaceAll(text, "\n", "\n"+indent) + "\n"
}
