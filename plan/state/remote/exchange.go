package remote

import (
	"bytes"
	"context"
	"crypto/md5" // the protocol's checksum, against damage and not against people
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// mostBytes bounds an answer: ten thousand thermostats are a tenth of it.
const mostBytes = 64 << 20

// timeout bounds one exchange.
const timeout = 30 * time.Second

// answer is what the server said.
type answer struct {
	status     int
	body       []byte
	retryAfter time.Duration
}

func (a *answer) ok(codes ...int) bool {
	for _, code := range codes {
		if a.status == code {
			return true
		}
	}
	return false
}

// done tells the codes for what is done; 202, for one, only says that it will be.
func (a *answer) done() bool {
	return a.ok(http.StatusOK, http.StatusCreated, http.StatusNoContent)
}

// held tells the two codes for a lock that is another's.
func (a *answer) held() bool { return a.ok(http.StatusLocked, http.StatusConflict) }

// isPage tells markup: the beginning of a tag, where a state left with the markers
// of a merge has only signs. No answer of the protocol begins so.
func (a *answer) isPage() bool {
	rest, ok := bytes.CutPrefix(bytes.TrimSpace(a.body), []byte("<"))
	return ok && len(rest) > 0 && (rest[0] == '!' || rest[0] == '?' || unicode.IsLetter(rune(rest[0])))
}

// passing tells a trouble that may be over soon.
func (a *answer) passing() bool {
	return a.status >= 500 && a.status != http.StatusNotImplemented || a.ok(http.StatusTooManyRequests, http.StatusRequestTimeout)
}

// once makes one exchange. The error is one of the network or of a damaged body;
// then the server may have done what it was asked all the same, unless it is lasting.
func (c *Client) once(ctx context.Context, method string, to *url.URL, body []byte) (*answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer within %s", timeout))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, to.String(), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the request cannot be made: is the method one word?")
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Content-MD5", checksum(body))
	}
	if c.o.Username != "" {
		request.SetBasicAuth(c.o.Username, c.o.Password.Reveal())
	}
	request.Header.Set("User-Agent", "setpoint/"+c.o.SetpointVersion)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.network(ctx, err)
	}
	defer func() { _ = response.Body.Close() }() // read to its end, or given up
	content, err := io.ReadAll(io.LimitReader(response.Body, mostBytes+1))
	switch want := response.Header.Get("Content-MD5"); {
	case err != nil:
		return nil, c.network(ctx, err)
	case len(content) > mostBytes:
		return nil, fmt.Errorf("the answer is longer than %d bytes", mostBytes)
	case want != "" && want != checksum(content):
		return nil, errors.New("the answer was damaged on its way: it does not fit its Content-MD5")
	}
	a := &answer{status: response.StatusCode, body: content, retryAfter: retryAfter(response.Header)}
	if a.status/100 == 2 && a.isPage() {
		return nil, errors.New("a web page came in place of an answer: something between here and the server wants a person to log in, or the address is wrong")
	}
	return a, nil
}

func checksum(body []byte) string {
	sum := md5.Sum(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// retryAfter is what the server asks to wait, in whole seconds.
func retryAfter(h http.Header) time.Duration {
	wait, err := time.ParseDuration(h.Get("Retry-After") + "s")
	if err != nil || wait < 0 {
		return 0
	}
	return wait
}

// wait waits before the try of that number, from 1: twice as long each time, as
// long as the server asks but no longer than RetryWaitMax. It is false where there
// is no further try.
func (c *Client) wait(ctx context.Context, try int, a *answer) bool {
	if try > c.retries || ctx.Err() != nil {
		return false
	}
	wait := c.o.RetryWaitMin
	for range try - 1 {
		wait = min(2*wait, c.o.RetryWaitMax)
	}
	if a != nil {
		wait = min(max(wait, a.retryAfter), c.o.RetryWaitMax)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// repeat makes an exchange until it is answered, for what can be repeated
// without harm.
func (c *Client) repeat(ctx context.Context, method string, to *url.URL, body []byte) (*answer, error) {
	for try := 1; ; try++ {
		a, err := c.once(ctx, method, to, body)
		if err == nil && !a.passing() || lasting(err) || !c.wait(ctx, try, a) {
			return a, err
		}
	}
}

// clean makes foreign text one short line without control characters and without
// the password.
func (c *Client) clean(text string) string {
	const longest = 200
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if unicode.In(r, unicode.Cc, unicode.Cf) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Join(strings.Fields(text), " ")
	if password := c.o.Password.Reveal(); password != "" {
		for _, form := range []string{password, url.QueryEscape(password), url.PathEscape(password),
			base64.StdEncoding.EncodeToString([]byte(c.o.Username + ":" + password))} {
			text = strings.ReplaceAll(text, form, c.o.Password.String())
		}
	}
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest-1]) + "…"
	}
	return text
}
