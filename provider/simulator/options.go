package simulator

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Options say how a cloud behaves. The zero value is a cloud in memory, on
// time, with an empty house, no login, no limits and no faults.
type Options struct {
	// Clock is what the simulator's clock starts as and runs with; nil means
	// time.Now. Latencies are waited by package time all the same.
	Clock func() time.Time

	// Latency is waited before every answer, besides a fault's own; it holds up
	// no other call.
	Latency time.Duration

	// House is the path of the house file; empty keeps the house in memory. A
	// file that is not there is an empty house; its folder must exist. One house
	// file serves one cloud at a time.
	House string

	Faults   []Fault
	Seed     uint64 // of the faults with a chance
	AfterEnd AfterEnd
	Limits   Limits

	// Login takes the place of the house's, whose tokens live on where the client
	// id is the same; nil leaves the house's, or none.
	Login *Login

	// DuplicatePlants lists every plant twice, as clients have seen it.
	DuplicatePlants bool

	// NumbersAsText answers program numbers, and statusCode in errors, as strings,
	// as clients have seen it.
	NumbersAsText bool

	// Log gets one JSON object per line for every call (see Call), written before
	// the call is answered; under load not always in the order of arrival. nil
	// means no log. Writes are serialised; their first error comes out of Close.
	Log io.Writer
}

// check brings the faults into normal form and names everything that is wrong
// with the options, but for the house file.
func (o Options) check() ([]Fault, error) {
	faults, err := checkFaults(o.Faults)
	problems := []error{err}
	if o.Latency < 0 {
		problems = append(problems, fmt.Errorf("latency %s is negative", o.Latency))
	}
	if o.AfterEnd != AfterEndAutomatic && o.AfterEnd != AfterEndPrevious {
		problems = append(problems, fmt.Errorf("there is no after-end %d", o.AfterEnd))
	}
	problems = append(problems, joinProblems(o.Limits.problems()))
	if o.Login != nil {
		problems = append(problems, joinProblems(o.Login.problems()))
	}
	return faults, errors.Join(problems...)
}
