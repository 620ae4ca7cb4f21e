package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/diag"
	"setpoint/provider"
)

func (e *evaluation) decodeProvider(m *module, block *hcl.Block) {
	if name := block.Labels[0]; name != "smarther" {
		e.reportf(block.LabelRanges[0], "Unknown provider", "There is no provider %q.%s", name, suggest(name, []string{"smarther"}))
		return
	}
	if m.provider != nil {
		e.duplicate(block, m.provider.declared)
		return
	}
	body := e.content(block.Body, "provider")
	m.provider = &providerBlock{declared: block.DefRange, body: body}
	if inner := e.single(body, "retry"); inner != nil {
		m.provider.retry = e.content(inner.Body, "provider", "retry")
	}
}

// defaultProvider is what holds where the configuration says nothing.
func defaultProvider() Provider {
	return Provider{
		Endpoint:    provider.DefaultEndpoint,
		RateLimit:   2,
		Parallelism: 10,
		Timeout:     30 * time.Second,
		Retry:       Retry{Attempts: 5, MinWait: time.Second, MaxWait: time.Minute, BusyWait: 30 * time.Second},
	}
}

// provider evaluates the provider block once.
func (s *scope) provider(at hcl.Range) {
	root := s.root
	root.need("provider.smarther", at, func(*node) {
		if block := root.module.provider; block != nil {
			root.readProvider(block)
		}
	})
}

func (s *scope) readProvider(block *providerBlock) {
	refs := references{scope: s}
	r := &reader{evaluation: s.evaluation, body: block.body, bad: refs.addAll(block.body), subject: block.declared}
	r.ctx = refs.context()
	p := &s.providerConfig

	if text, found := r.text("endpoint"); found == present {
		if _, err := provider.ParseEndpoint(text); err != nil {
			r.wrong("endpoint", "Invalid endpoint", sentence(err))
			if strings.ContainsAny(text, "@?#") { // where a password or a key can stand
				s.diags[len(s.diags)-1].Extra = diag.Extra{HideSource: true}
			}
		}
		subject := block.body.Attributes["endpoint"].Expr.Range()
		p.Endpoint, p.EndpointRange = text, &subject
	}
	p.SubscriptionKey = s.readSecret(r, "subscription_key")
	p.AccessToken = s.readSecret(r, "access_token")
	zone, found := readZone(r)
	s.zoneDefault, s.zoneLost = zone, found == wrong
	if value, found := r.read("rate_limit", cty.Number); found == present {
		limit, _ := value.AsBigFloat().Float64()
		if limit < 0 || limit > 1e6 {
			r.wrong("rate_limit", "Rate limit out of range", "rate_limit is the calls started per second: 0 (no limit) or more, and at most 1000000.")
		}
		p.RateLimit, p.RateLimitGiven = limit, true
	}
	readAtLeastOne(r, "parallelism", 1000, &p.Parallelism)
	readDuration(r, "timeout", time.Millisecond, time.Hour, &p.Timeout)
	if block.retry != nil {
		retry := &reader{evaluation: s.evaluation, body: block.retry, bad: refs.addAll(block.retry), subject: block.declared}
		retry.ctx = refs.context()
		readAtLeastOne(retry, "attempts", 100, &p.Retry.Attempts)
		readDuration(retry, "min_wait", 0, time.Hour, &p.Retry.MinWait)
		readDuration(retry, "max_wait", 0, time.Hour, &p.Retry.MaxWait)
		readDuration(retry, "busy_wait", 0, time.Hour, &p.Retry.BusyWait)
		if !retry.broken && p.Retry.MaxWait < p.Retry.MinWait {
			retry.wrong("max_wait", "Waits out of order", fmt.Sprintf("max_wait (%s) is less than min_wait (%s). Raise the one or lower the other.",
				short(p.Retry.MaxWait), short(p.Retry.MinWait)))
		}
	}
}

// readSecret reads a credential. It must be sensitive: a plan file holds the
// values of all other variables, and whatever stands in a configuration file is
// as public as its repository.
func (s *scope) readSecret(r *reader, name string) provider.Secret {
	attr, given := r.body.Attributes[name]
	if !given || r.bad[name] {
		return provider.Secret{}
	}
	secret := *r
	secret.allowSensitive = true
	value, diags := attr.Expr.Value(r.ctx)
	if !diags.HasErrors() && value.IsWhollyKnown() && !value.IsNull() && !diag.IsSensitive(value) {
		d := errorAt(attr.NameRange, "Secret in plain sight", fmt.Sprintf("%s is a secret, but its value is not sensitive. Declare a variable with "+
			"sensitive = true and refer to it, or leave %s out and set %s in the environment.", name, name,
			map[string]string{"subscription_key": "SMARTHER_SUBSCRIPTION_KEY", "access_token": "SMARTHER_ACCESS_TOKEN"}[name]))
		d.Extra = diag.Extra{HideSource: true}
		s.report(d)
		return provider.Secret{}
	}
	text, _ := secret.text(name)
	if text == "" {
		return provider.Secret{}
	}
	s.keepSecret(text)
	return provider.NewSecret(text)
}

func readAtLeastOne(r *reader, name string, most int, into *int) {
	n, found := r.whole(name)
	switch {
	case found != present:
	case n < 1 || n > most:
		r.wrong(name, name+" out of range", fmt.Sprintf("%s must be a whole number from 1 to %d, not %d.", name, most, n))
	default:
		*into = n
	}
}

func readDuration(r *reader, name string, least, most time.Duration, into *time.Duration) {
	text, found := r.text(name)
	if found != present {
		return
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		r.wrong(name, "Invalid duration", fmt.Sprintf("%q is not a duration. Write it as in \"30s\" or \"1m30s\".", text))
	case d < least || d > most:
		r.wrong(name, name+" out of range", fmt.Sprintf("%s must lie between %s and %s, not %s.", name, short(least), short(most), short(d)))
	default:
		*into = d
	}
}

// short leaves out the seconds and minutes that are none: 1h, not 1h0m0s.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
