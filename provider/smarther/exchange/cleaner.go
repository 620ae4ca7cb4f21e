package exchange

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"setpoint/provider"
)

// Cleaner makes foreign text fit to be shown: it hides credentials. It is safe
// for concurrent use.
type Cleaner struct {
	secrets atomic.Pointer[regexp.Regexp]

	mu     sync.Mutex
	fixed  []provider.Secret
	recent []provider.Secret // the last of those added
}

// recentSecrets is how many of the secrets that come and go are remembered:
// calls with a token may be in flight while it is replaced, over and over.
const recentSecrets = 4

// NewCleaner recognizes the credentials, which are visible ASCII, in either
// case and however their characters are escaped: in a URL, JSON or quotes.
func NewCleaner(secrets ...provider.Secret) *Cleaner {
	c := &Cleaner{fixed: secrets}
	c.secrets.Store(recognizing(secrets))
	return c
}

// Add makes it recognize an access token as well; the last few are.
func (c *Cleaner) Add(token provider.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.recent, func(s provider.Secret) bool { return s.Reveal() == token.Reveal() }) {
		return
	}
	c.recent = append(c.recent[max(0, len(c.recent)-recentSecrets+1):], token)
	c.secrets.Store(recognizing(slices.Concat(c.fixed, c.recent)))
}

// Holds tells whether there is a credential in a text.
func (c *Cleaner) Holds(s string) bool { return c.secrets.Load().MatchString(s) }

func recognizing(secrets []provider.Secret) *regexp.Regexp {
	const shortest = 6                             // no credential is shorter, and a shorter text would blot out ordinary words
	alternatives := []string{`[^\x00-\x{10FFFF}]`} // matches nothing
	for _, s := range secrets {
		if len(s.Reveal()) < shortest {
			continue
		}
		var b strings.Builder
		for _, char := range []byte(s.Reveal()) {
			fmt.Fprintf(&b, `(?:\\?%s|%%%02x|\\(?:u00|x)%02[2]x)`, regexp.QuoteMeta(string(char)), char)
		}
		alternatives = append(alternatives, b.String())
	}
	return regexp.MustCompile("(?i)" + strings.Join(alternatives, "|"))
}
