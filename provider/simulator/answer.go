package simulator

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strconv"
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

	reset    bool          // with status 0: the connection is reset, not closed
	bodyOver time.Duration // the body comes in small pieces over this time
	truncate bool          // half of the body comes, then the connection is cut
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

const contentType = "application/json; charset=utf-8"

func jsonAnswer(status int, value any) answer {
	body, err := json.Marshal(value)
	if err != nil {
		return htmlAnswer(http.StatusInternalServerError, err.Error())
	}
	return answer{
		status: status,
		header: map[string]string{"Content-Type": contentType},
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

// withTextStatus is the answer with its statusCode, if it has one, as text.
func (a answer) withTextStatus() answer {
	var fields map[string]any
	if a.status < 300 || json.Unmarshal(a.body, &fields) != nil || fields["statusCode"] == nil {
		return a
	}
	fields["statusCode"] = strconv.Itoa(a.status)
	a.body = jsonAnswer(a.status, fields).body
	return a
}

// emptyAnswer has a type, as the reference says, and no body.
func emptyAnswer(status int) answer {
	return answer{status: status, header: map[string]string{"Content-Type": contentType}}
}

func notFound(err error) answer {
	return gatewayError(http.StatusNotFound, "Resource not found: "+err.Error())
}
