package login

import (
	"errors"
	"fmt"
	"time"

	"setpoint/provider"
)

// How long things last, as the vendor has it.
const (
	refreshDays = 90 // a refresh token without use
	secretYears = 1  // a client secret
	noticeDays  = 14 // how long ahead a person is told
)

// Facts is what is known of a login without asking anybody. Times are UTC, zero
// where they are not known.
type Facts struct {
	From     From
	Client   string // the client id, masked; "" where it is not known
	LoggedIn time.Time
	// AccessExpires is when the access token does.
	AccessExpires time.Time
	// Renewable tells whether there is a refresh token.
	Renewable bool
	// RefreshedLast is the last use of a refresh token, RefreshUntil when it
	// dies if it is not used before.
	RefreshedLast, RefreshUntil time.Time
	// SecretUntil is when the client secret expires.
	SecretUntil time.Time
	Findings    []Finding
}

// Severity says how soon a person must act on a finding.
type Severity int

// Every Severity.
const (
	// SeverityNote: nothing to do.
	SeverityNote Severity = iota + 1
	// SeveritySoon: before Finding.By, within a fortnight.
	SeveritySoon
	// SeverityNow: nothing works until then; exit code 5.
	SeverityNow
)

// String is the severity in one word.
func (s Severity) String() string {
	switch s {
	case SeverityNote:
		return "note"
	case SeveritySoon:
		return "soon"
	case SeverityNow:
		return "now"
	}
	return fmt.Sprintf("Severity(%d)", int(s))
}

// Finding is something that a person should know of a login.
type Finding struct {
	Severity Severity
	Summary  string    // one line, without a full stop
	Remedy   string    // what to do, whole sentences; "" for nothing
	By       time.Time // when it is too late; zero where that is not known
}

// Facts is what is known of the login at the given instant.
func (s *Source) Facts(now time.Time) Facts {
	s.mu.Lock()
	c, failed := s.held, s.cause
	s.mu.Unlock()
	if s.app != nil {
		c.ClientID, c.ClientSecret = s.app.ClientID, s.app.ClientSecret
	}
	f := Facts{
		From: s.from, Client: masked(c.ClientID), LoggedIn: c.LoggedIn, AccessExpires: c.Expires,
		Renewable: !c.RefreshToken.IsZero(), RefreshedLast: c.Refreshed,
	}
	if f.Renewable && !c.Refreshed.IsZero() {
		f.RefreshUntil = c.Refreshed.AddDate(0, 0, refreshDays)
	}
	if !c.SecretCreated.IsZero() {
		f.SecretUntil = c.SecretCreated.AddDate(secretYears, 0, 0)
	}
	f.access(&c, now, s.remedy(remedyLogin))
	if f.Renewable {
		f.limit(now, f.RefreshUntil, "the refresh token dies if it is not used", "the refresh token has not been used for 90 days",
			"Run any command that calls the cloud, setpoint status say: that renews it.", s.remedy(remedyLogin))
		f.secret(&c, now, s.remedy(remedySecret))
	}
	if failed != nil && failed.LoginRefused {
		f.add(SeverityNow, time.Time{}, refusal(failed), failed.Remedy)
	}
	return f
}

// access judges an access token that nothing renews.
func (f *Facts) access(c *Credentials, now time.Time, remedy string) {
	switch {
	case f.Renewable:
	case c.expired(now):
		f.add(SeverityNow, c.Expires, "the access token has expired and there is no refresh token", remedy)
	case c.Expires.IsZero():
		f.add(SeverityNote, time.Time{}, "the access token cannot be renewed, and when it expires is not known", "")
	default:
		f.add(SeveritySoon, c.Expires, "the access token cannot be renewed", remedy)
	}
}

func (f *Facts) secret(c *Credentials, now time.Time, remedy string) {
	switch {
	case c.ClientID == "" || c.ClientSecret.IsZero(): // a login whose client is in the environment of those who use it
		severity := SeveritySoon
		if c.expired(now) {
			severity = SeverityNow
		}
		f.add(severity, c.Expires, "without client id and client secret the access token cannot be renewed",
			"Set "+VariableClient+" and "+VariableSecret+" in the environment to those of this login, or log in again: setpoint login.")
	case c.SecretCreated.IsZero():
		f.add(SeverityNote, time.Time{}, "a client secret lasts a year, and when this one was made is not known", "Give the day at the next setpoint login to be warned.")
	default:
		f.limit(now, f.SecretUntil, "the client secret expires", "the client secret is more than a year old", remedy, remedy)
	}
}

// limit judges something that ends at an instant: from a fortnight before.
func (f *Facts) limit(now, until time.Time, ahead, over, remedyAhead, remedyOver string) {
	switch {
	case until.IsZero() || now.Before(until.AddDate(0, 0, -noticeDays)):
	case !now.Before(until):
		f.add(SeverityNow, until, over, remedyOver)
	default:
		f.add(SeveritySoon, until, fmt.Sprintf("%s %s", ahead, within(until.Sub(now))), remedyAhead)
	}
}

func (f *Facts) add(severity Severity, by time.Time, summary, remedy string) {
	f.Findings = append(f.Findings, Finding{severity, summary, remedy, by})
}

// within is a time ahead in whole days, so that "act within N days" is enough.
func within(left time.Duration) string {
	switch days := int(left / (24 * time.Hour)); days {
	case 0:
		return "within a day"
	case 1:
		return "in 1 day"
	default:
		return fmt.Sprintf("in %d days", days)
	}
}

// refusal names why the login service refuses, without what it said.
func refusal(failed *provider.Error) string {
	for _, reason := range []error{ErrClientSecret, errRefused} {
		if errors.Is(failed, reason) {
			return reason.Error()
		}
	}
	return failed.Err.Error()
}
