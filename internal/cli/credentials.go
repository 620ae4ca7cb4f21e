package cli

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/provider"
	"setpoint/provider/smarther"
	"setpoint/provider/smarther/login"
)

// loginService is the vendor's login service or, for a simulated cloud, the one
// that SMARTHER_LOGIN_URL names. No configuration can name one: whoever changes
// that could have credentials sent anywhere.
func (a *app) loginService() (*login.Service, error) {
	options := login.Options{Timeout: 30 * time.Second, UserAgent: "setpoint/" + Version}
	if base := strings.TrimSuffix(a.getenv("SMARTHER_LOGIN_URL"), "/"); base != "" {
		options.AuthorizeURL, options.TokenURL = base+"/authorize", base+"/token"
	}
	service, err := login.NewService(options)
	if err != nil {
		return nil, fail("Login service not usable", "SMARTHER_LOGIN_URL: %s.", err)
	}
	return service, nil
}

// search looks for credentials in the configuration, the environment and the
// credentials file. The result must be closed where it has tokens.
func (a *app) search(configured config.Provider, warn func(login.Warning)) (*login.Found, error) {
	service, err := a.loginService()
	if err != nil {
		return nil, err
	}
	path, err := login.Path(a.getenv)
	if err != nil {
		path = "" // there is no such folder, so there can be no file
	}
	found, err := service.Find(login.Search{
		SubscriptionKey: configured.SubscriptionKey, AccessToken: configured.AccessToken,
		Getenv: a.getenv, Path: path, FS: a.Files, Warn: warn,
	})
	if err != nil {
		return nil, failWith(codePerson, "Credentials not usable", "%s.", diag.Capital(strings.TrimSuffix(err.Error(), ".")))
	}
	return found, nil
}

// credentials are what calls to a cloud are made with.
type credentials struct {
	found    *login.Found
	mu       sync.Mutex
	warnings []login.Warning // of renewals, told when the run is over
}

// credentials takes them from the configuration, else from the environment, else
// from the credentials file. Those of the latter two go only where they belong, so
// that a changed endpoint in a merge request cannot carry them away.
func (a *app) credentials(c *config.Config) (*credentials, error) {
	held := &credentials{}
	var err error
	held.found, err = a.search(c.Provider, func(w login.Warning) {
		held.mu.Lock()
		defer held.mu.Unlock()
		held.warnings = append(held.warnings, w)
	})
	if err != nil {
		return nil, err
	}
	endpoint, err := provider.ParseEndpoint(c.Provider.Endpoint)
	if err != nil { // the configuration has been checked
		return nil, fail("Invalid endpoint", "%s.", diag.Capital(err.Error()))
	}
	var list diag.List
	if withheld := held.withheld(a.mayCarry(endpoint)); len(withheld) > 0 {
		list = append(list, c.DiagnoseAt(c.Provider.EndpointRange, diag.Error, "Credentials withheld", fmt.Sprintf("%s will not be sent to %s, which is neither the vendor's host nor this machine. "+
			"If that is where they belong, set SMARTHER_ENDPOINT=%s in the environment.", diag.Capital(strings.Join(withheld, " and ")), endpoint.Host, c.Provider.Endpoint)))
	}
	missing := held.missing()
	if len(missing) > 0 {
		list = append(list, diag.Diagnostic{
			Severity: diag.Error,
			Summary:  "Not logged in",
			Detail: fmt.Sprintf("Calls to the cloud need credentials, and there is no %s. Log in with: setpoint login. In a pipeline, set SMARTHER_SUBSCRIPTION_KEY and "+
				"SMARTHER_ACCESS_TOKEN in the environment, or SMARTHER_CLIENT_ID, SMARTHER_CLIENT_SECRET and SMARTHER_REFRESH_TOKEN in place of the latter.", strings.Join(missing, " and no ")),
		})
	}
	switch {
	case len(list) > len(missing) || len(missing) == 0 && len(list) > 0:
		return nil, &exitError{code: codeError, diags: list}
	case len(list) > 0:
		return nil, &exitError{code: codePerson, diags: list}
	}
	return held, nil
}

func (h *credentials) withheld(mayCarry bool) []string {
	var withheld []string
	if from := h.found.SubscriptionKeyFrom; from > login.FromConfiguration && !mayCarry {
		withheld = append(withheld, "the subscription key from "+from.String())
	}
	if from := h.found.TokensFrom; from > login.FromConfiguration && !mayCarry {
		withheld = append(withheld, "the access token from "+from.String())
	}
	return withheld
}

func (h *credentials) missing() []string {
	var missing []string
	if h.found.SubscriptionKeyFrom == 0 {
		missing = append(missing, "subscription key")
	}
	if h.found.TokensFrom == 0 {
		missing = append(missing, "access token")
	}
	return missing
}

// close waits, not for long, for a renewal that is underway, and gives what a
// person should hear of the login.
func (h *credentials) close() diag.List {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := h.found.Tokens.Close(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	var list diag.List
	for _, w := range h.warnings {
		list = append(list, diag.Diagnostic{Severity: diag.Warning, Summary: w.Summary, Detail: w.Detail})
	}
	if err != nil {
		list = append(list, diag.Diagnostic{Severity: diag.Warning, Summary: "Login not stored", Detail: diag.Capital(err.Error())})
	}
	return list
}

func (a *app) mayCarry(endpoint *url.URL) bool {
	return smarther.MayCarry(endpoint, a.getenv("SMARTHER_ENDPOINT"))
}
