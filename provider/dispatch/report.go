package dispatch

import (
	"fmt"
	"time"
)

// Report is what became of a run.
type Report struct {
	// Results has one entry per item, in key order.
	Results []Result
	// Calls is how many attempts were made in total.
	Calls int
	// Stop is why the run ended early; nil if every item had its chance.
	Stop *Stop
}

// Outcome is how an item ended.
type Outcome int

// Every Outcome.
const (
	// Succeeded: the last attempt returned nil.
	Succeeded Outcome = iota + 1
	// Failed: the last attempt, or Prepare, returned an error.
	Failed
	// NotAttempted: no attempt was made; Result.Because says why.
	NotAttempted
)

// String is the outcome in plain words.
func (o Outcome) String() string {
	switch o {
	case Succeeded:
		return "succeeded"
	case Failed:
		return "failed"
	case NotAttempted:
		return "not attempted"
	}
	return fmt.Sprintf("Outcome(%d)", int(o))
}

// Because is why an item was not attempted.
type Because int

// Every Because.
const (
	// BecauseFailed: it depends, directly or through others, on the item
	// Result.Of, which failed.
	BecauseFailed Because = iota + 1
	// BecauseStopped: the run ended before; see Report.Stop.
	BecauseStopped
	// BecauseCycle: it depends on itself, or on items that do.
	BecauseCycle
)

// String is the reason in plain words.
func (b Because) String() string {
	switch b {
	case BecauseFailed:
		return "an item it depends on failed"
	case BecauseStopped:
		return "the run ended before"
	case BecauseCycle:
		return "its dependencies form a cycle or lead to one"
	}
	return fmt.Sprintf("Because(%d)", int(b))
}

// Result is what became of one item.
type Result struct {
	Key     int
	Outcome Outcome
	// Attempts is how many times Do was called. A failed item can have none:
	// Prepare refused.
	Attempts int
	// Err is the last error of a failed item, of Do or of Prepare.
	Err error
	// MayHaveLanded is true if an attempt may have taken effect and none
	// succeeded.
	MayHaveLanded bool
	// RetryAfter is how long, from the moment it settled, the server asked to
	// wait before another attempt, where that ended the item; else 0.
	RetryAfter time.Duration
	// Because is set for NotAttempted only.
	Because Because
	// Of is the key of the item that failed, the root cause, where Because is
	// BecauseFailed.
	Of int
}

// Stop is why a run ended early. It is the first reason met.
type Stop struct {
	Reason StopReason
	// Err is the error of the call for StopAccount, StopQuota, StopHalted and StopLogin,
	// the cause of the context for StopDrained, nil for StopCallLimit.
	Err error
	// RetryAfter is how long, from the moment the item with Err settled, the
	// server asked to wait; 0 if it did not say.
	RetryAfter time.Duration
}

// StopReason is what ended a run early.
type StopReason int

// Every StopReason.
const (
	// StopAccount: an error that holds for the whole account and needs a
	// person: a second 401, a login that cannot be renewed, an expired password,
	// terms not accepted.
	StopAccount StopReason = iota + 1
	// StopQuota: the quota is used up, or the rate limit asks for a pause of
	// more than ten minutes. Time heals it.
	StopQuota
	// StopCallLimit: Policy.MaxCalls attempts were made and more were wanted.
	StopCallLimit
	// StopDrained: a context was done while something was left to start, or
	// calls in flight were broken off. If everything was in flight already and
	// was answered, the run did not end early.
	StopDrained
	// StopHalted: Do or Prepare returned a *Halt.
	StopHalted
	// StopLogin: there is no access token, and Policy.Attempts tries to get one
	// have failed, for trouble that time may heal.
	StopLogin
)

// String is the reason in plain words.
func (s StopReason) String() string {
	switch s {
	case StopAccount:
		return "the account needs attention"
	case StopQuota:
		return "the account's quota is used up"
	case StopCallLimit:
		return "call limit reached"
	case StopDrained:
		return "interrupted"
	case StopHalted:
		return "halted"
	case StopLogin:
		return "no access token for now"
	}
	return fmt.Sprintf("StopReason(%d)", int(s))
}

// Halt is the error with which Do or Prepare stops the run because its own
// bookkeeping failed: nothing new starts, calls in flight finish, the item
// itself is failed.
type Halt struct {
	Err error
	// MayHaveLanded is true where the call had been sent before the
	// bookkeeping failed, and was not certainly without effect. It is also
	// taken from a *provider.Error that Err wraps.
	MayHaveLanded bool
}

// Error is the text of the cause.
func (h *Halt) Error() string { return h.Err.Error() }

// Unwrap gives the cause.
func (h *Halt) Unwrap() error { return h.Err }
