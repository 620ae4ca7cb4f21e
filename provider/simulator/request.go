package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// PathPrefix is where the API begins under the server's root.
const PathPrefix = "/smarther/v2.0"

// largestBody is the most that is read of a request's body, in bytes.
const largestBody = 64 << 10

// operation is one thing that the API can do: add one here, and a method on
// Cloud that answers it.
type operation struct {
	method  string
	path    string // below PathPrefix; {plantId} and {moduleId} stand for one segment
	perform func(*Cloud, request) answer
}

const modulePath = "/chronothermostat/thermoregulation/addressLocation/plants/{plantId}/modules/parameter/id/value/{moduleId}"

func operations() []operation {
	return []operation{
		{http.MethodGet, modulePath, (*Cloud).getStatus},
		{http.MethodPost, modulePath, (*Cloud).setStatus},
	}
}

// request is one call as it came in.
type request struct {
	method   string
	plantID  string // as in the path; empty where the path has none
	moduleID string
	header   http.Header
	body     []byte // at most largestBody bytes
	bodyErr  error  // why there is no more of it
	arrived  time.Time
}

// receive reads a request, and finds the operation it asks for or the answer
// that refuses it.
func receive(w http.ResponseWriter, r *http.Request, now time.Time) (request, operation, *answer) {
	req := request{method: r.Method, header: r.Header, arrived: now}
	var body bytes.Buffer
	_, req.bodyErr = body.ReadFrom(http.MaxBytesReader(w, r.Body, largestBody))
	req.body = body.Bytes()

	var allowed []string
	for _, op := range operations() {
		ids, ok := matchPath(PathPrefix+op.path, r.URL.Path)
		if !ok {
			continue
		}
		req.plantID, req.moduleID = ids["{plantId}"], ids["{moduleId}"]
		if op.method == r.Method {
			return req, op, nil
		}
		allowed = append(allowed, op.method)
	}
	refusal := gatewayError(http.StatusNotFound, "Resource not found: the API has no such path")
	if len(allowed) > 0 {
		list := strings.Join(allowed, ", ")
		refusal = gatewayError(http.StatusMethodNotAllowed, "Method not allowed: this path takes "+list)
		refusal.header["Allow"] = list
	}
	return req, operation{}, &refusal
}

// matchPath holds a path against a pattern, segment by segment.
func matchPath(pattern, path string) (ids map[string]string, ok bool) {
	wanted, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	ids = make(map[string]string)
	matches := func(want, have string) bool {
		if strings.HasPrefix(want, "{") {
			ids[want] = have
			return have != ""
		}
		return want == have
	}
	return ids, slices.EqualFunc(wanted, got, matches)
}

var (
	bearerPattern = regexp.MustCompile(`^(?i:bearer) [A-Za-z0-9._~+/-]+=*$`)
	uuidPattern   = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// refuseCredentials checks what every call must carry: first the gateway's key,
// then the login layer's token. Any key and any token that has the right form
// will do.
func (r request) refuseCredentials() *answer {
	if r.header.Get("Ocp-Apim-Subscription-Key") == "" {
		return new(gatewayError(http.StatusUnauthorized, "Unauthorized: the Ocp-Apim-Subscription-Key header is missing"))
	}
	if !bearerPattern.MatchString(r.header.Get("Authorization")) {
		return new(loginError(http.StatusUnauthorized, codeNoToken, "No token: the Authorization header must be Bearer and a token"))
	}
	return nil
}

// refuseForm checks ids, Content-Type and size.
func (r request) refuseForm() *answer {
	var problems []string
	if !isUUID(r.plantID) {
		problems = append(problems, fmt.Sprintf("plant id %q is not a UUID", r.plantID))
	}
	if !isUUID(r.moduleID) {
		problems = append(problems, fmt.Sprintf("module id %q is not a UUID", r.moduleID))
	}
	if given := r.header.Get("Content-Type"); given != "" && r.method == http.MethodPost {
		if media, _, err := mime.ParseMediaType(given); err != nil || media != "application/json" {
			problems = append(problems, fmt.Sprintf("Content-Type %q is not application/json", given))
		}
	}
	if len(problems) > 0 {
		return new(badRequest(problems...))
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(r.bodyErr, &tooLarge):
		return new(gatewayError(http.StatusRequestEntityTooLarge,
			fmt.Sprintf("Request entity too large: the body may have %d bytes", largestBody)))
	case r.bodyErr != nil && !errors.Is(r.bodyErr, io.EOF):
		return new(badRequest("the body could not be read: " + r.bodyErr.Error()))
	}
	return nil
}

// isUUID accepts either case.
func isUUID(id string) bool { return uuidPattern.MatchString(strings.ToLower(id)) }
