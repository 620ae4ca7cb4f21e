package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault makes some calls go wrong. It counts from 1, from when it is set, the
// calls that it is about, with those that other faults spoil and those that the
// cloud refuses; a call to the right path counts whether or not the module
// exists. Where several faults would hit a call, the first of the list acts
// alone.
//
// A fault stands before everything else: the request it answers is looked at
// only where its write is to land, and then lands only if it is right.
type Fault struct {
	// Which calls it is about: those to the module's UUID in either case, or "*",
	// any API call, counted over all of them; with the method GET, POST or "*"
	// (empty means POST); or those of one operation, which implies the method, and
	// with an empty Module means "*". Calls to the login only by operation.
	Module    string
	Method    string
	Operation Operation

	// Which of these it hits.
	From   int           // the first one, 1 or more; 0 means 1
	Times  *int          // how many in a row, 0 for ever; nil means 1, or for ever where For is given
	For    time.Duration // only this long after it was set, by the simulator's clock; 0 for ever
	Chance float64       // of these each with this chance, above 0 up to 1; 0 means 1

	Status     int    // answered instead, 300 to 599; 0 for none
	Message    string // empty means the reference's for that status
	RetryAfter string // header value, seconds or an HTTP date; empty for no header
	Shape      Shape  // of the answer's body; empty means gateway, or for the token endpoint oauth
	Location   string // header value, with a 3xx status
	Landed     bool   // the write takes effect although Status says otherwise

	Latency  time.Duration // waited before answering; alone, the call is only slow
	BodyOver time.Duration // the answer's body comes in pieces over this time
	Truncate bool          // half of the answer's body comes, then the connection is cut
	Drop     Drop          // the connection is cut instead of an answer
	Offline  bool          // 404 with the message Gateway Offline

	// ExpireTokens ends the life of every access token issued so far, just before
	// the call is looked at.
	ExpireTokens bool
}

// Shape is the form of a fault's body.
type Shape string

const (
	ShapeGateway Shape = "gateway" // {"statusCode":…,"message":…}
	ShapeLogin   Shape = "login"   // {"message":…,"code":…}
	ShapeHTML    Shape = "html"
	ShapeEmpty   Shape = "empty"

	ShapeGatewayText Shape = "gateway-text" // statusCode as text
	ShapeOAuth       Shape = "oauth"        // {"error":…,"error_description":…}
)

// Drop tells when a connection is cut.
type Drop string

const (
	DropBefore Drop = "before" // without effect
	DropAfter  Drop = "after"  // after the write has landed

	// The same with a reset instead of an end.
	ResetBefore Drop = "reset-before"
	ResetAfter  Drop = "reset-after"
)

// What stands for every module, and for every method.
const (
	anyModule = "*"
	anyMethod = "*"
)

// normal fills in what the zero values mean.
func (f Fault) normal() Fault {
	f.Module = strings.ToLower(f.Module)
	op, known := operationNamed(f.Operation)
	if f.Operation != "" && f.Module == "" {
		f.Module = anyModule
	}
	switch {
	case f.Method != "":
	case known:
		f.Method = op.method
	default:
		f.Method = http.MethodPost
	}
	if f.From == 0 {
		f.From = 1
	}
	if f.Times == nil {
		f.Times = new(1)
		if f.For > 0 {
			f.Times = new(0)
		}
	}
	if f.Status != 0 && f.Shape == "" {
		f.Shape = ShapeGateway
		// Above the login there is a gateway too, which limits the rate.
		if f.Operation == OperationToken && f.Status/100 == 4 && f.Status != http.StatusTooManyRequests {
			f.Shape = ShapeOAuth
		}
	}
	return f
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

// answersAlone tells whether nothing but the fault sees a call that has arrived.
func (f Fault) answersAlone() bool { return f.Offline || f.Status != 0 && !f.Landed }

// perform is what becomes of a call that the fault hits; real does what the call
// asks for.
func (f Fault) perform(real func() answer, now time.Time) answer {
	var a answer
	switch {
	case f.Offline:
		a = gatewayError(http.StatusNotFound, "Gateway Offline")
	case f.Drop == DropBefore, f.Drop == ResetBefore:
	case f.Drop != "":
		a.landed = real().landed
	case f.Status != 0:
		a = f.answer(now)
		if f.Landed {
			a.landed = real().landed
		}
	default:
		a = real()
	}
	a.latency, a.bodyOver, a.truncate = f.Latency, f.BodyOver, f.Truncate
	a.reset = f.Drop == ResetBefore || f.Drop == ResetAfter
	return a
}
