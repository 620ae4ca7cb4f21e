package config

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/diag"
)

// The bounds of how often a request to a server of states is tried again, and of
// the waits in between, in seconds. They hold for the environment too.
const (
	MostRetries    = 100
	LeastRetryWait = 1
	MostRetryWait  = 3600
)

// readHTTPBackend reads a backend block of the kind http.
func (e *evaluation) readHTTPBackend(block *hcl.Block) *HTTPBackend {
	body := e.content(block.Body, "setpoint", "backend.http")
	text := func(name string, read func(*hcl.Attribute) string) string {
		if attr, ok := body.Attributes[name]; ok {
			return read(attr)
		}
		return ""
	}
	whole := func(name string, least, most int) *int {
		if attr, ok := body.Attributes[name]; ok {
			return e.staticWhole(attr, least, most)
		}
		return nil
	}
	return &HTTPBackend{
		Address:        text("address", e.readAddress),
		LockAddress:    text("lock_address", e.readAddress),
		UnlockAddress:  text("unlock_address", e.readAddress),
		UpdateMethod:   text("update_method", e.readMethod),
		LockMethod:     text("lock_method", e.readMethod),
		UnlockMethod:   text("unlock_method", e.readMethod),
		RetryMax:       whole("retry_max", 0, MostRetries),
		RetryWaitMin:   whole("retry_wait_min", LeastRetryWait, MostRetryWait),
		RetryWaitMax:   whole("retry_wait_max", LeastRetryWait, MostRetryWait),
		CACertificates: filepath.FromSlash(text("client_ca_certificate_pem", e.staticString)),
	}
}

// readAddress refuses what could hold a secret, without showing it. What else an
// address must be is for whoever speaks to it.
func (e *evaluation) readAddress(attr *hcl.Attribute) string {
	text := e.staticString(attr)
	if u, err := url.Parse(text); err == nil && u.User == nil && !strings.ContainsAny(text, "?#") {
		return text
	}
	d := errorAt(attr.Expr.Range(), "Invalid address", attr.Name+" must be an address without user, password, query and fragment. "+
		"Set SETPOINT_HTTP_USERNAME and SETPOINT_HTTP_PASSWORD in the environment.")
	d.Extra = diag.Extra{HideSource: true}
	e.report(d)
	return ""
}

func (e *evaluation) readMethod(attr *hcl.Attribute) string {
	text := e.staticString(attr)
	if strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		e.reportf(attr.Expr.Range(), "Invalid method", "%s must be an HTTP method in upper case, such as \"POST\".", attr.Name)
		return ""
	}
	return text
}

// staticWhole is a whole number within bounds; nil where the attribute is null or
// wrong.
func (e *evaluation) staticWhole(attr *hcl.Attribute, least, most int) *int {
	value, ok := e.static(attr, cty.Number)
	if !ok {
		return nil
	}
	number := value.AsBigFloat()
	n, _ := number.Int64()
	if !number.IsInt() || n < int64(least) || n > int64(most) {
		e.reportf(attr.Expr.Range(), attr.Name+" out of range", "%s must be a whole number from %d to %d.", attr.Name, least, most)
		return nil
	}
	found := int(n)
	return &found
}
