package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault makes some calls go wrong. Calls are counted from 1 as they arrive, by
// module and method, with those that other faults spoil and those that the cloud
// refuses; a call to the right path counts whether or not the module exists.
// Where several faults match a call, the first of the list acts alone.
//
// A fault stands before everything else: the request it answers is looked at
// only where its write is to land, and then lands only if it is right.
type Fault struct {
	Module string // the module's UUID in either case, or "*": any, counted over all of them
	Method string // GET or POST; empty means POST
	From   int    // the first call it hits, 1 or more; 0 means 1
	Times  *int   // how many calls in a row it hits, 0 for ever; nil means 1

	Status     int    // answered instead, 300 to 599; 0 for none
	Message    string // empty means the reference's for that status
	RetryAfter string // header value, seconds or an HTTP date; empty for no header
	Shape      Shape  // of the answer's body; empty means gateway
	Location   string // header value, with a 3xx status
	Landed     bool   // the write takes effect although Status says otherwise

	Latency time.Duration // waited before answering; alone, the call is only slow
	Drop    Drop          // the connection is cut instead of an answer
	Offline bool          // 404 with the message Gateway Offline
}

// Shape is the form of a fault's body.
type Shape string

const (
	ShapeGateway Shape = "gateway" // {"statusCode":…,"message":…}
	ShapeLogin   Shape = "login"   // {"message":…,"code":…}
	ShapeHTML    Shape = "html"
	ShapeEmpty   Shape = "empty"
)

// Drop tells when a connection is cut.
type Drop string

const (
	DropBefore Drop = "before" // without effect
	DropAfter  Drop = "after"  // after the write has landed
)

// anyModule stands for every module.
const anyModule = "*"

// normal fills in what the zero values mean.
func (f Fault) normal() Fault {
	f.Module = strings.ToLower(f.Module)
	if f.Method == "" {
		f.Method = http.MethodPost
	}
	if f.From == 0 {
		f.From = 1
	}
	if f.Times == nil {
		f.Times = new(1)
	}
	if f.Status != 0 && f.Shape == "" {
		f.Shape = ShapeGateway
	}
	return f
}

// problems lists what is wrong with a normal fault.
func (f Fault) problems() []string {
	var found []string
	reject := func(wrong bool, format string, args ...any) {
		if wrong {
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	reject(f.Module != anyModule && !isUUID(f.Module), `module %q is neither a UUID nor "*"`, f.Module)
	reject(f.Method != http.MethodGet && f.Method != http.MethodPost, "method %q is neither GET nor POST", f.Method)
	reject(f.From < 1, "from is %d; the first call is 1", f.From)
	reject(*f.Times < 0, "times is %d; it must be 0 (for ever) or more", *f.Times)
	reject(f.Latency < 0, "latency %s is negative", f.Latency)

	kinds := 0
	for _, is := range []bool{f.Status != 0, f.Drop != "", f.Offline} {
		if is {
			kinds++
		}
	}
	reject(kinds > 1, "only one of status, drop and offline can happen to a call")
	reject(kinds == 0 && f.Latency == 0, "it does nothing: give it status, drop, offline or latency")

	reject(f.Status != 0 && (f.Status < 300 || f.Status > 599), "status %d is not within 300 and 599", f.Status)
	if f.Status == 0 {
		reject(f.Message != "", "message needs a status")
		reject(f.RetryAfter != "", "retry_after needs a status")
		reject(f.Shape != "", "shape needs a status")
		reject(f.Landed, "landed needs a status")
	}
	reject(f.Location != "" && f.Status/100 != 3, "location needs a 3xx status")
	reject(strings.ContainsAny(f.Location, "\r\n"), "location %q has a line break", f.Location)
	reject(!validRetryAfter(f.RetryAfter), "retry_after %q is neither a number of seconds nor an HTTP date", f.RetryAfter)
	switch f.Shape {
	case "", ShapeGateway, ShapeLogin, ShapeHTML:
	case ShapeEmpty:
		reject(f.Message != "", "message has no place in shape empty")
	default:
		reject(true, "shape %q is none of gateway, login, html, empty", f.Shape)
	}
	reject(f.Landed && f.Method != http.MethodPost, "landed needs method POST: nothing else writes")
	reject(f.Drop != "" && f.Drop != DropBefore && f.Drop != DropAfter, "drop %q is neither before nor after", f.Drop)
	reject(f.Drop == DropAfter && f.Method != http.MethodPost, "drop after needs method POST: nothing else writes; use before")
	return found
}

func validRetryAfter(value string) bool {
	if value == "" {
		return true
	}
	if _, err := http.ParseTime(value); err == nil {
		return true
	}
	_, err := strconv.ParseUint(value, 10, 31)
	return err == nil
}

// checkFaults brings faults into normal form and lists everything wrong with them.
func checkFaults(faults []Fault) ([]Fault, error) {
	normal := make([]Fault, len(faults))
	var problems []error
	for i, f := range faults {
		normal[i] = f.normal()
		for _, problem := range normal[i].problems() {
			problems = append(problems, fmt.Errorf("fault %d: %s", i+1, problem))
		}
	}
	return normal, errors.Join(problems...)
}

// perform is what becomes of a call that the fault hits; real does what the call
// asks for.
func (f Fault) perform(real func() answer, now time.Time) answer {
	var a answer
	switch {
	case f.Offline:
		a = gatewayError(http.StatusNotFound, "Gateway Offline")
	case f.Drop == DropBefore:
	case f.Drop == DropAfter:
		a.landed = real().landed
	case f.Status != 0:
		a = f.answer(now)
		if f.Landed {
			a.landed = real().landed
		}
	default:
		a = real()
	}
	a.latency = f.Latency
	return a
}
