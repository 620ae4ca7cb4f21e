package cli

import (
	"time"

	"setpoint/apply/report"
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
		RateLimit:   c.Provider.RateLimit,
		Parallelism: c.Provider.Parallelism,
		Attempts:    c.Provider.Retry.Attempts,
		MaxCalls:    mostCalls,
		MinWait:     c.Provider.Retry.MinWait,
		MaxWait:     c.Provider.Retry.MaxWait,
		BusyWait:    c.Provider.Retry.BusyWait,
		Account:     &dispatch.Account{},
	}
	if a.simulate && !c.Provider.RateLimitGiven {
		policy.RateLimit = 0
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

// offClock is from when on a difference of the clocks is told.
const offClock = 2 * time.Minute

// skew says how far the clock of this machine is from the cloud's, as in "11 min
// ahead of"; "" where they agree, and where the cloud told no time.
func (c *cloud) skew() (off string, known bool) {
	if c.client == nil {
		return "", false
	}
	skew, known := c.client.ClockSkew()
	switch {
	case skew.Abs() < offClock:
		return "", known
	case skew > 0:
		return report.Duration(skew) + " ahead of", known
	}
	return report.Duration(-skew) + " behind", known
}

// finish ends what was begun with a cloud and gives what a person should hear
// of it.
func (c *cloud) finish() diag.List {
	var list diag.List
	if c.held != nil {
		list = c.held.close()
	}
	if err := c.close(); err != nil {
		list = append(list, diag.Diagnostic{Severity: diag.Warning, Summary: "Simulated house not saved", Detail: diag.Capital(err.Error()) + "."})
	}
	return list
}
