// Package apply turns a plan into calls, keeps the journal while they are made
// and tells what became of every step.
//
// It knows neither how its events look nor how calls are paced and repeated:
// that is package dispatch's.
package apply

import (
	"cmp"
	"context"
	"errors"
	"time"

	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// Journal is where a run records what it does; *state.Session is one. Each
// method that records returns nil only when the record is on disk. It is called by
// several goroutines at once.
type Journal interface {
	// MayCall says why a call whose intent was recorded earlier must not be made any
	// more; nil if it may.
	MayCall() error
	Intent(address string, entry state.Entry, remove bool) (id uint64, err error)
	Result(id uint64, result state.CallResult, status int, at time.Time) error
	Put(address string, entry state.Entry) error
	Drop(address string) error
	Rename(from, to string) error
	SetOutputs(outputs map[string]state.Output) error
}

// Input is what a run needs.
type Input struct {
	Plan     *plan.Plan
	Provider provider.Provider
	Journal  Journal
	Policy   dispatch.Policy
	// Verify are the waits before each reading back of what the cloud has confirmed;
	// nil: nothing is read back.
	Verify  []time.Duration
	Observe func(Event) // nil: nobody looks; called by one goroutine, in order
}

// Event is something that happened in a run: Started, Retrying, Paused, Settled
// or Verified.
//
//sumtype:decl
type Event interface{ event() }

// Started is sent right before an attempt is made.
type Started struct {
	Step    *plan.Step
	Attempt int // from 1
}

// Retrying is sent when an attempt failed and another one will follow.
type Retrying struct {
	Step    *plan.Step
	Attempt int // the one that failed
	Of      int // attempts that the step has at most, if all that follow fail as this one did
	Err     error
	Wait    time.Duration // at least
}

// Paused is sent when the account's rate limit holds back all calls.
type Paused struct {
	Until time.Time
	Err   error
}

// Settled is sent once for every step that is not a no-op.
type Settled struct {
	Result Result
}

func (Started) event()  {}
func (Retrying) event() {}
func (Paused) event()   {}
func (Settled) event()  {}

// Run applies a plan. When drain is done nothing new starts and calls in flight
// may finish; when calls is done those are broken off, too, and recorded as of
// unknown outcome. Run returns when nothing is in flight any more.
func Run(drain, calls context.Context, in Input) *Account {
	if in.Policy.Account == nil {
		in.Policy.Account = &dispatch.Account{}
	}
	r := &run{
		Input: in, account: &Account{Results: make([]Result, len(in.Plan.Steps))},
		waits: newWaits(in.Plan.Steps), calls: map[int]*call{}, outdated: newOutdated(in.Plan.Steps),
	}
	r.account.Calls = in.Policy.Account.Calls()
	r.account.Stop = dispatch.Run(drain, calls, r.items(), in.Policy, r.observe).Stop
	for _, c := range r.calls {
		r.account.Calls += c.attempts
	}
	var unverified *dispatch.Stop
	if r.account.Stop == nil {
		unverified = r.verify(drain, calls)
	}
	r.withoutCalls(drain, calls)
	r.outputs()
	if r.account.Stop == nil {
		r.account.Stop = unverified
	}
	return r.account
}

type run struct {
	Input
	account  *Account
	waits    *waits
	calls    map[int]*call // by place in the plan
	outdated outdated
}

// items makes an item of every step that calls, in the plan's order.
func (r *run) items() []dispatch.Item {
	var items []dispatch.Item
	for i := range r.Plan.Steps {
		step := &r.Plan.Steps[i]
		r.account.Results[i] = Result{Step: step, Outcome: Unchanged}
		if step.Action == plan.NoOp && step.Reason == plan.ReasonExpired {
			r.account.Results[i].Outcome = Expired
		}
		if !step.Call {
			continue
		}
		r.account.Results[i].Outcome = NotAttempted
		c := &call{run: r, step: step, address: step.Address.String()}
		r.calls[i] = c
		item := dispatch.Item{
			Key: i, Groups: r.waits.groups(step), After: r.waits.after(step), Device: step.Device,
			Prepare: c.prepare, Ahead: c.ahead, Withdraw: c.withdraw, Do: c.do, Record: c.result,
		}
		if step.Action == plan.Import {
			item.Prepare, item.Ahead, item.Withdraw, item.Do, item.Record = nil, nil, nil, c.read, nil
		}
		items = append(items, item)
	}
	return items
}

// observe passes the events of dispatch on, with the step instead of its key.
func (r *run) observe(e dispatch.Event) {
	switch e := e.(type) {
	case dispatch.Started:
		if e.Attempt == 1 {
			r.calls[e.Key].began = time.Now()
		}
		r.emit(Started{&r.Plan.Steps[e.Key], e.Attempt})
	case dispatch.Retrying:
		r.emit(Retrying{&r.Plan.Steps[e.Key], e.Attempt, e.Of, e.Err, e.Wait})
	case dispatch.Paused:
		r.emit(Paused{e.Until, e.Err})
	case dispatch.Settled:
		result := r.settle(e.Result)
		if began := r.calls[e.Result.Key].began; !began.IsZero() {
			result.Elapsed = time.Since(began)
		}
		r.account.Results[e.Result.Key] = result
		r.emit(Settled{result})
	}
}

func (r *run) emit(e Event) {
	if r.Observe != nil {
		r.Observe(e)
	}
}

// settle says what a result of dispatch means for the thermostat.
func (r *run) settle(d dispatch.Result) Result {
	c := r.calls[d.Key]
	result := Result{Step: c.step, Attempts: c.attempts, Read: c.reading, Err: c.why(d.Err), RetryAfter: d.RetryAfter}
	switch {
	case d.Outcome == dispatch.Succeeded:
		result.Outcome = Applied
	case d.Outcome == dispatch.NotAttempted:
		result.Outcome = NotAttempted
		if d.Because == dispatch.BecauseFailed {
			result.Because = &r.Plan.Steps[d.Of]
		}
	case d.MayHaveLanded:
		result.Outcome = Unknown
	case errors.Is(d.Err, ErrTooLate):
		result.Outcome = Expired
	case d.Attempts > 0 && c.attempts == 0:
		result.Outcome = NotAttempted // its turn had come, but nothing left
	default:
		result.Outcome = Failed
	}
	return result
}

// withoutCalls takes the steps that only change the record. They come last: a
// run that was stopped leaves them for the next one.
func (r *run) withoutCalls(drain, calls context.Context) {
	for i := range r.Plan.Steps {
		step := &r.Plan.Steps[i]
		if step.Call || step.Action == plan.NoOp {
			continue
		}
		if r.account.Stop == nil && (drain.Err() != nil || calls.Err() != nil) {
			r.account.Stop = &dispatch.Stop{Reason: dispatch.StopDrained, Err: cmp.Or(context.Cause(drain), context.Cause(calls))}
		}
		result := Result{Step: step, Outcome: NotAttempted}
		if r.account.Stop == nil && step.Action != plan.Move && step.Record == nil { // another name, or what was read, depends on nothing
			result.Because = r.lostTo(step)
		}
		if r.account.Stop == nil && result.Because == nil {
			result.Outcome = Applied
			if result.Err = r.record(step); result.Err != nil {
				result.Outcome = Failed
				r.account.Stop = &dispatch.Stop{Reason: dispatch.StopHalted, Err: result.Err}
			}
		}
		r.account.Results[i] = result
		r.emit(Settled{result})
	}
}

// lostTo is the call for want of whose success the step is not taken, nil if
// it is taken.
func (r *run) lostTo(step *plan.Step) *plan.Step {
	for _, group := range r.waits.after(step) {
		for _, i := range r.waits.calling[group] {
			switch result := &r.account.Results[i]; {
			case result.Outcome == Applied:
			case result.Because != nil:
				return result.Because
			default:
				return result.Step
			}
		}
	}
	return nil
}

func (r *run) record(step *plan.Step) error {
	name := step.Address.String()
	if step.Action == plan.Forget {
		if err := r.outdated.drop(r.Journal, step); err != nil {
			return err
		}
		return r.Journal.Drop(step.RecordName())
	}
	if step.Moved != "" {
		if err := r.Journal.Rename(step.Moved, name); err != nil || step.Action == plan.Move {
			return err
		}
	}
	if step.Record != nil {
		return r.Journal.Put(name, *step.Record)
	}
	entry := *step.Before
	entry.OnRemove = step.OnRemove
	return r.Journal.Put(name, entry)
}

// outputs records the outputs of a run that did all it was to do.
func (r *run) outputs() {
	if !r.account.Complete() {
		return
	}
	changed := false
	outputs := map[string]state.Output{}
	for _, o := range r.Plan.Outputs {
		changed = changed || o.Changed()
		if o.After != nil {
			outputs[o.Name] = *o.After
		}
	}
	if !changed {
		return
	}
	if err := r.Journal.SetOutputs(outputs); err != nil {
		r.account.Stop = &dispatch.Stop{Reason: dispatch.StopHalted, Err: err}
	}
}
