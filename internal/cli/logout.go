package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"setpoint/config/diag"
	"setpoint/provider/smarther/login"
)

func (a *app) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "logout",
		Short: "Remove the stored credentials",
		Long: `Removes the credentials file of setpoint login from this machine. It asks nobody and calls nobody: what was stored there
stays valid at the vendor's until it ends by itself or is withdrawn there, and it says how.`,
		Example: "  setpoint logout",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return a.logout() },
	}
}

func (a *app) logout() error {
	if a.simulate {
		return fail("No login needed", "The embedded, simulated cloud takes no login, so there is none to end.")
	}
	path, err := login.Path(a.getenv)
	if err != nil {
		return fail("Credentials not found", "%s.", diag.Capital(err.Error()))
	}
	store := login.NewStore(path, a.Files)
	stored, unread := store.Load() // what cannot be read is removed as well
	signals := watchInterrupts(a.Stderr, time.Minute)
	defer signals.stop()
	if err := store.Remove(signals.drain); err != nil {
		return fail("Not logged out", "%s.", diag.Capital(strings.TrimSuffix(err.Error(), ".")))
	}
	a.tellPrecedence("Commands go on with them as long as")
	if errors.Is(unread, login.ErrNoFile) {
		return a.answer(fmt.Sprintf("There is no credentials file at %s: nothing to remove.\n", path))
	}
	return a.answer(fmt.Sprintf("Logged out: %s is removed.\n%s", path, stillValid(stored, a.now)))
}

// stillValid says what a removed file leaves behind at the vendor's.
func stillValid(c login.Credentials, now time.Time) string {
	text := "\nWhat was in it is still valid at the vendor's:\n"
	switch {
	case c.AccessToken.IsZero() || !c.Expires.IsZero() && !now.Before(c.Expires):
	case c.Expires.IsZero():
		text += "  - the access token, for about an hour\n"
	default:
		text += fmt.Sprintf("  - the access token, until %s\n", diag.Minute(c.Expires))
	}
	text += "  - the refresh token, for 90 days after its last use\n" +
		"  - the client secret, for a year after it was made, and the subscription key\n"
	return text + `
If somebody may have copied it, end the access in the official app (account, third-party access), and
make a new client secret and subscription key in the developer portal: https://developer.legrand.com
`
}
