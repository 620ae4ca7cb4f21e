package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Cloud is a simulated Smarther cloud. It is an http.Handler, and all of its
// methods are safe for concurrent use.
type Cloud struct {
	clock           *clock
	latency         time.Duration
	afterEnd        AfterEnd
	duplicatePlants bool
	numbersAsText   bool
	script          *script
	meter           *meter
	calls           *callLog

	mu      sync.Mutex // guards what follows
	house   house
	blocked int    // 469 or 470 while the person must act, else 0
	store   *store // nil where the house is in memory only
}

// New opens the house and checks the options; the error names everything that is
// wrong with the options, or with the house file, which is then left as it is.
func New(options Options) (*Cloud, error) {
	faults, err := options.check()
	problems := []error{err}
	c := &Cloud{
		clock:           &clock{base: options.Clock},
		latency:         options.Latency,
		afterEnd:        options.AfterEnd,
		duplicatePlants: options.DuplicatePlants,
		numbersAsText:   options.NumbersAsText,
		meter:           &meter{limits: options.Limits},
		calls:           &callLog{out: options.Log},
		house:           house{plants: map[string]*plant{}},
	}
	if c.clock.base == nil {
		c.clock.base = time.Now
	}
	c.script = newScript(faults, options.Seed, c.clock.now())
	if options.House != "" {
		if c.store, c.house, err = openStore(options.House); err != nil {
			problems = append(problems, err)
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("start the simulated cloud: %w", err)
	}
	switch {
	case options.Login != nil:
		c.register(*options.Login, c.clock.now())
		c.store.outdate()
	case c.house.login != nil && c.house.login.SecretCreated.IsZero():
		c.register(c.house.login.Login, c.clock.now())
		c.store.outdate()
	}
	return c, nil
}

// save writes a change that is in the house already; c.mu is held.
func (c *Cloud) save(e entry) error {
	if c.store == nil {
		return nil
	}
	if err := c.store.add(e, c.house); err != nil {
		return fmt.Errorf("save the house: %w; the change is in memory only", err)
	}
	return nil
}

// flush saves what waits for the next write.
func (c *Cloud) flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.store == nil || !c.store.stale {
		return nil
	}
	return c.save(entry{})
}

// Close saves what is not saved yet and reports what went wrong with the log.
// The cloud can be used, and closed, again.
func (c *Cloud) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	if c.store != nil {
		if err = c.store.close(c.house); err != nil {
			err = fmt.Errorf("save the house: %w", err)
		}
	}
	return errors.Join(err, c.calls.close())
}

// Calls is the record of every request so far that has been decided, in the
// order of arrival. Admin requests are none.
func (c *Cloud) Calls() []Call { return c.calls.all() }

// ForgetCalls empties the record; numbers go on.
func (c *Cloud) ForgetCalls() { c.calls.forget() }

// SetBlocked lets every API call be answered 469 (password expired) or 470
// (terms not accepted) until the person has acted in the official app: 0.
func (c *Cloud) SetBlocked(status int) error {
	if status != 0 && status != passwordExpired && status != termsNotAccepted {
		return fmt.Errorf("block the account: status %d is none of 469, 470 and 0", status)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blocked = status
	return nil
}

const (
	passwordExpired  = 469
	termsNotAccepted = 470
)

// ServeHTTP answers one request. To cut a connection it panics with
// http.ErrAbortHandler, as net/http asks of handlers.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, AdminPrefix) {
		c.serveAdmin(w, r)
		return
	}
	sequence := c.calls.arrive()
	req, op, refusal := receive(w, r, c.clock.now())
	a := c.decide(req, op, refusal)
	if c.numbersAsText {
		a = a.withTextStatus()
	}
	c.calls.add(req.record(sequence, op, a))
	if pause(r.Context(), c.latency+a.latency) {
		a.write(w, r.Context(), c.clock.now())
	}
}

// decide does what the request asks for, unless something stands against it.
func (c *Cloud) decide(req request, op operation, refusal *answer) answer {
	if refusal != nil {
		return *refusal
	}
	fault, hit := c.script.next(op, req.moduleID, req.arrived)
	if !hit {
		return c.serve(req, op)
	}
	if fault.ExpireTokens {
		if err := c.ExpireTokens(); err != nil {
			return gatewayError(http.StatusInternalServerError, "Server internal error: "+err.Error())
		}
	}
	if fault.answersAlone() && !op.login {
		c.meter.count(req.arrived)
	}
	return fault.perform(func() answer { return c.serve(req, op) }, req.arrived)
}

// serve is what becomes of a call without a fault: the gateway first, then the
// login layer, then the API.
func (c *Cloud) serve(req request, op operation) answer {
	if !op.login {
		for _, refuse := range []func(request) *answer{c.refuseKey, c.refuseAbove, c.refuseToken, c.refuseBlocked} {
			if a := refuse(req); a != nil {
				return *a
			}
		}
		if a := req.refuseForm(); a != nil {
			return *a
		}
	}
	return op.perform(c, req)
}

func (c *Cloud) refuseAbove(r request) *answer { return c.meter.admit(r.arrived) }

func (c *Cloud) refuseBlocked(r request) *answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.blocked == 0 {
		return nil
	}
	return new(Fault{Status: c.blocked}.answer(r.arrived))
}
