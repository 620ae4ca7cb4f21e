package cli

import (
	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/smarther"
)

// cloud is what calls are made to.
type cloud struct {
	client *smarther.Client // nil where no call is made
	policy dispatch.Policy
	close  func() error // of the embedded cloud
	held   *credentials // of the real one
}

// reach makes the client that a plan needs. A plan without calls needs none.
func (a *app) reach(c *config.Config, p *plan.Plan, f *applyFlags) (*cloud, error) {
	if p.Count().Calls == 0 {
		return &cloud{close: func() error { return nil }}, nil
	}
	mostCalls := f.maxCalls
	if p.MostCalls > 0 && (mostCalls == 0 || p.MostCalls < mostCalls) {
		mostCalls = p.MostCalls
	}
	return a.connect(c, f.parallelism, mostCalls)
}

// connect makes the client of the real cloud or, with --simulate, starts the
// embedded one. 0 stands for the configured parallelism and for any number of
// calls. All that is done with it counts as one run.
func (a *app) connect(c *config.Config, parallelism, mostCalls int) (*cloud, error) {
	policy := dispatch.Policy{
		RateLimit:   2,
		Parallelism: c.Provider.Parallelism,
		Attempts:    c.Provider.Retry.Attempts,
		MaxCalls:    mostCalls,
		MinWait:     c.Provider.Retry.MinWait,
		MaxWait:     c.Provider.Retry.MaxWait,
		BusyWait:    c.Provider.Retry.BusyWait,
		Account:     &dispatch.Account{},
	}
	if a.simulate {
		policy.RateLimit = 0
	}
	if c.Provider.RateLimit != nil {
		policy.RateLimit = *c.Provider.RateLimit
	}
	if parallelism > 0 {
		policy.Parallelism = parallelism
	}
	options := smarther.Options{
		Endpoint:  c.Provider.Endpoint,
		Timeout:   c.Provider.Timeout,
		UserAgent: "setpoint/" + Version,
		Transport: a.Transport,
	}
	end := func() error { return nil }
	if a.simulate {
		house, err := a.simulatedCloud(c)
		if err != nil {
			return nil, err
		}
		options.Endpoint, end = house.endpoint, house.close
		options.SubscriptionKey, options.AccessToken = provider.NewSecret("simulated-key"), provider.NewSecret("simulated-token")
	}
	var held *credentials
	if !a.simulate {
		var err error
		if held, err = a.credentials(c); err != nil {
			return nil, err
		}
		options.SubscriptionKey, options.Tokens = held.found.SubscriptionKey, held.found.Tokens
	}
	client, err := smarther.New(options)
	if err != nil {
		return nil, fail("Cloud not reachable", "%s.", diag.Capital(err.Error()))
	}
	return &cloud{client: client, policy: policy, close: end, held: held}, nil
}
