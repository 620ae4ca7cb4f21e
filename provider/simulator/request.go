package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// largestBody is the most that is read of a request's body, in bytes.
const largestBody = 64 << 10

// request is one call as it came in.
type request struct {
	method   string
	path     string
	query    url.Values
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
	req := request{method: r.Method, path: r.URL.Path, query: r.URL.Query(), header: r.Header, arrived: now}
	var body bytes.Buffer
	_, req.bodyErr = body.ReadFrom(http.MaxBytesReader(w, r.Body, largestBody))
	req.body = body.Bytes()

	var allowed []string
	for _, op := range operations() {
		ids, ok := matchPath(op.path, r.URL.Path)
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

// record is the call as the log has it.
func (r request) record(sequence int64, op operation, a answer) Call {
	call := Call{
		Sequence: sequence, Time: r.arrived.UTC(), Method: r.method, Path: r.path, Operation: op.name,
		PlantID: r.plantID, ModuleID: r.moduleID, Body: string(r.body), Status: a.status, Landed: a.landed,
	}
	if strings.HasPrefix(r.path, LoginPrefix+"/") {
		call.Body = "" // it has secrets
	}
	return call
}

var (
	bearerPattern = regexp.MustCompile(`^(?i:bearer) [A-Za-z0-9._~+/-]+=*$`)
	uuidPattern   = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// refuseForm checks ids, Content-Type and size.
func (r request) refuseForm() *answer {
	var problems []string
	if r.plantID != "" && !isUUID(r.plantID) {
		problems = append(problems, fmt.Sprintf("plant id %q is not a UUID", r.plantID))
	}
	if r.moduleID != "" && !isUUID(r.moduleID) {
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
		return new(badRequest(fmt.Sprintf("the body may have %d bytes", largestBody)))
	case r.bodyErr != nil && !errors.Is(r.bodyErr, io.EOF):
		return new(badRequest("the body could not be read: " + r.bodyErr.Error()))
	}
	return nil
}

// isUUID accepts either case.
func isUUID(id string) bool { return uuidPattern.MatchString(strings.ToLower(id)) }
