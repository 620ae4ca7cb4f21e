package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// problems lists what is wrong with a normal fault.
func (f Fault) problems() []string {
	p := faultProblems{}
	p.which(f)
	p.what(f)
	p.answer(f)
	return p.found
}

type faultProblems struct{ found []string }

func (p *faultProblems) reject(wrong bool, format string, args ...any) {
	if wrong {
		p.found = append(p.found, fmt.Sprintf(format, args...))
	}
}

// which checks what calls the fault hits.
func (p *faultProblems) which(f Fault) {
	op, known := operationNamed(f.Operation)
	p.reject(f.Module != anyModule && !isUUID(f.Module), `module %q is neither a UUID nor "*"`, f.Module)
	switch {
	case f.Operation == "":
		p.reject(!slices.Contains([]string{http.MethodGet, http.MethodPost, anyMethod}, f.Method), `method %q is none of GET, POST and "*"`, f.Method)
	case !known:
		p.reject(true, "operation %q is none of %q", f.Operation, operationNames())
	default:
		p.reject(f.Method != op.method, "operation %s has the method %s, not %q; leave method out", op.name, op.method, f.Method)
		p.reject(!op.hasModule() && f.Module != anyModule, "operation %s is about no module; leave module out", op.name)
	}
	p.reject(f.From < 1, "from is %d; the first call is 1", f.From)
	p.reject(*f.Times < 0, "times is %d; it must be 0 (for ever) or more", *f.Times)
	p.reject(f.For < 0, "for %s is negative", f.For)
	p.reject(!(f.Chance >= 0 && f.Chance <= 1), "chance %v is not within 0 and 1", f.Chance)
}

// what checks what happens to a call.
func (p *faultProblems) what(f Fault) {
	kinds := 0
	for _, is := range []bool{f.Status != 0, f.Drop != "", f.Offline} {
		if is {
			kinds++
		}
	}
	p.reject(kinds > 1, "only one of status, drop and offline can happen to a call")
	p.reject(kinds == 0 && f.Latency == 0 && f.BodyOver == 0 && !f.Truncate && !f.ExpireTokens,
		"it does nothing: give it status, drop, offline, latency, body_over, truncate or expire_tokens")
	p.reject(f.Latency < 0, "latency %s is negative", f.Latency)
	p.reject(f.BodyOver < 0, "body_over %s is negative", f.BodyOver)
	p.reject(f.Drop != "" && (f.BodyOver != 0 || f.Truncate), "body_over and truncate need an answer; with drop there is none")
	drops := []Drop{"", DropBefore, DropAfter, ResetBefore, ResetAfter}
	p.reject(!slices.Contains(drops, f.Drop), "drop %q is none of before, after, reset-before, reset-after", f.Drop)
	p.reject((f.Drop == DropAfter || f.Drop == ResetAfter) && f.Method != http.MethodPost,
		"drop %s needs method POST: nothing else writes; use before", f.Drop)
}

// answer checks what is answered instead.
func (p *faultProblems) answer(f Fault) {
	p.reject(f.Status != 0 && (f.Status < 300 || f.Status > 599), "status %d is not within 300 and 599", f.Status)
	if f.Status == 0 {
		p.reject(f.Message != "", "message needs a status")
		p.reject(f.RetryAfter != "", "retry_after needs a status")
		p.reject(f.Shape != "", "shape needs a status")
		p.reject(f.Landed, "landed needs a status")
	}
	p.reject(f.Location != "" && f.Status/100 != 3, "location needs a 3xx status")
	p.reject(strings.ContainsAny(f.Location, "\r\n"), "location %q has a line break", f.Location)
	p.reject(!validRetryAfter(f.RetryAfter), "retry_after %q is neither a number of seconds nor an HTTP date", f.RetryAfter)
	p.reject(f.Shape == ShapeEmpty && f.Message != "", "message has no place in shape empty")
	shapes := []Shape{"", ShapeGateway, ShapeGatewayText, ShapeLogin, ShapeOAuth, ShapeHTML, ShapeEmpty}
	p.reject(!slices.Contains(shapes, f.Shape), "shape %q is none of gateway, gateway-text, login, oauth, html, empty", f.Shape)
	p.reject(f.Landed && f.Method != http.MethodPost, "landed needs method POST: nothing else writes")
}
