package login

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"time"

	"setpoint/provider/smarther/exchange"
)

// maxAnswer is how much of an answer is read. Tokens have a few KiB.
const maxAnswer = 1 << 20

// How long an access token lives where the service does not say, and the
// longest that is believed.
const (
	usualLife   = time.Hour
	longestLife = 24 * time.Hour
)

// answer is what the token endpoint says, tokens or a refusal. The vendor's
// gives times as numbers or as strings, or not at all.
type answer struct {
	AccessToken  exchange.Text `json:"access_token"`
	RefreshToken exchange.Text `json:"refresh_token"`
	ExpiresIn    exchange.Text `json:"expires_in"` // seconds
	ExpiresOn    exchange.Text `json:"expires_on"` // seconds since 1970
	NotBefore    exchange.Text `json:"not_before"` // likewise

	Error       exchange.Text `json:"error"`
	Description exchange.Text `json:"error_description"`
}

// RoundTrip is asking's part of the request that oauth2 makes.
func (a *asking) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(httptrace.WithClientTrace(r.Context(), a.conn.Trace()))
	r.Header.Set("User-Agent", a.service.userAgent)
	r.Header.Set("Accept", "application/json")
	resp, err := a.service.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil && resp.StatusCode/100 == 2:
		return nil, fmt.Errorf("the answer broke off: %w", err)
	case err != nil || len(body) > maxAnswer: // half a body could hold half a credential, which nothing would recognize
		body = nil
	}
	var said answer
	malformed := json.Unmarshal(body, &said) != nil
	if resp.StatusCode/100 != 2 || malformed || said.Error != "" || !said.hasTokens() {
		return nil, a.refused(resp, said, body)
	}
	plain, err := json.Marshal(map[string]any{
		"access_token":  said.AccessToken,
		"refresh_token": said.RefreshToken,
		"token_type":    "Bearer",
		"expires_in":    int64(said.life(resp.Header, time.Now()) / time.Second),
	})
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(http.StatusOK), StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(plain)), Request: r,
	}, nil
}

// hasTokens tells whether there is an access token that a header can carry.
func (a *answer) hasTokens() bool {
	return a.AccessToken != "" && CheckVisible("", string(a.AccessToken+a.RefreshToken)) == nil
}

// life is how long the access token lives, at least a second. An instant is
// compared with the service's own clock where it tells it.
func (a *answer) life(h http.Header, now time.Time) time.Duration {
	if life, ok := seconds(a.ExpiresIn); ok {
		return bounded(life)
	}
	until, ok := seconds(a.ExpiresOn)
	if !ok {
		return usualLife
	}
	since := float64(now.Unix())
	if from, ok := seconds(a.NotBefore); ok {
		since = from
	} else if date, err := http.ParseTime(h.Get("Date")); err == nil {
		since = float64(date.Unix())
	}
	if until <= since {
		return usualLife
	}
	return bounded(until - since)
}

func bounded(s float64) time.Duration {
	return time.Duration(min(max(s, 1), longestLife.Seconds())) * time.Second
}

// seconds reads a number above 0.
func seconds(t exchange.Text) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(string(t)), 64)
	return n, err == nil && n > 0 && !math.IsInf(n, 0)
}
