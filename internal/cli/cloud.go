package cli

import (
	"fmt"
	"net/url"
	"strings"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/smarther"
)

// cloud is what calls are made to.
type cloud struct {
	client *smarther.Client // nil where the plan makes no call
	policy dispatch.Policy
	close  func() error // of the embedded cloud
}

// reach makes the client of the real cloud or, with --simulate, starts the
// embedded one. A plan without calls needs neither.
func (a *app) reach(c *config.Config, p *plan.Plan, f *applyFlags) (*cloud, error) {
	if p.Count().Calls == 0 {
		return &cloud{close: func() error { return nil }}, nil
	}
	mostCalls := f.maxCalls
	if p.MostCalls > 0 && (mostCalls == 0 || p.MostCalls < mostCalls) {
		mostCalls = p.MostCalls
	}
	policy := dispatch.Policy{
		RateLimit:   2,
		Parallelism: c.Provider.Parallelism,
		Attempts:    c.Provider.Retry.Attempts,
		MaxCalls:    mostCalls,
		MinWait:     c.Provider.Retry.MinWait,
		MaxWait:     c.Provider.Retry.MaxWait,
		BusyWait:    c.Provider.Retry.BusyWait,
	}
	if a.simulate {
		policy.RateLimit = 0
	}
	if c.Provider.RateLimit != nil {
		policy.RateLimit = *c.Provider.RateLimit
	}
	if f.parallelism > 0 {
		policy.Parallelism = f.parallelism
	}
	options := smarther.Options{
		Endpoint:  c.Provider.Endpoint,
		Timeout:   c.Provider.Timeout,
		UserAgent: "setpoint/" + Version,
	}
	end := func() error { return nil }
	if a.simulate {
		house, err := a.simulatedCloud(c)
		if err != nil {
			return nil, err
		}
		options.Endpoint, end = house.endpoint, house.close
		options.SubscriptionKey, options.AccessToken = provider.NewSecret("simulated-key"), provider.NewSecret("simulated-token")
	} else if err := a.credentials(c, &options); err != nil {
		return nil, err
	}
	client, err := smarther.New(options)
	if err != nil {
		return nil, fail("Cloud not reachable", "%s.", upperFirst(err.Error()))
	}
	return &cloud{client: client, policy: policy, close: end}, nil
}

// credentials takes them from the configuration, else from the environment.
// Those of the environment go only where they belong, so that a changed
// endpoint in a merge request cannot carry them away.
func (a *app) credentials(c *config.Config, o *smarther.Options) error {
	endpoint, err := provider.ParseEndpoint(o.Endpoint)
	if err != nil { // the configuration has been checked
		return fail("Invalid endpoint", "%s.", upperFirst(err.Error()))
	}
	var missing, arguments, withheld []string
	for _, credential := range []struct {
		variable, argument string
		configured         provider.Secret
		into               *provider.Secret
	}{
		{"SMARTHER_SUBSCRIPTION_KEY", "subscription_key", c.Provider.SubscriptionKey, &o.SubscriptionKey},
		{"SMARTHER_ACCESS_TOKEN", "access_token", c.Provider.AccessToken, &o.AccessToken},
	} {
		*credential.into = credential.configured
		if !credential.configured.IsZero() {
			continue
		}
		switch value := strings.TrimSpace(a.getenv(credential.variable)); {
		case value == "":
			missing = append(missing, credential.variable)
			arguments = append(arguments, credential.argument)
		case !a.mayCarry(endpoint):
			withheld = append(withheld, credential.variable)
		default:
			*credential.into = provider.NewSecret(value)
		}
	}
	var list diag.List
	if len(withheld) > 0 {
		list = append(list, c.DiagnoseEndpoint("Credentials withheld", fmt.Sprintf("%s from the environment will not be sent to %s, which is neither the vendor's host nor this machine. "+
			"If that is where they belong, set SMARTHER_ENDPOINT=%s in the environment.", strings.Join(withheld, " and "), endpoint.Host, o.Endpoint)))
	}
	if len(missing) > 0 {
		list = append(list, diag.Diagnostic{
			Severity: diag.Error,
			Summary:  "Not logged in",
			Detail: fmt.Sprintf("Calls to the cloud need credentials. Set %s in the environment, or %s in the provider block from sensitive variables. "+
				"The subscription key stands in your profile at the vendor's developer portal; the access token is what a login there gives.",
				strings.Join(missing, " and "), strings.Join(arguments, " and ")),
		})
	}
	switch {
	case len(withheld) > 0:
		return &exitError{codeError, list}
	case len(missing) > 0:
		return &exitError{codePerson, list}
	}
	return nil
}

func (a *app) mayCarry(endpoint *url.URL) bool {
	return smarther.MayCarry(endpoint, a.getenv("SMARTHER_ENDPOINT"))
}
