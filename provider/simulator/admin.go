package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// AdminPrefix is where the admin endpoint begins under the server's root.
const AdminPrefix = "/_simulator/"

// adminRoute is one thing that the admin endpoint can do. What perform returns
// is the answer's JSON; its error answers 400.
type adminRoute struct {
	method  string
	path    string // below AdminPrefix; {…} stands for one segment
	perform func(c *Cloud, ids map[string]string, body []byte) (any, error)
}

func adminRoutes() []adminRoute {
	return []adminRoute{
		{http.MethodGet, "state", (*Cloud).adminState},
		{http.MethodPut, "clock", (*Cloud).adminClock},
		{http.MethodGet, "faults", (*Cloud).adminFaults},
		{http.MethodPost, "faults", (*Cloud).adminAddFaults},
		{http.MethodPut, "faults", (*Cloud).adminSetFaults},
		{http.MethodDelete, "faults", (*Cloud).adminClearFaults},
		{http.MethodDelete, "faults/{id}", (*Cloud).adminClearFault},
		{http.MethodPut, "limits", (*Cloud).adminLimits},
		{http.MethodPut, "blocked", (*Cloud).adminBlock},
		{http.MethodDelete, "blocked", (*Cloud).adminUnblock},
		{http.MethodGet, "calls", (*Cloud).adminCalls},
		{http.MethodDelete, "calls", (*Cloud).adminForgetCalls},
		{http.MethodPut, "plants/{plant}", (*Cloud).adminPlant},
		{http.MethodGet, "plants/{plant}/modules/{module}", (*Cloud).adminModule},
		{http.MethodPut, "plants/{plant}/modules/{module}", (*Cloud).adminKnob},
		{http.MethodPut, "login", (*Cloud).adminLogin},
		{http.MethodPost, "login/revoke", adminAction((*Cloud).Revoke)},
		{http.MethodPost, "login/expire-tokens", adminAction((*Cloud).ExpireTokens)},
		{http.MethodPost, "login/expire-secret", adminAction((*Cloud).ExpireSecret)},
	}
}

func adminAction(do func(*Cloud) error) func(*Cloud, map[string]string, []byte) (any, error) {
	return func(c *Cloud, _ map[string]string, _ []byte) (any, error) { return done{}, do(c) }
}

// done is the answer of what has nothing to tell.
type done struct{}

// serveAdmin answers one admin request.
func (c *Cloud) serveAdmin(w http.ResponseWriter, r *http.Request) {
	a := c.admin(w, r)
	a.write(w, r.Context(), c.clock.now())
}

func (c *Cloud) admin(w http.ResponseWriter, r *http.Request) answer {
	if !local(r) {
		return adminError(http.StatusForbidden, errors.New("the admin endpoint is for programs on this machine only"))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 16<<20))
	if err != nil {
		return adminError(http.StatusBadRequest, fmt.Errorf("read the body: %w", err))
	}
	var allowed []string
	for _, route := range adminRoutes() {
		ids, ok := matchPath(AdminPrefix+route.path, r.URL.Path)
		if !ok {
			continue
		}
		if route.method != r.Method {
			allowed = append(allowed, route.method)
			continue
		}
		result, err := route.perform(c, ids, body)
		if err != nil {
			return adminError(http.StatusBadRequest, err)
		}
		return jsonAnswer(http.StatusOK, result)
	}
	if len(allowed) > 0 {
		return adminError(http.StatusMethodNotAllowed, fmt.Errorf("this path takes %s", strings.Join(allowed, ", ")))
	}
	var paths []string
	for _, route := range adminRoutes() {
		paths = append(paths, route.method+" "+AdminPrefix+route.path)
	}
	return adminError(http.StatusNotFound, fmt.Errorf("there is no such path; there are: %s", strings.Join(paths, ", ")))
}

// local tells whether a request comes from this machine, and not out of a page in
// its browser. An address that is no IP address (a pipe, a socket file) is local
// by nature.
func local(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.Header.Get("Origin") == ""
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback() && r.Header.Get("Origin") == ""
}

func adminError(status int, err error) answer {
	return jsonAnswer(status, struct {
		Error string `json:"error"`
	}{err.Error()})
}

// readAdmin reads a body into target; fields that target has not are refused.
func readAdmin(body []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return fmt.Errorf("read the body: %s: %w", place(body, err), err)
	}
	if decoder.More() {
		return errors.New("read the body: it has more than one JSON value")
	}
	return nil
}
