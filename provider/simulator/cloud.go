package simulator

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"setpoint/internal/durable"
)

// Options say how a cloud behaves. The zero value is a cloud in memory, on
// time, with an empty house and no faults.
type Options struct {
	// Clock is the present, for every decision about times; nil means time.Now.
	// Latencies are waited by package time all the same.
	Clock func() time.Time

	// Latency is waited before every answer, besides a fault's own; it holds up
	// no other call.
	Latency time.Duration

	// House is the path of the house file; empty keeps the house in memory. A
	// file that is not there is an empty house; its folder must exist. One house
	// file serves one cloud at a time.
	House string

	Faults   []Fault
	AfterEnd AfterEnd

	// Log gets one JSON object per line for every call (see Call), written before
	// the call is answered; under load not always in the order of arrival. nil
	// means no log. Writes are serialised; their first error comes out of Close.
	Log io.Writer
}

// Cloud is a simulated Smarther cloud. It is an http.Handler, and all of its
// methods are safe for concurrent use.
type Cloud struct {
	clock    func() time.Time
	latency  time.Duration
	afterEnd AfterEnd
	script   *script
	calls    *callLog
	store    *store // nil where the house is in memory only

	mu      sync.Mutex // guards what follows
	house   house
	version uint64 // of the house, plus one with each change
}

// New opens the house and checks the options; the error names everything that is
// wrong with the faults, or with the house file, which is then left as it is.
func New(options Options) (*Cloud, error) {
	var problems []error
	faults, err := checkFaults(options.Faults)
	if err != nil {
		problems = append(problems, err)
	}
	if options.Latency < 0 {
		problems = append(problems, fmt.Errorf("latency %s is negative", options.Latency))
	}
	c := &Cloud{
		clock:    options.Clock,
		latency:  options.Latency,
		afterEnd: options.AfterEnd,
		script:   newScript(faults),
		calls:    &callLog{out: options.Log},
		house:    house{},
	}
	if c.clock == nil {
		c.clock = time.Now
	}
	if options.House != "" {
		if c.house, err = readHouse(options.House); err != nil {
			problems = append(problems, err)
		}
		c.store = newStore(c.encodeHouse, func(content []byte) error {
			return durable.ReplaceBytes(durable.OS(), options.House, 0o644, content)
		})
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("start the simulated cloud: %w", errors.Join(problems...))
	}
	return c, nil
}

func readHouse(path string) (house, error) {
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("house file %s: %w; make its folder first", path, err)
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return house{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the house file: %w", err)
	}
	h, err := parseHouse(text)
	if err != nil {
		return nil, fmt.Errorf("house file %s cannot be used: %w: mend it, or move it away to start with an empty house", path, err)
	}
	return h, nil
}

func (c *Cloud) encodeHouse() (uint64, []byte, error) {
	c.mu.Lock()
	version, h := c.version, c.house.copy()
	c.mu.Unlock()
	content, err := h.encode()
	return version, content, err
}

// keep returns when the house as of the version is on the disk.
func (c *Cloud) keep(version uint64) error {
	if c.store == nil {
		return nil
	}
	if err := c.store.wait(version); err != nil {
		return fmt.Errorf("save the house: %w; the change is in memory only", err)
	}
	return nil
}

// Close saves what is not saved yet and reports what went wrong with the log.
// The cloud can be used, and closed, again.
func (c *Cloud) Close() error {
	c.mu.Lock()
	version := c.version
	c.mu.Unlock()
	return errors.Join(c.keep(version), c.calls.close())
}

// Calls is the record of every request so far that has been decided, in the
// order of arrival.
func (c *Cloud) Calls() []Call { return c.calls.all() }

// ServeHTTP answers one request. To cut a connection it panics with
// http.ErrAbortHandler, as net/http asks of handlers.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sequence := c.calls.arrive()
	req, op, refusal := receive(w, r, c.clock())
	a := c.decide(req, op, refusal)
	c.calls.add(Call{
		Sequence: sequence,
		Time:     req.arrived.UTC(),
		Method:   req.method,
		PlantID:  req.plantID,
		ModuleID: req.moduleID,
		Body:     string(req.body),
		Status:   a.status,
		Landed:   a.landed,
	})
	if pause(r.Context(), c.latency+a.latency) {
		a.write(w, c.clock())
	}
}

// decide does what the request asks for, unless something stands against it.
func (c *Cloud) decide(req request, op operation, refusal *answer) answer {
	if refusal != nil {
		return *refusal
	}
	real := func() answer {
		for _, refuse := range []func() *answer{req.refuseCredentials, req.refuseForm} {
			if a := refuse(); a != nil {
				return *a
			}
		}
		return op.perform(c, req)
	}
	if fault, hit := c.script.next(req.method, req.moduleID); hit {
		return fault.perform(real, req.arrived)
	}
	return real()
}
