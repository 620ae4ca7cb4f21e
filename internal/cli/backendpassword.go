package cli

import (
	"net/url"

	"setpoint/plan/state/remote"
	"setpoint/provider"
)

// passwordWithheld is the summary of what keeps a password from a server.
const passwordWithheld = "Password withheld"

// mayCarryPassword refuses to send the password in a variable of the environment to a
// host that only the configuration names: whoever can propose a change to that could
// have it sent anywhere. It goes to this very machine, and to the host that the
// environment names as well.
func (a *app) mayCarryPassword(variable, configured string) error {
	to, err := remote.ParseAddress(configured)
	if err != nil { // it has been checked
		return fail("Backend not usable", "address: %s.", err)
	}
	if provider.IsLoopback(to.Hostname()) {
		return nil
	}
	naming := "SETPOINT_HTTP_ADDRESS"
	if a.getenv(naming) == "" && a.getenv("TF_HTTP_ADDRESS") != "" {
		naming = "TF_HTTP_ADDRESS"
	}
	named, err := url.Parse(a.getenv(naming))
	switch {
	case err == nil && remote.SameHost(to, named):
		return nil
	case err == nil && named.Host == "":
		return fail(passwordWithheld, "%s was not sent to %s, which only the configuration names: a changed configuration could carry it away. "+
			"If it belongs there, set %s to the address of the state, in the environment beside the password.", variable, to.Host, naming)
	}
	return fail(passwordWithheld, "%s was not sent to %s, which the configuration names, as %s in the environment names another host. "+
		"Let both name the host that the password belongs to.", variable, to.Host, naming)
}
