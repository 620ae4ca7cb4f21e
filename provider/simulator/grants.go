package simulator

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"time"
)

// account is the login and what it has issued.
type account struct {
	Login
	Grants grants `json:"grants"`
}

// grants are the codes and tokens that can still be told apart. Grant names the
// consent that a token comes of.
type grants struct {
	Codes   map[string]authCode     `json:"codes,omitempty"`
	Access  map[string]accessToken  `json:"access_tokens,omitempty"`
	Refresh map[string]refreshToken `json:"refresh_tokens,omitempty"`
}

type authCode struct {
	ReplyURL string    `json:"reply_url"`
	Expires  time.Time `json:"expires"`
}

type accessToken struct {
	Grant   string    `json:"grant"`
	Expires time.Time `json:"expires"`
}

type refreshToken struct {
	Grant    string    `json:"grant"`
	LastUsed time.Time `json:"last_used"` // or issued
	Used     bool      `json:"used,omitempty"`
}

// idle tells whether a refresh token has died of disuse.
func (t refreshToken) idle(now time.Time) bool {
	return !now.Before(t.LastUsed.AddDate(0, 0, idleDays))
}

// issueCode makes an authorization code.
func (g *grants) issueCode(replyURL string, now time.Time) string {
	if g.Codes == nil {
		g.Codes = map[string]authCode{}
	}
	code := rand.Text()
	g.Codes[code] = authCode{ReplyURL: replyURL, Expires: now.Add(codeLife)}
	return code
}

// issue makes an access and a refresh token, and forgets what has been dead for
// so long that nobody will ask.
func (g *grants) issue(grant string, life time.Duration, now time.Time) (access, refresh string) {
	longAgo := now.AddDate(0, 0, -1)
	maps.DeleteFunc(g.Codes, func(_ string, c authCode) bool { return c.Expires.Before(longAgo) })
	maps.DeleteFunc(g.Access, func(_ string, t accessToken) bool { return t.Expires.Before(longAgo) })
	maps.DeleteFunc(g.Refresh, func(_ string, t refreshToken) bool { return t.idle(longAgo) })
	if g.Access == nil {
		g.Access = map[string]accessToken{}
	}
	if g.Refresh == nil {
		g.Refresh = map[string]refreshToken{}
	}
	access, refresh = rand.Text(), rand.Text()
	g.Access[access] = accessToken{Grant: grant, Expires: now.Add(life)}
	g.Refresh[refresh] = refreshToken{Grant: grant, LastUsed: now}
	return access, refresh
}

// kill ends every token of a grant.
func (g *grants) kill(grant string) {
	maps.DeleteFunc(g.Access, func(_ string, t accessToken) bool { return t.Grant == grant })
	maps.DeleteFunc(g.Refresh, func(_ string, t refreshToken) bool { return t.Grant == grant })
}

var errNoLogin = errors.New("the simulated cloud has no login: give it one")

// changeLogin changes the login under its lock, and saves it.
func (c *Cloud) changeLogin(what string, change func(*account, time.Time)) error {
	now := c.clock.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.house.login == nil {
		return fmt.Errorf("%s: %w", what, errNoLogin)
	}
	change(c.house.login, now)
	return c.save(entry{Login: c.house.login})
}

// Revoke ends every code and token issued so far, as a user does who withdraws
// the access: API calls are answered 401, refreshes invalid_grant.
func (c *Cloud) Revoke() error {
	return c.changeLogin("revoke the tokens", func(a *account, _ time.Time) { a.Grants = grants{} })
}

// ExpireTokens ends the life of every access token issued so far; refresh tokens
// live on.
func (c *Cloud) ExpireTokens() error {
	return c.changeLogin("expire the access tokens", func(a *account, now time.Time) {
		for id, token := range a.Grants.Access {
			if token.Expires.After(now) {
				token.Expires = now
				a.Grants.Access[id] = token
			}
		}
	})
}

// ExpireSecret lets the year of the client secret be over. SetLogin with another
// secret gives it a new one.
func (c *Cloud) ExpireSecret() error {
	return c.changeLogin("expire the client secret", func(a *account, now time.Time) {
		a.SecretCreated = now.UTC().AddDate(-secretYears, 0, -1)
	})
}

// Login is the registration and behaviour of the login, and whether there is one.
func (c *Cloud) Login() (Login, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.house.login == nil {
		return Login{}, false
	}
	return c.house.login.Login, true
}

// SetLogin changes registration and behaviour of the login, or makes one. What
// was issued to the same client stays valid. A secret that changes is new now,
// unless the login says when it was made.
func (c *Cloud) SetLogin(l Login) error {
	if err := joinProblems(l.problems()); err != nil {
		return fmt.Errorf("set the login: %w", err)
	}
	now := c.clock.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.register(l, now)
	return c.save(entry{Login: c.house.login})
}

// register puts a login into the house; c.mu is held.
func (c *Cloud) register(l Login, now time.Time) {
	old, next := c.house.login, account{Login: l}
	if old != nil && old.ClientID == l.ClientID {
		next.Grants = old.Grants
	}
	if l.SecretCreated.IsZero() {
		next.SecretCreated = now.UTC().Truncate(time.Second)
		if old != nil && old.ClientID == l.ClientID && old.ClientSecret == l.ClientSecret && !old.SecretCreated.IsZero() {
			next.SecretCreated = old.SecretCreated
		}
	}
	c.house.login = &next
}
