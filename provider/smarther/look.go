package smarther

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode"

	"setpoint/provider"
)

var _ provider.Reader = (*Client)(nil)

// Plants makes one Plants call. No plants at all is an answer (204), not an error.
func (c *Client) Plants(ctx context.Context) (provider.PlantList, error) {
	at := target{op: "get plants", method: http.MethodGet, part: partPlants}
	return look(ctx, c, at, func(body []byte) (provider.PlantList, error) {
		if body == nil {
			return provider.PlantList{}, nil
		}
		return decodePlants(body, c.hide)
	})
}

// Topology makes one Topology call.
func (c *Client) Topology(ctx context.Context, plantID string) (provider.Topology, error) {
	at := target{op: "get topology", method: http.MethodGet, part: partTopology, device: provider.Device{PlantID: plantID}}
	return look(ctx, c, at, func(body []byte) (provider.Topology, error) { return decodeTopology(body, plantID, c.hide) })
}

// Programs makes one Chronothermostat ProgramList call.
func (c *Client) Programs(ctx context.Context, device provider.Device) (provider.ProgramList, error) {
	at := target{op: "get program list", method: http.MethodGet, part: partPrograms, device: device}
	return look(ctx, c, at, func(body []byte) (provider.ProgramList, error) { return decodePrograms(body, device, c.hide) })
}

// look makes one call that only reads.
func look[T any](ctx context.Context, c *Client, at target, decode func(body []byte) (T, error)) (T, error) {
	body, err := c.call(ctx, at, nil)
	if err == nil {
		value, wrong := decode(body)
		if wrong == nil {
			return value, nil
		}
		err = c.unusable(at, wrong)
	}
	advise(at.part, err)
	var none T
	return none, err
}

// advise says what to do where a failure is not about a single thermostat.
func advise(p part, err error) {
	var e *provider.Error
	if !errors.As(err, &e) || p != partPlants && p != partTopology {
		return
	}
	switch e.Kind {
	case provider.KindNotFound, provider.KindRejected:
		e.Remedy = "Check that the argument endpoint of the provider block is the address of a Smarther cloud, and that the official app still shows your plants."
		if p == partTopology {
			e.Remedy = "Check the id of the plant, and that the official app still shows it."
		}
	case provider.KindUnusable:
		e.Remedy = remedy(e.Kind, 0)
	case provider.KindUnauthorized, provider.KindQuota, provider.KindTimeout, provider.KindRateLimited, provider.KindPasswordExpired,
		provider.KindTermsNotAccepted, provider.KindBusy, provider.KindServer, provider.KindRedirect, provider.KindUnreachable,
		provider.KindInterrupted, provider.KindCanceled:
	}
}

// hide gives a name back as it is, unless there is a credential in it, be it
// spread out with characters that nobody sees.
func (c *Client) hide(name string) string {
	seen := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) {
			return -1
		}
		return r
	}, name)
	if c.cleaner.Holds(seen) {
		return provider.Secret{}.String()
	}
	return name
}
