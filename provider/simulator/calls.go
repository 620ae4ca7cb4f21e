package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// Call is the record of one request. Nothing of its headers and of its query is
// in it, so no credentials are.
type Call struct {
	Sequence int64     `json:"sequence"` // 1 for the first request to arrive
	Time     time.Time `json:"time"`     // of arrival, UTC, by the simulator's clock
	Method   string    `json:"method"`
	Path     string    `json:"path"` // without the query

	Operation Operation `json:"operation,omitempty"` // empty where there is none of that path and method
	PlantID   string    `json:"plant_id,omitempty"`  // as in the path
	ModuleID  string    `json:"module_id,omitempty"`

	// Body is the request's, as received, up to 64 KiB; never that of a call to
	// the login. In the log's JSON, bytes that are not UTF-8 are shown as U+FFFD.
	Body string `json:"body,omitempty"`

	Status int  `json:"status"` // answered; 0 where the connection is cut
	Landed bool `json:"landed"` // a write took effect, or a code or token was issued
}

// callLog keeps the records of all calls. It is safe for concurrent use.
type callLog struct {
	mu      sync.Mutex
	arrived int64
	calls   []Call
	out     io.Writer // may be nil
	err     error     // the first that out returned
}

// arrive numbers a call.
func (l *callLog) arrive() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.arrived++
	return l.arrived
}

// add keeps a record and writes its line.
func (l *callLog) add(c Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, c)
	if l.out == nil {
		return
	}
	line, err := json.Marshal(c)
	if err == nil {
		_, err = l.out.Write(append(line, '\n'))
	}
	if err != nil && l.err == nil {
		l.err = fmt.Errorf("write the log of calls, call %d: %w", c.Sequence, err)
	}
}

// all is a copy of the records, in the order of arrival.
func (l *callLog) all() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := slices.Clone(l.calls)
	slices.SortFunc(calls, func(a, b Call) int { return int(a.Sequence - b.Sequence) })
	return calls
}

func (l *callLog) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = nil
}

// close returns what went wrong since the last close.
func (l *callLog) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.err
	l.err = nil
	return err
}
