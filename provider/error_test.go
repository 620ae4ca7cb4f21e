package provider

import "testing"

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
