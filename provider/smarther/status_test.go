package smarther

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

func TestEveryStatus(t *testing.T) {
	bodies := map[string]struct{ body, message string }{
		"code number": {`{"statusCode":%d,"message":"Some words"}`, "Some words"},
		"code string": {`{"statusCode":"%d","message":"Some words"}`, "Some words"},
		"login":       {`{"message":"Some words","code":%d}`, "Some words"},
		"OAuth":       {`{"error":"invalid_grant","error_description":"Some words %d"}`, "invalid_grant: Some words "},
		"OAuth short": {`{"error":"invalid_%d"}`, "invalid_"},
		"text":        {"Some\r\n words", "Some words"},
		"HTML":        {"<!DOCTYPE html><html><h1>%d</h1></html>", ""},
		"HTML inside": {`{"message":"so <b>bold</b>"}`, ""},
		"empty":       {"", ""},
		"half":        {`{"message":"Some wo`, ""},
		"a list":      {`["Some words"]`, ""},
		"strange":     {`{"statusCode":{},"message":["Some"],"error":null}`, ""},
	}
	for _, tt := range []struct {
		status int
		kind   provider.Kind
		landed bool
		remedy string // a part of it
	}{
		{400, provider.KindRejected, false, "plant_id"},
		{401, provider.KindUnauthorized, false, "new access token"},
		{401, provider.KindUnauthorized, false, "subscription key"},
		{403, provider.KindQuota, false, "a day at most"},
		{404, provider.KindNotFound, false, "online"},
		{408, provider.KindTimeout, true, "online"},
		{418, provider.KindRejected, false, "settings"},
		{429, provider.KindRateLimited, false, "rate_limit"},
		{430, provider.KindRejected, false, "settings"},
		{469, provider.KindPasswordExpired, false, "password in the official app"},
		{470, provider.KindTermsNotAccepted, false, "terms and conditions in the official app"},
		{486, provider.KindBusy, false, "screen"},
		{500, provider.KindServer, true, ""},
		{502, provider.KindServer, true, ""},
		{503, provider.KindServer, true, ""},
		{504, provider.KindServer, true, ""},
		{599, provider.KindServer, true, ""},
		{700, provider.KindUnusable, true, "endpoint"},
	} {
		for shape, b := range bodies {
			body, message := b.body, b.message
			if strings.Contains(body, "%d") {
				body = fmt.Sprintf(body, tt.status)
			}
			if strings.HasPrefix(shape, "OAuth") {
				message += fmt.Sprint(tt.status)
			}
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, body)
			})
			t.Run(fmt.Sprint(tt.status, " ", shape), func(t *testing.T) {
				both(t, c, func(t *testing.T, e *provider.Error, write bool) {
					if e.Kind != tt.kind || e.StatusCode != tt.status || e.Message != message {
						t.Errorf("%v %d %q, want %v and %q", e.Kind, e.StatusCode, e.Message, tt.kind, message)
					}
					if want := tt.landed && write; e.MayHaveLanded != want {
						t.Errorf("may have landed: %t, want %t", e.MayHaveLanded, want)
					}
					if !strings.Contains(e.Remedy, tt.remedy) || tt.remedy == "" && e.Remedy != "" {
						t.Errorf("remedy %q, want %q", e.Remedy, tt.remedy)
					}
					if e.RetryAfter != 0 || strings.ContainsAny(e.Error(), "<>\n") {
						t.Errorf("retry after %s, text %q", e.RetryAfter, e)
					}
				})
			})
		}
	}
}

func TestRedirectsAreNamedAndNotFollowed(t *testing.T) {
	other := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	there := other.endpoint.String() + "/there"
	for _, status := range []int{300, 301, 302, 303, 304, 307, 308} {
		for location, want := range map[string]string{
			there: "to " + there,
			strings.Replace(there, "://", "://user:pass@", 1) + "?token=" + canaryToken: "to " + there,
			there + "/" + canaryKey:                 "to " + there + "/(sensitive value)",
			there + "/" + strings.Repeat("x", 5000): "to " + there + "/xxxx",
			"":                                      "to nowhere",
			"https://exa mple.com/%zz":              "to nowhere",
		} {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if location != "" {
					w.Header().Set("Location", location)
				}
				w.WriteHeader(status)
			})
			both(t, c, func(t *testing.T, e *provider.Error, _ bool) {
				if e.Kind != provider.KindRedirect || e.StatusCode != status || e.MayHaveLanded {
					t.Errorf("%d to %q: %#v", status, location, e)
				}
				if !strings.HasPrefix(e.Message, want) || len([]rune(e.Message)) > exchange.MaxMessage || strings.Contains(e.Message, "?") {
					t.Errorf("%d to %q: message %q, want %q", status, location, e.Message, want)
				}
				if !strings.Contains(e.Remedy, "endpoint") {
					t.Errorf("remedy %q", e.Remedy)
				}
				checkShown(t, e)
			})
		}
	}
}

func TestRetryAfter(t *testing.T) {
	const (
		quota = "Out of call volume quota. Quota will be replenished in 02:03:04."
		rate  = "Rate limit is exceeded. Try again in 7 seconds."
		date  = "Mon, 23 Nov 2026 01:00:00 GMT"
	)
	now := time.Date(2026, 11, 23, 1, 10, 0, 0, time.UTC)
	for _, tt := range []struct {
		status                int
		header, date, message string
		want                  time.Duration
	}{
		{429, "30", "", "", 30 * time.Second},
		{503, " 30 ", "", "", 30 * time.Second},
		{429, "30", "", rate, 30 * time.Second},
		{429, "0", "", rate, 0},
		{429, "", "", rate, 7 * time.Second},
		{429, "-5", "", rate, 7 * time.Second},
		{429, "soon", "", rate, 7 * time.Second},
		{429, "", "", "Try again in a while", 0},
		{429, "", "", "Try again in -1 seconds", 0},
		{429, "", "", quota, 0},
		{403, "", "", quota, 2*time.Hour + 3*time.Minute + 4*time.Second},
		{403, "60", "", quota, time.Minute},
		{403, "", "", "Quota will be replenished in 1.02:03:04.", 26*time.Hour + 3*time.Minute + 4*time.Second},
		{403, "", "", "Quota will be replenished in 99999999999999999999:00:00.", exchange.MaxRetryAfter},
		{403, "", "", "Quota will be replenished in 02:03.", 0},
		{403, "", "", rate, 0},
		{500, "", "", quota + rate, 0},
		{429, "99999999999999999999999", "", "", exchange.MaxRetryAfter},
		{429, "99999999999", "", "", exchange.MaxRetryAfter},
		{429, "Mon, 23 Nov 2026 01:01:00 GMT", date, "", time.Minute},
		{429, "Mon, 23 Nov 2026 01:11:00 GMT", "", "", time.Minute},
		{429, "Mon, 23 Nov 2026 00:00:00 GMT", date, rate, 0},
		{429, "Mon, 23 Nov 2999 00:00:00 GMT", date, "", exchange.MaxRetryAfter},
	} {
		h := http.Header{}
		for name, value := range map[string]string{"Retry-After": tt.header, "Date": tt.date} {
			if value != "" {
				h.Set(name, value)
			}
		}
		if got := exchange.RetryAfter(tt.status, h, tt.message, now); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

func TestTheQuotaSaysWhenItReturns(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(403)
		_, _ = io.WriteString(w, `{"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 02:03:04."}`)
	})
	both(t, c, func(t *testing.T, e *provider.Error, _ bool) {
		if e.RetryAfter != 2*time.Hour+3*time.Minute+4*time.Second || !strings.Contains(e.Remedy, "Wait until the quota") {
			t.Errorf("%s, %q", e.RetryAfter, e.Remedy)
		}
	})
}
