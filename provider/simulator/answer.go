package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"
)

// answer is what goes back over the wire, and what the call log says of it.
type answer struct {
	status  int // 0: the connection is cut instead
	header  map[string]string
	body    []byte
	landed  bool          // a write took effect
	latency time.Duration // on top of the cloud's own
}

// gatewayError has the shape of the API gateway: the reference's.
func gatewayError(status int, message string) answer {
	return jsonAnswer(status, struct {
		StatusCode int    `json:"statusCode"`
		Message    string `json:"message"`
	}{status, message})
}

// Codes of the login layer.
const (
	codeInternal     = 1
	codeNoToken      = 10
	codeTokenExpired = 11
)

// loginError has the shape of the login layer that stands before the API.
func loginError(status, code int, message string) answer {
	return jsonAnswer(status, struct {
		Message string `json:"message"`
		Code    int    `json:"code"`
	}{message, code})
}

// badRequest refuses a request that breaks the reference's schema.
func badRequest(problems ...string) answer {
	return gatewayError(http.StatusBadRequest, "Bad request: "+strings.Join(problems, "; "))
}

// wrongParameters refuses a request that fits the schema and makes no sense.
func wrongParameters(problems ...string) answer {
	return gatewayError(430, "Wrong input parameters: "+strings.Join(problems, "; "))
}

func jsonAnswer(status int, value any) answer {
	body, err := json.Marshal(value)
	if err != nil {
		return htmlAnswer(http.StatusInternalServerError, err.Error())
	}
	return answer{
		status: status,
		header: map[string]string{"Content-Type": "application/json; charset=utf-8"},
		body:   body,
	}
}

// htmlAnswer is what a proxy in front of the cloud says when the cloud is down.
func htmlAnswer(status int, message string) answer {
	title := html.EscapeString(fmt.Sprintf("%d %s", status, message))
	return answer{
		status: status,
		header: map[string]string{"Content-Type": "text/html; charset=utf-8"},
		body:   []byte("<html>\n<head><title>" + title + "</title></head>\n<body><h1>" + title + "</h1></body>\n</html>\n"),
	}
}

// write sends the answer. Where the client is gone there is nobody left to tell.
func (a answer) write(w http.ResponseWriter, now time.Time) {
	if a.status == 0 {
		// The way net/http offers to cut a connection without an answer.
		panic(http.ErrAbortHandler)
	}
	header := w.Header()
	header.Set("Date", now.UTC().Format(http.TimeFormat))
	for name, value := range a.header {
		header.Set(name, value)
	}
	w.WriteHeader(a.status)
	if a.status != http.StatusNotModified {
		_, _ = w.Write(a.body)
	}
}

// pause waits, and tells whether the client waited too.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
