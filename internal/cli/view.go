package cli

import (
	"errors"
	"io"
	"time"

	"setpoint/apply"
	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/plan/state"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// observer is told what happens while a command runs: arguments, work and
// showing are three pieces, and this is the seam before the third. Whoever is
// interested in some events only ignores the others.
//
// Observe is called in the order of the events by the goroutine that works, and
// for interrupted and brokenOff at any time by another one, which must not be
// held up. Its error counts for planned, accounted and ended, and ends the
// command as if the work had failed there.
type observer interface {
	observe(e event) error
}

// view is the one observer that a person or a program follows the command by,
// as text or in another form.
type view interface {
	observer
	// progress is the stream that it writes to while calls are made.
	progress() io.Writer
}

// event is one of the types below.
//
//sumtype:decl
type event interface{ event() }

// started: plan, apply or destroy begins.
type started struct{ operation string }

// watched: until it comes again with nil, what is written must go through
// notes, so that a reader that is stuck does not hold up calls.
type watched struct{ notes *notes }

// configured: the configuration is read.
type configured struct{ *config.Config }

// diagnosed: errors and warnings, and when to come back where that is known.
type diagnosed struct {
	list  diag.List
	retry render.Retry
}

// simulating: house and record of a rehearsal are in a folder.
type simulating struct{ folder string }

// stateAbsent: there is no state yet.
type stateAbsent struct{ path string }

// lockAwaited: somebody else holds the lock.
type lockAwaited struct {
	timeout time.Duration
	holder  string
}

// recovered: a run before this one did not end. Of a plan that is not applied in
// this run only the calls without an answer are known.
type recovered struct {
	state.Recovery
	plan *plan.Plan
	held bool // the lock is: nobody else can be making these calls
}

// reading: something happens while thermostats are read, which are declared under
// these addresses. pace is how many calls start in a second, 0 for no limit.
type reading struct {
	survey.Event
	declared []config.Thermostat
	pace     float64
}

// calling: from now on calls are made, by this policy, until it comes with nil.
type calling struct{ policy *dispatch.Policy }

// refreshed: the thermostats were read.
type refreshed struct{ thermostats, calls int }

// planned: this is what is to be done. A plan is taken from a file for apply.
type planned struct {
	*plan.Plan
	fromFile bool
}

// saved: the plan is in a file; again are the flags that apply needs to mean the same.
type saved struct{ path, again string }

// concluded: planning is all that was to be done.
type concluded struct{ *plan.Plan }

// asking: a person is to approve. answered: somebody said yes. withdrawn: an
// interrupt came instead of an answer.
type (
	asking    struct{}
	answered  struct{}
	withdrawn struct{}
)

// verifying: each thermostat will be read back, with so many calls.
type verifying struct{ calls, most int }

// performed: something happens while the plan is applied.
type performed struct{ apply.Event }

// interrupted: nothing new starts, calls in flight have the grace. brokenOff:
// these are recorded as unknown.
type (
	interrupted struct{ grace time.Duration }
	brokenOff   struct{}
)

// accounted: this is what became of the run, at its end.
type accounted struct {
	*apply.Account
	at time.Time
}

// unrecorded: what the run knows could be written nowhere, or only into a folder
// that may be gone with a pipeline's machine; this is it.
type unrecorded struct {
	known   []byte
	nowhere bool
}

func (e unrecorded) why() string {
	if e.nowhere {
		return "What this run knows could be written nowhere."
	}
	return "The journal in this folder may be gone with the pipeline's machine."
}

// ended: the last event of every command, with its exit code.
type ended struct{ code int }

func (started) event()     {}
func (watched) event()     {}
func (configured) event()  {}
func (diagnosed) event()   {}
func (simulating) event()  {}
func (stateAbsent) event() {}
func (lockAwaited) event() {}
func (recovered) event()   {}
func (reading) event()     {}
func (calling) event()     {}
func (refreshed) event()   {}
func (planned) event()     {}
func (saved) event()       {}
func (concluded) event()   {}
func (asking) event()      {}
func (answered) event()    {}
func (withdrawn) event()   {}
func (verifying) event()   {}
func (performed) event()   {}
func (interrupted) event() {}
func (brokenOff) event()   {}
func (accounted) event()   {}
func (unrecorded) event()  {}
func (ended) event()       {}

// show tells every observer and returns what went wrong with any of them.
func (a *app) show(e event) error {
	problems := []error{a.view.observe(e)}
	for _, o := range a.observers {
		problems = append(problems, o.observe(e))
	}
	return together(problems...)
}

// tell tells every observer what is no answer: a line that cannot be written is no
// reason to stop.
func (a *app) tell(e event) { _ = a.show(e) }

// together is one error of several, with the code of the first and all that
// they have to say.
func together(all ...error) error {
	var first *exitError
	for _, err := range all {
		if err == nil {
			continue
		}
		var e *exitError
		if !errors.As(err, &e) {
			e = &exitError{code: codeError, diags: diag.List{{Severity: diag.Error, Summary: diag.Capital(err.Error())}}}
		}
		if first == nil {
			first = &exitError{e.code, e.diags, e.retry}
		} else {
			first.diags = append(first.diags[:len(first.diags):len(first.diags)], e.diags...)
		}
	}
	if first == nil {
		return nil
	}
	return first
}
