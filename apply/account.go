package apply

import (
	"time"

	"setpoint/plan"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// Outcome is what became of a step.
type Outcome string

// The outcomes; each step has exactly one.
const (
	// Applied: done, and the cloud confirmed it where there was a call.
	Applied Outcome = "applied"
	// Unchanged: there was nothing to do.
	Unchanged Outcome = "unchanged"
	// Failed: tried, or impossible to send; certainly without effect.
	Failed Outcome = "failed"
	// NotAttempted: nothing was sent.
	NotAttempted Outcome = "not_attempted"
	// Expired: over before it could be sent with effect, so it never will be.
	Expired Outcome = "expired"
	// Unknown: sent, and never answered for certain.
	Unknown Outcome = "unknown"
)

// Result is what became of one step, and why.
type Result struct {
	Step     *plan.Step
	Outcome  Outcome
	Attempts int                // those that were sent, or might have been
	Elapsed  time.Duration      // from the first attempt to the end
	Read     *provider.Settings // what was imported; nil where nothing was
	// Back is what the thermostat was read back at, which is not what the cloud had
	// confirmed: the outcome is Unknown. Unread is why nothing could be read back.
	Back   *provider.Settings
	Unread error
	Err    error // of Failed and Unknown, sometimes of others; nil if nothing went wrong
	// Because is the step whose failure kept this one from being attempted;
	// nil where the run ended before.
	Because *plan.Step
	// RetryAfter is how long the server asked to wait; 0 if it did not say.
	RetryAfter time.Duration
}

// Account is what became of a run.
type Account struct {
	Results []Result       // one for each step of the plan, in its order
	Calls   int            // attempts made: of all steps, and to read before the plan and after it
	Stop    *dispatch.Stop // why the run ended early; nil if it did not
	// Unsaved is why the state could not be written after the run; nil if it
	// was. The next run takes up what the journal has.
	Unsaved error
}

// Counts are the steps by outcome, and those applied by what they did.
type Counts struct {
	Applied, Unchanged, Failed, NotAttempted, Expired, Unknown int
	Imported, Added, Changed, Destroyed, Forgotten             int
}

// NotBegun is the account of a run that has done nothing of a plan.
func NotBegun(p *plan.Plan) *Account {
	a := &Account{Results: make([]Result, len(p.Steps))}
	for i := range p.Steps {
		outcome := NotAttempted
		switch step := &p.Steps[i]; {
		case step.Action == plan.NoOp && step.Reason == plan.ReasonExpired:
			outcome = Expired
		case step.Action == plan.NoOp:
			outcome = Unchanged
		}
		a.Results[i] = Result{Step: &p.Steps[i], Outcome: outcome}
	}
	return a
}

// Count counts the results.
func (a *Account) Count() Counts {
	var c Counts
	for i := range a.Results {
		switch r := &a.Results[i]; r.Outcome {
		case Applied:
			c.Applied++
			switch r.Step.Action {
			case plan.Add:
				c.Added++
			case plan.Change:
				c.Changed++
			case plan.Exchange:
				c.Added++
				c.Forgotten++
			case plan.Destroy:
				c.Destroyed++
			case plan.Forget:
				c.Forgotten++
			case plan.Import:
				c.Imported++
			case plan.Move, plan.NoOp:
			}
		case Unchanged:
			c.Unchanged++
		case Failed:
			c.Failed++
		case NotAttempted:
			c.NotAttempted++
		case Expired:
			c.Expired++
		case Unknown:
			c.Unknown++
		}
	}
	return c
}

// Complete tells whether all steps succeeded.
func (a *Account) Complete() bool {
	if a.Stop != nil || a.Unsaved != nil {
		return false
	}
	for i := range a.Results {
		switch r := &a.Results[i]; r.Outcome {
		case Applied, Unchanged:
		case Expired:
			if r.Step.Action != plan.NoOp { // it was to be sent
				return false
			}
		case Failed, NotAttempted, Unknown:
			return false
		}
	}
	return true
}

// Differs tells whether what was imported is not what is declared, so that the
// next plan has something to send.
func (r *Result) Differs() bool {
	return r.Read != nil && !r.Read.Same(plan.Keep(*r.Step.After, *r.Read, r.Step.Ignored))
}

// Cause says what a person or a pipeline has to do about a run.
type Cause int

// The causes, the graver the higher.
const (
	// CauseNone: nothing is left to do; what expired will never be sent.
	CauseNone Cause = iota
	// CauseSteps: some steps are not done; running again does what is left.
	CauseSteps
	// CauseQuota: the account's quota is used up until it returns.
	CauseQuota
	// CausePerson: a person must act first: log in, renew, accept.
	CausePerson
	// CauseInterrupted: the run was told to end.
	CauseInterrupted
	// CauseState: what was done could not be saved.
	CauseState
)

// Cause is the gravest thing that is left to do.
func (a *Account) Cause() Cause {
	if a.Unsaved != nil {
		return CauseState
	}
	if a.Stop != nil {
		switch a.Stop.Reason {
		case dispatch.StopDrained:
			return CauseInterrupted
		case dispatch.StopAccount:
			return CausePerson
		case dispatch.StopQuota:
			return CauseQuota
		case dispatch.StopCallLimit, dispatch.StopHalted, dispatch.StopLogin:
		}
		return CauseSteps
	}
	c := a.Count()
	if c.Failed+c.NotAttempted+c.Unknown > 0 {
		return CauseSteps
	}
	return CauseNone
}
