package cli

import (
	"fmt"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/simulator"
)

// simulatorFlags say what the simulated cloud is like.
type simulatorFlags struct {
	listen, house, faults, calls, login string
	afterEnd                            string
	quota, burst                        int
	seed                                uint64
	latency                             time.Duration
	duplicatePlants, numbersAsText      bool
}

func (a *app) simulatorCommand() *cobra.Command {
	var f simulatorFlags
	cmd := &cobra.Command{
		Use:   "simulator",
		Short: "Serve a simulated cloud",
		Long: `Serves a simulated Smarther cloud on loopback, for any client, until it is interrupted. It has what is in the house file
and what the configuration in this folder declares, if there is one. Its first line is the argument endpoint for the
provider block.

The house file is JSON; a file that is not there is an empty house, and what calls change is kept in it:

  {"version": 2, "plants": {"1f3c6b1e-0000-4000-8000-000000000001": {"name": "Home", "time_zone": "Europe/Rome",
    "thermostats": {"2a9d5c0f-0000-4000-8000-000000000001": {"name": "Hall", "function": "heating", "mode": "manual",
      "setpoint": 20.5, "program": 1, "temperature": 19.5, "humidity": 48.0}}}}}

and, if you like, end (an instant; then before may hold the settings that had none) and programs (a list of number and
name) of a thermostat. Numbers have at most one decimal.

Without a login any subscription key and any bearer token will do. With one, in the house file or of --login, API calls
need the subscription key and a token that its token endpoint has issued. Then the next line is the environment variable
that makes setpoint log in there. A login is a JSON file:

  {"client_id": "my-client", "client_secret": "my-secret", "reply_urls": ["http://127.0.0.1:8788/callback"],
   "subscription_key": "0123456789abcdef0123456789abcdef"}

and, if you like, secret_created, consent ("granted", "refused"), access_token_seconds (3600), expires ("number",
"string", "missing") and rotation ("lenient", "strict").

Faults to play are described in a JSON file:

  {"faults": [
    {"module": "2a9d5c0f-0000-4000-8000-000000000001", "status": 486, "times": 2},
    {"module": "*", "from": 3, "status": 500, "landed": true},
    {"operation": "token", "status": 429, "retry_after": "1"}
  ]}

Which calls: module (an id or "*") with method (POST unless it says GET or "*"), or operation (plants, topology, status,
set, measures, programs, authorize, token). Which of these: from (1 unless it says otherwise), times (1; 0: for ever),
for (a time such as "90s"; then times is 0 unless it is given), chance (0 to 1). What happens: status, with message,
retry_after, location, shape ("gateway", "gateway-text", "login", "oauth", "html", "empty") and landed (the write takes
effect all the same); or drop ("before" or "after" the write, "reset-before", "reset-after"); or offline. With any of
these, or alone: latency, body_over, truncate, expire_tokens. Of several faults for one call the first acts alone.

While it runs, the admin endpoint, which is /_simulator/ on the same address, sets the clock, faults, limits, login,
plants and thermostats, and tells the calls. A request to no path of its own is answered with the list of them:

  curl -X PUT -d '{"advance": "90m"}' http://127.0.0.1:8799/_simulator/clock
  curl http://127.0.0.1:8799/_simulator/`,
		Example: `  setpoint simulator --house house.json --faults faults.json
  setpoint simulator --listen 127.0.0.1:0 --latency 200ms
  setpoint simulator --login login.json --quota 500 --burst 10`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.serveCloud(f) },
	}
	flags := cmd.Flags()
	a.variableFlags(flags)
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8799", "loopback `ADDRESS` and port; port 0 takes a free one")
	flags.StringVar(&f.house, "house", "", "keep the house in `FILE`; without it, in memory only")
	flags.StringVar(&f.login, "login", "", "have the login in `FILE`, in place of the house's")
	flags.StringVar(&f.faults, "faults", "", "play the faults in `FILE`")
	flags.Uint64Var(&f.seed, "seed", 0, "draw the faults that have a chance by this `NUMBER`")
	flags.StringVar(&f.calls, "calls", "", "write every call to `FILE`, one JSON object a line")
	flags.DurationVar(&f.latency, "latency", 0, "answer every call `D` later, as in 200ms")
	flags.IntVar(&f.quota, "quota", 0, "take `N` calls a day, then answer 403; the real cloud's is 500 (default: any number)")
	flags.IntVar(&f.burst, "burst", 0, "take `N` calls within ten seconds, then answer 429 (default: any number)")
	flags.StringVar(&f.afterEnd, "after-end", "automatic", "what follows a mode that runs out: `automatic|previous`")
	flags.BoolVar(&f.duplicatePlants, "duplicate-plants", false, "list every plant twice, as the real cloud may")
	flags.BoolVar(&f.numbersAsText, "numbers-as-text", false, "answer program numbers and statusCode as text, as the real cloud may")
	return cmd
}

func (a *app) serveCloud(f simulatorFlags) error {
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil || !provider.IsLoopback(host) {
		return fail("Address not usable", "--listen %s: the simulated cloud is served on this machine only, as in 127.0.0.1:8799.", f.listen)
	}
	options, err := f.options()
	if err != nil {
		return err
	}
	if f.calls != "" {
		log, err := os.OpenFile(f.calls, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return fail("Calls not writable", "%s: %s.", f.calls, cause(err))
		}
		defer func() { _ = log.Close() }() // each line was written before its answer
		options.Log = log
	}
	house, err := simulator.New(options)
	if err != nil {
		return fail("Simulated cloud not started", "%s.", diag.Capital(err.Error()))
	}
	if err := a.furnishFromConfiguration(house, f); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return fail("Address not usable", "%s.", diag.Capital(err.Error()))
	}
	err = a.serve(service{listener: listener, handler: house, where: addresses(house, listener.Addr().String())})
	if unsaved := house.Close(); unsaved != nil {
		return together(err, fail("Simulated cloud ended badly", "%s.", diag.Capital(unsaved.Error())))
	}
	return err
}

// options are those of the flags, but for the log of calls.
func (f *simulatorFlags) options() (simulator.Options, error) {
	options := simulator.Options{
		House: f.house, Latency: f.latency, Seed: f.seed, Limits: simulator.Limits{DailyQuota: f.quota, Burst: f.burst},
		DuplicatePlants: f.duplicatePlants, NumbersAsText: f.numbersAsText,
	}
	switch f.afterEnd {
	case "automatic":
		options.AfterEnd = simulator.AfterEndAutomatic
	case "previous":
		options.AfterEnd = simulator.AfterEndPrevious
	default:
		return options, fail("Invalid flag", "--after-end %s: it is automatic or previous.", f.afterEnd)
	}
	if f.faults != "" {
		content, err := os.ReadFile(f.faults)
		if err != nil {
			return options, fail("Faults not readable", "%s: %s.", f.faults, cause(err))
		}
		if options.Faults, err = simulator.ParseFaults(content); err != nil {
			return options, fail("Invalid faults", "%s: %s.", f.faults, err)
		}
	}
	if f.login != "" {
		content, err := os.ReadFile(f.login)
		if err != nil {
			return options, fail("Login not readable", "%s: %s.", f.login, cause(err))
		}
		if options.Login, err = simulator.ParseLogin(content); err != nil {
			return options, fail("Invalid login", "%s: %s.", f.login, err)
		}
	}
	return options, nil
}

// addresses is where a client finds the cloud: a line for the provider block
// and, where there is a login, one for the environment.
func addresses(house *simulator.Cloud, address string) string {
	text := fmt.Sprintf("endpoint = \"http://%s%s\"\n", address, simulator.PathPrefix)
	if _, ok := house.Login(); ok {
		text += fmt.Sprintf("SMARTHER_LOGIN_URL=http://%s%s\n", address, simulator.LoginPrefix)
	}
	return text
}

// furnishFromConfiguration adds the thermostats of the configuration here, if
// there is one.
func (a *app) furnishFromConfiguration(house *simulator.Cloud, f simulatorFlags) error {
	configured, err := config.Exists(".")
	if err != nil {
		return fail("Folder not readable", "%s.", cause(err))
	}
	if !configured {
		if f.house == "" {
			return fail("Nothing to simulate", "There is no configuration in this folder. Give a house with --house FILE, or a configuration with --chdir DIR.")
		}
		return nil
	}
	c, err := a.load(config.Options{})
	if err != nil {
		return err
	}
	return furnish(house, c, state.New(Version))
}
