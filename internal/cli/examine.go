package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"setpoint/apply/report"
	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/smarther/login"
)

// judge makes the checks of what is known, in their order.
func (a *app) judge(x *examination) {
	failure := x.failure()
	x.judgeCloud(failure)
	if a.simulate {
		x.skip("subscription_key", "the simulated cloud needs none")
		x.skip("login", "the simulated cloud needs none")
	} else {
		after := x.login
		if x.cloud != nil {
			after = statusOf(x.cloud.held.found, x.login.File, time.Now())
		}
		x.judgeKey(failure, after)
		x.judgeLogin(failure, after)
	}
	x.judgeAccess(failure)
	x.judgeKind("terms", failure, provider.KindTermsNotAccepted, "accepted")
	x.judgeKind("password", failure, provider.KindPasswordExpired, "not expired")
	x.judgeQuota()
	x.judgeClock()
	x.judgePlants()
	x.judgeThermostats()
	x.judgeZones()
}

// failure is why the account could not be read; nil if its plants were listed and
// nothing stopped what came after.
func (x *examination) failure() *provider.Error {
	if x.inventory == nil {
		return nil
	}
	err := x.inventory.Listed.Err
	if x.stopped() {
		err = x.ended.Stop.Err
	}
	failed, _ := errors.AsType[*provider.Error](err) // nil where there is none
	return failed
}

// listed tells whether the account answered.
func (x *examination) listed() bool { return x.inventory != nil && x.inventory.Listed.OK() }

// accountWide are the failures that have a check of their own.
func accountWide(k provider.Kind) bool {
	switch k {
	case provider.KindUnauthorized, provider.KindQuota, provider.KindRateLimited, provider.KindPasswordExpired, provider.KindTermsNotAccepted:
		return true
	case provider.KindRejected, provider.KindNotFound, provider.KindTimeout, provider.KindBusy, provider.KindServer, provider.KindRedirect,
		provider.KindUnreachable, provider.KindInterrupted, provider.KindCanceled, provider.KindUnusable:
	}
	return false
}

func (x *examination) judgeCloud(failure *provider.Error) {
	endpoint := x.config.Provider.Endpoint
	if x.cloud != nil && x.cloud.held == nil {
		endpoint = "the simulated cloud"
	}
	switch {
	case x.withheld: // told already
	case x.inventory == nil:
		x.skip("cloud", "not asked: credentials are missing")
	case failure != nil && failure.LoginRefused:
		x.skip("cloud", "not asked: see the login")
	case failure == nil || accountWide(failure.Kind):
		x.pass("cloud", endpoint+" answers")
	default:
		remedy := failure.Remedy
		if remedy == "" {
			remedy = "Try again later, and check the network, and the proxy variables if there are any."
		}
		x.fail("cloud", codeError, fmt.Sprintf("%s: %s", endpoint, said(failure)), remedy)
	}
}

// renewed tells whether the access token was renewed while the calls were made.
func renewed(before, after *loginStatus) bool {
	return !after.RefreshedLast.Equal(before.RefreshedLast)
}

func (x *examination) judgeKey(failure *provider.Error, after *loginStatus) {
	const name = "subscription_key"
	from := "from " + x.login.SubscriptionKeyFrom
	switch {
	case x.found == nil:
		x.skip(name, "not looked for: see the login")
	case x.login.SubscriptionKeyFrom == "":
		x.fail(name, codePerson, "there is none", remedyKey)
	case x.listed():
		x.pass(name, from+"; accepted")
	case failure == nil || failure.LoginRefused:
		x.skip(name, from+"; not tried")
	case failure.Kind == provider.KindUnauthorized && renewed(x.login, after):
		x.fail(name, codePerson, fmt.Sprintf("%s; refused (%s), though the access token has just been renewed", from, said(failure)),
			"Compare it with the primary key of your subscription in the developer portal, and see there that the subscription is active. If it is right, log in again: setpoint login.")
	case failure.Kind == provider.KindUnauthorized:
		x.fail(name, codePerson, fmt.Sprintf("%s; it or the access token is refused (%s)", from, said(failure)),
			"Compare it with the primary key of your subscription in the developer portal, and see there that the subscription is active.")
	case accountWide(failure.Kind):
		x.pass(name, from+"; accepted")
	default:
		x.skip(name, from+"; not tried: see the cloud")
	}
}

func (x *examination) judgeLogin(failure *provider.Error, after *loginStatus) {
	const name = "login"
	refused := failure != nil && failure.Kind == provider.KindUnauthorized
	var soon *loginFinding
	for i, f := range after.Findings {
		switch {
		case after.TokensFrom == "" && f.Remedy == remedyKey: // that is another check
		case f.Severity == login.SeverityNow.String():
			x.fail(name, codePerson, lowerFirst(f.Summary), f.Remedy)
			return
		case f.Severity == login.SeveritySoon.String() && soon == nil:
			soon = &after.Findings[i]
		}
	}
	summary := "from " + after.TokensFrom
	if after.Client != "" {
		summary = "client " + after.Client + ", " + summary
	}
	switch {
	case refused && failure.LoginRefused:
		x.fail(name, codePerson, said(failure), failure.Remedy)
		return
	case refused && !renewed(x.login, after):
		x.fail(name, codePerson, fmt.Sprintf("%s; the access token or the subscription key is refused (%s)", summary, said(failure)),
			"Log in again with setpoint login, or get a new access token where you set one yourself.")
		return
	case renewed(x.login, after):
		summary += "; renewed just now"
	case after.Renewable:
		summary += "; renewed by itself"
	}
	if x.listed() {
		summary += "; accepted"
	}
	switch {
	case soon != nil:
		x.warn(name, fmt.Sprintf("%s, but %s", summary, soon.Summary), soon.Remedy)
	case x.listed():
		x.pass(name, summary)
	default:
		x.skip(name, summary+"; not known whether it is accepted")
	}
}

func (x *examination) judgeAccess(failure *provider.Error) {
	const name = "third_party_access"
	if !x.listed() {
		x.skip(name, unasked(failure))
		return
	}
	thermostats, unread := 0, 0
	var labels []string
	for i := range x.inventory.Plants {
		if !x.inventory.Plants[i].Listed.OK() {
			unread++
		}
		thermostats += len(x.inventory.Plants[i].Thermostats)
		labels = append(labels, labelled(x.inventory.Plants[i].Name, x.inventory.Plants[i].ID))
	}
	switch {
	case len(labels) == 0:
		x.fail(name, codePerson, "the account shows no plant", "In the official app, with the account that owns the home: account, third-party access, and allow it there. "+
			"Then log in again with that same account: setpoint login.")
	case unread > 0:
		x.pass(name, fmt.Sprintf("%s, %d of them not looked into: %s", diag.Plural(len(labels), "plant"), unread, diag.Few(labels)))
	case thermostats == 0:
		x.warn(name, fmt.Sprintf("%s, but no thermostat: %s", diag.Plural(len(labels), "plant"), diag.Few(labels)), "See in the official app that the thermostats belong to this account.")
	default:
		x.pass(name, fmt.Sprintf("%s with %s: %s", diag.Plural(len(labels), "plant"), diag.Plural(thermostats, "thermostat"), diag.Few(labels)))
	}
}

// judgeKind is a check that one kind of failure decides.
func (x *examination) judgeKind(name string, failure *provider.Error, kind provider.Kind, good string) {
	switch {
	case failure != nil && failure.Kind == kind:
		x.fail(name, codePerson, said(failure), failure.Remedy)
	case x.listed():
		x.pass(name, good)
	default:
		x.skip(name, unasked(failure))
	}
}

func (x *examination) judgeQuota() {
	const name = "quota"
	switch {
	case x.stopped() && x.ended.Stop.Reason == dispatch.StopQuota:
		wait := x.ended.Stop.RetryAfter
		when, remedy := "", "Wait until it returns, a day at most."
		if wait > 0 {
			x.Retry = retryOf(x.ended, time.Now())
			remedy = fmt.Sprintf("Wait %s.", report.Duration(wait))
			when = "; it returns in " + report.Duration(wait)
			if at := x.ended.Returns; !at.IsZero() {
				when += ", " + diag.Minute(at)
			}
		}
		x.fail(name, codeQuota, "used up"+when, remedy+" All programs that use this account share it.")
	case x.listed():
		x.pass(name, fmt.Sprintf("not used up; this took %s", diag.Plural(x.Calls, "call")))
	default:
		x.skip(name, unasked(x.failure()))
	}
}

func (x *examination) judgeClock() {
	const name = "clock"
	if x.cloud == nil {
		x.skip(name, unasked(nil))
		return
	}
	switch off, known := x.cloud.skew(); {
	case !known:
		x.skip(name, "the cloud told no time")
	case off == "":
		x.pass(name, "agrees with the cloud's")
	default:
		x.fail(name, codeError, off+" the cloud's", "Set the clock of this machine, or let it follow a time server. Boosts and ends are computed from it.")
	}
}

// unasked is why a check was not made.
func unasked(failure *provider.Error) string {
	if failure == nil {
		return "not checked: nothing could be asked"
	}
	return "not checked: " + failure.Kind.String()
}

// said is what happened, as foreign text that may be shown.
func said(failure *provider.Error) string {
	return diag.Printable(strings.TrimRight(failure.Reason(), ". "))
}

// labelled is a name that people gave, or the id where there is none.
func labelled(name, id string) string {
	if name == "" {
		return id
	}
	const longest = 60
	if runes := []rune(name); len(runes) > longest {
		name = string(runes[:longest]) + "…"
	}
	return fmt.Sprintf("%s (%s)", diag.Printable(name), id)
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// plantsOf are the ids of all plants that a configuration speaks of, sorted,
// each with what it calls it.
func plantsOf(c *config.Config) map[string]string {
	plants := map[string]string{}
	for i := range c.Thermostats {
		plants[c.Thermostats[i].Device.PlantID] = c.Thermostats[i].Address.String()
	}
	for _, p := range c.Plants {
		plants[p.ID] = p.String()
	}
	return plants
}
