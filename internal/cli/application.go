package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"setpoint/config/diag"
	"setpoint/provider"
	"setpoint/provider/smarther/login"
)

// registered is one thing that setpoint login has to know of the application in
// the developer portal.
type registered struct {
	variable string // in the environment, and the name in a file
	question string
	hidden   bool
	optional string // what it means that there is none; "" where it must be there
	get      func(*login.Credentials) string
	set      func(c *login.Credentials, value string, now time.Time) error
	// holds tells whether what the last login knows still holds of app, as far as
	// it is known; nil for always.
	holds func(app, stored *login.Credentials) bool
}

const (
	variableReplyURL = "SMARTHER_REPLY_URL"
	variableMade     = "SMARTHER_CLIENT_SECRET_CREATED"
)

// questions are asked in this order: what a later default depends on comes first.
func questions() []registered {
	return []registered{{
		variable: login.VariableClient, question: "Client id",
		get: func(c *login.Credentials) string { return c.ClientID },
		set: func(c *login.Credentials, value string, _ time.Time) error { c.ClientID = value; return nil },
	}, {
		variable: login.VariableSecret, question: "Client secret", hidden: true, holds: sameClient,
		get: func(c *login.Credentials) string { return c.ClientSecret.Reveal() },
		set: func(c *login.Credentials, value string, _ time.Time) error {
			c.ClientSecret = provider.NewSecret(value)
			return nil
		},
	}, {
		variable: variableReplyURL, question: "Reply URL, to the letter", holds: sameClient,
		get: func(c *login.Credentials) string { return c.ReplyURL },
		set: func(c *login.Credentials, value string, _ time.Time) error { c.ReplyURL = value; return nil },
	}, {
		variable: login.VariableKey, question: "Subscription key", hidden: true, optional: "none, it comes from elsewhere",
		get: func(c *login.Credentials) string { return c.SubscriptionKey.Reveal() },
		set: func(c *login.Credentials, value string, _ time.Time) error {
			if err := login.CheckVisible("the subscription key", value); err != nil {
				return err
			}
			c.SubscriptionKey = provider.NewSecret(value)
			return nil
		},
	}, {
		variable: variableMade, question: "Day the client secret was made, as in 2026-01-31", optional: "you do not know", holds: sameSecret,
		get: dayMade, set: setDayMade,
	}}
}

// sameClient is what a secret and a reply URL belong to.
func sameClient(app, stored *login.Credentials) bool { return app.ClientID == stored.ClientID }

// sameSecret is what the day belongs to on which it was made.
func sameSecret(app, stored *login.Credentials) bool {
	return sameClient(app, stored) && app.ClientSecret.Reveal() == stored.ClientSecret.Reveal()
}

func dayMade(c *login.Credentials) string {
	if c.SecretCreated.IsZero() {
		return ""
	}
	return c.SecretCreated.Format(time.DateOnly)
}

func setDayMade(c *login.Credentials, value string, now time.Time) error {
	if value == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, value)
	if err != nil {
		return errors.New("this is no day such as 2026-01-31")
	}
	if day.After(now.AddDate(0, 0, 1)) {
		return errors.New("this day is yet to come")
	}
	c.SecretCreated = day
	return nil
}

// remembered is what the last login knows of it, as far as that still holds.
func (q registered) remembered(app, stored *login.Credentials) string {
	if q.holds != nil && !q.holds(app, stored) {
		return ""
	}
	return q.get(stored)
}

// application collects what is registered: from the file of --from, else from a
// person with the environment's and the stored values as defaults, else from
// these. Everything that is missing or wrong is reported at once.
func (a *app) application(given map[string]string, stored login.Credentials, talk *dialogue) (login.Credentials, error) {
	var app login.Credentials
	var missing []string
	if talk != nil {
		talk.say("What is registered in the developer portal? How to get there: setpoint login --help\n\n")
	}
	for _, q := range questions() {
		value, ok := given[q.variable]
		if !ok {
			var err error
			if value, err = a.answerTo(q, q.remembered(&app, &stored), talk); err != nil {
				return app, err
			}
		}
		if value == "" && q.optional == "" {
			missing = append(missing, fmt.Sprintf("%s (%s)", strings.ToLower(q.question[:1])+q.question[1:], q.variable))
		}
		if err := q.set(&app, value, a.now); err != nil {
			return app, fail("Invalid value", "%s: %s.", q.variable, err)
		}
	}
	if len(missing) > 0 {
		return app, fail("Application not known", "Without a terminal nobody can be asked, and there is no %s. Set them in the environment, or in a file: setpoint login --from FILE.", strings.Join(missing, " and no "))
	}
	return app, nil
}

// answerTo is the value of one thing: asked for on a terminal, else the default.
func (a *app) answerTo(q registered, stored string, talk *dialogue) (string, error) {
	value, from := strings.TrimSpace(a.getenv(q.variable)), "the environment"
	if value == "" {
		value, from = stored, "the last login"
	}
	if talk == nil {
		return value, nil
	}
	question, ask := q.question, talk.ask
	if q.hidden {
		question, ask = question+", not shown", talk.askHidden
	}
	switch {
	case value != "" && q.hidden:
		question += fmt.Sprintf(" [Enter: that of %s]", from)
	case value != "":
		question += fmt.Sprintf(" [%s]", value)
	case q.optional != "":
		question += fmt.Sprintf(" [Enter: %s]", q.optional)
	}
	for {
		typed, err := ask(question + ": ")
		if err != nil {
			return "", err
		}
		if typed = strings.TrimSpace(typed); typed == "" {
			typed = value
		}
		err = q.set(&login.Credentials{}, typed, a.now)
		if err == nil && (typed != "" || q.optional != "") {
			return typed, nil
		}
		if err == nil {
			err = errors.New("it is needed")
		}
		talk.say(diag.Capital(err.Error()) + ".\n")
	}
}

// longestAnswers is more than any file of answers has.
const longestAnswers = 64 << 10

// given reads the file of --from, "-" for standard input.
func (a *app) given(name string) (map[string]string, error) {
	if name == "" {
		return nil, nil
	}
	source := a.Stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fail("File not readable", "--from %s: %s.", name, cause(err))
		}
		defer func() { _ = file.Close() }() // nothing was written
		source = file
	}
	content, err := io.ReadAll(io.LimitReader(source, longestAnswers+1))
	if err != nil {
		return nil, fail("File not readable", "--from %s: %s.", name, cause(err))
	}
	values, err := parseAnswers(content)
	if err != nil {
		return nil, fail("File not understood", "--from %s: %s.", name, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return values, nil
}

// parseAnswers reads lines of NAME=value. What follows the first = is the value
// to the letter, spaces around it aside. Its errors show no value, nor what could
// be one.
func parseAnswers(content []byte) (map[string]string, error) {
	if len(content) > longestAnswers {
		return nil, errors.New("it is too long")
	}
	var names []string
	for _, q := range questions() {
		names = append(names, q.variable)
	}
	values, number := map[string]string{}, 0
	var problems []error
	for line := range bytes.Lines(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))) {
		number++
		text := strings.TrimSpace(string(line))
		if text == "" || text[0] == '#' {
			continue
		}
		name, value, found := strings.Cut(text, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		_, again := values[name]
		switch {
		case !found:
			problems = append(problems, fmt.Errorf("line %d is not NAME=value", number))
		case !slices.Contains(names, name):
			problems = append(problems, fmt.Errorf("line %d names %s, and only %s can be here", number, shownName(name), strings.Join(names, ", ")))
		case again:
			problems = append(problems, fmt.Errorf("line %d names %s again", number, name))
		case len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0]:
			problems = append(problems, fmt.Errorf("line %d has its value in quotes; values are taken to the letter, so leave them away", number))
		default:
			values[name] = value
		}
	}
	return values, errors.Join(problems...)
}

// shownName is a name as it may be shown: what stands before an = can be the
// beginning of a secret.
func shownName(name string) string {
	if regexp.MustCompile(`^SMARTHER_[A-Z_]{1,40}$`).MatchString(name) {
		return name
	}
	return "something else"
}
