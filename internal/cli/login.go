package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"setpoint/config/diag"
	"setpoint/provider"
	"setpoint/provider/smarther/login"
)

// loginFlags say how a login goes.
type loginFlags struct {
	from      string
	noBrowser bool
	timeout   time.Duration
}

func (a *app) loginCommand() *cobra.Command {
	var f loginFlags
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Log in to the cloud in a browser",
		Long: `Logs in once: a page opens in the browser, where you log in with the account of the official app and allow this program
in. From then on it renews its access by itself, as long as it is used at least every 90 days.

Before the first login, in the vendor's developer portal (https://developer.legrand.com):

  1. Subscribe to the API product that has Smarther v2.0. The subscription's primary key is the subscription key.
  2. Register an application with the scopes comfort.read and comfort.write. Its first reply URL is best one of this
     machine, such as http://127.0.0.1:8788/callback, so that the reply need not be pasted. If the portal takes public
     addresses only, any address that is yours will do.
  3. The portal, or a message from it, then has the client id and the client secret. The secret lasts a year: note the
     day.

The login asks for these, each with what the environment or the last login has as default. The reply URL must equal the
registered one to the letter: http and https, a slash at the end, localhost and 127.0.0.1 are not the same.

If the reply URL leads to this machine, the reply is awaited there. On a terminal it can be pasted, too: the whole
address that the browser shows after the consent, even if the page itself cannot be reached.

Without a terminal everything comes from the environment or from a file with lines such as these, taken to the letter
and without quotes; it is never taken from the command line, which others can read:

  SMARTHER_CLIENT_ID=...
  SMARTHER_CLIENT_SECRET=...
  SMARTHER_REPLY_URL=http://127.0.0.1:8788/callback
  SMARTHER_SUBSCRIPTION_KEY=...
  SMARTHER_CLIENT_SECRET_CREATED=2026-01-31

The credentials are stored in setpoint/credentials.json in your configuration folder, or where the environment variable
SMARTHER_CREDENTIALS_FILE says, readable by you alone. BROWSER in the environment names another browser.`,
		Example: `  setpoint login
  setpoint login --no-browser        # over ssh: open the page on another machine, paste the reply
  setpoint login --from portal.env
  SMARTHER_CREDENTIALS_FILE=ci.json setpoint login   # a login of its own for a pipeline`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if f.timeout < 0 {
				return fail("Invalid flag", "--timeout is 0s or more.")
			}
			return a.login(&f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", "", "take what is registered from `FILE`, - for standard input")
	flags.BoolVar(&f.noBrowser, "no-browser", false, "only print the address of the page")
	flags.DurationVar(&f.timeout, "timeout", 0, "how long to wait for the reply, as in 10m (default: on a terminal as long as it takes, else 5m)")
	return cmd
}

// login gets credentials and stores them.
func (a *app) login(f *loginFlags) error {
	if a.simulate {
		return fail("No login needed", "The embedded, simulated cloud takes no login. To try one, serve a cloud with setpoint simulator --login FILE.")
	}
	service, err := a.loginService()
	if err != nil {
		return err
	}
	store, stored, err := a.storedLogin()
	if err != nil {
		return err
	}
	given, err := a.given(f.from)
	if err != nil {
		return err
	}
	signals := watchInterrupts(a.Stderr, time.Minute)
	defer signals.stop()
	flow, code, err := a.consented(f, service, given, stored, signals)
	if errors.Is(err, errLeft) || errors.Is(err, errOver) {
		fmt.Fprintln(a.Stderr, "Nothing was stored.")
		return exit(codeInterrupted)
	}
	if err != nil {
		return err
	}
	obtained, err := flow.Exchange(signals.calls, code)
	if err != nil {
		return exchangeFailed(err)
	}
	if err := store.Save(signals.calls, obtained); err != nil {
		return fail("Login not stored", "%s. Then log in again.", diag.Capital(strings.TrimSuffix(err.Error(), ".")))
	}
	return a.tellLogin(service, store.Path())
}

// consented does all that needs a person.
func (a *app) consented(f *loginFlags, service *login.Service, given map[string]string, stored login.Credentials, signals *interrupts) (*login.Flow, provider.Secret, error) {
	talk, err := a.converse(signals.drain)
	if err != nil {
		return nil, provider.Secret{}, err
	}
	defer talk.close()
	application, err := a.application(given, stored, talk)
	if err != nil {
		return nil, provider.Secret{}, err
	}
	flow, err := service.Flow(application)
	if err != nil {
		return nil, provider.Secret{}, fail("Application not usable", "%s.", diag.Capital(strings.ReplaceAll(err.Error(), "\n", "; ")))
	}
	code, err := a.consent(f, flow, application.ReplyURL, talk, signals)
	return flow, code, err
}

// storedLogin is the credentials file and what it holds. That it can be written
// is known before a person goes to any length.
func (a *app) storedLogin() (*login.Store, login.Credentials, error) {
	path, err := login.Path(a.getenv)
	if err != nil {
		return nil, login.Credentials{}, fail("Credentials not storable", "%s.", diag.Capital(err.Error()))
	}
	store := login.NewStore(path, a.Files)
	stored, err := store.Load()
	if err != nil && !errors.Is(err, login.ErrNoFile) {
		return nil, stored, failWith(codePerson, "Credentials not usable", "%s.", diag.Capital(strings.TrimSuffix(err.Error(), ".")))
	}
	if err := a.checkWritable(path); err != nil {
		return nil, stored, fail("Credentials not storable", "%s: %s. Make its folder writable, or name another file with SMARTHER_CREDENTIALS_FILE.", path, cause(err))
	}
	return store, stored, nil
}

func (a *app) checkWritable(path string) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	probe, err := a.Files.CreateTemp(folder, ".setpoint-*.tmp")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), a.Files.Remove(probe.Name()))
}

// exchangeFailed ends a login whose code brought no tokens.
func exchangeFailed(err error) error {
	code, summary := codeError, "Login not completed"
	if failed, ok := errors.AsType[*provider.Error](err); ok {
		switch {
		case failed.LoginRefused:
			code, summary = codePerson, "Login refused"
		case failed.Kind == provider.KindCanceled:
			code = codeInterrupted
		}
	}
	return failWith(code, summary, "%s. Nothing was stored.", diag.Capital(strings.TrimSuffix(err.Error(), ".")))
}

// tellLogin says where the credentials are, until when they last, and what
// goes before them.
func (a *app) tellLogin(service *login.Service, path string) error {
	stored, err := service.Find(login.Search{
		Getenv: func(string) string { return "" }, Path: path, FS: a.Files,
		Warn: func(login.Warning) {}, // nothing is renewed, so there is nothing to hear
	})
	if err != nil {
		return failWith(codePerson, "Credentials not usable", "%s.", diag.Capital(strings.TrimSuffix(err.Error(), ".")))
	}
	a.tellPrecedence("This login is not used as long as")
	return a.answer(fmt.Sprintf("Logged in. The credentials are in %s, readable by you alone.\n\n%s\nNext, see that everything works: setpoint doctor\n",
		path, a.loginText(statusOf(stored, path, a.now))))
}

// tellPrecedence warns of credentials in the environment, which go first.
func (a *app) tellPrecedence(what string) {
	var there []string
	for _, variable := range []string{"SMARTHER_ACCESS_TOKEN", "SMARTHER_REFRESH_TOKEN"} {
		if a.getenv(variable) != "" {
			there = append(there, variable)
		}
	}
	if len(there) > 0 {
		a.warn("The environment holds credentials, too", fmt.Sprintf("%s %s is set.", what, strings.Join(there, " or ")))
	}
}
