package provider

import (
	"errors"
	"fmt"
	"testing"
)

func TestErrorNamesItsDevice(t *testing.T) {
	for want, e := range map[string]Error{
		"set status of module m: 404 not found or offline: Gateway Offline. Look.": {
			Kind: KindNotFound, Op: "set status", Device: Device{PlantID: "p", ModuleID: "m"}, StatusCode: 404, Message: "Gateway Offline.", Remedy: "Look.",
		},
		"log in: not authorized": {Kind: KindUnauthorized, Op: "log in", StatusCode: 400, LoginRefused: true},
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e.Error(), want)
		}
	}
}

// What an error says is found below whatever was put around it.
func TestReason(t *testing.T) {
	wrapped := func(e Error) error { return fmt.Errorf("read the status: %w", &e) }
	for _, test := range []struct {
		err                   error
		reason, remedy, brief string
	}{
		{nil, "", "", ""},
		{errors.New("disk full"), "disk full", "", ""},
		{wrapped(Error{Kind: KindNotFound, StatusCode: 404, Remedy: "Look."}), "404 not found or offline", "Look.", ""},
		{wrapped(Error{Kind: KindQuota, StatusCode: 403, Message: "Used up."}), "403 daily quota used up: Used up", "", "403"},
		{wrapped(Error{Kind: KindPasswordExpired, StatusCode: 469, Remedy: "Renew it."}), "469 password of the official app expired", "Renew it.", "469"},
		{wrapped(Error{Kind: KindTermsNotAccepted, StatusCode: 470}), "470 terms of the official app not accepted", "", "470"},
		{wrapped(Error{Kind: KindUnauthorized, StatusCode: 401}), "401 not authorized", "", "401"},
		{wrapped(Error{Kind: KindUnauthorized, StatusCode: 401, Renewed: true}), "401 not authorized", "", ""},
		{wrapped(Error{Kind: KindUnauthorized, LoginRefused: true, NoToken: true}), "not authorized", "", "no access token"},
		{wrapped(Error{Kind: KindServer, NoToken: true, Err: errors.New("the login service is down")}), "the login service is down", "", "no access token"},
	} {
		reason, remedy := Reason(test.err)
		if brief := AccountWide(test.err); reason != test.reason || remedy != test.remedy || brief != test.brief {
			t.Errorf("%v: %q, %q, %q", test.err, reason, remedy, brief)
		}
	}
}
