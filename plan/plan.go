// Package plan is the pure difference between what is wanted, what was last
// applied and what time it is, and the file that keeps it.
//
// It does no input or output, reads no clock and draws no random number: the
// same inputs give the same plan, to the byte.
package plan

import (
	"encoding/json"
	"time"

	"setpoint/config/address"
	"setpoint/plan/state"
	"setpoint/provider"
)

// Action is what a step does. The zero value is none.
type Action string

// The actions.
const (
	// NoOp leaves everything as it is.
	NoOp Action = "no-op"
	// Add sets a thermostat for the first time.
	Add Action = "add"
	// Change sets a thermostat to something else, or again.
	Change Action = "change"
	// Exchange forgets the device under an address, whatever it is set to, and
	// sets another one for the first time.
	Exchange Action = "exchange"
	// Destroy sends the status to leave behind, then forgets the thermostat.
	Destroy Action = "destroy"
	// Forget stops managing a thermostat without a call.
	Forget Action = "forget"
	// Move records a thermostat under another address and does nothing else. Other
	// actions can do so besides: see Step.Moved.
	Move Action = "move"
	// Import reads a thermostat and records it as it is.
	Import Action = "import"
)

// Reason says why a step is taken where its action alone does not.
type Reason string

// The reasons.
const (
	// ReasonNone: the difference speaks for itself.
	ReasonNone Reason = ""
	// ReasonUnknown: the last call was sent and never answered for certain.
	ReasonUnknown Reason = "unknown"
	// ReasonSuperseded: since this was set, the device was set under another address.
	ReasonSuperseded Reason = "superseded"
	// ReasonRequested: the command line asked to send it again.
	ReasonRequested Reason = "requested"
	// ReasonExpired: what is declared is over, so nothing is sent any more.
	ReasonExpired Reason = "expired"
	// ReasonUndeclared: the block is gone.
	ReasonUndeclared Reason = "undeclared"
	// ReasonReadressed: the address gives up its device, which is declared under another one.
	ReasonReadressed Reason = "readdressed"
	// ReasonRemoved: a removed block asks to forget it.
	ReasonRemoved Reason = "removed"
	// ReasonDestroyAll: the command line asked to give up every thermostat.
	ReasonDestroyAll Reason = "destroy"
	// ReasonRecord: only what to leave behind on removal has changed, which is
	// recorded without a call.
	ReasonRecord Reason = "record"
	// ReasonDrift: somebody else has set it, so it is put back.
	ReasonDrift Reason = "drift"
	// ReasonAdopted: what was read is taken into the record without a call.
	ReasonAdopted Reason = "adopted"
	// ReasonObserved: what was read is what is wanted, so it is recorded without a call.
	ReasonObserved Reason = "observed"
)

// Step is what happens to one address.
type Step struct {
	Address address.Address `json:"address"`
	// Moved is the address that it was recorded under if that is another one, else "".
	Moved  string `json:"moved,omitempty"`
	Action Action `json:"action"`
	Reason Reason `json:"reason,omitempty"`
	// Call tells whether the step makes a call: with Import one that reads, else
	// one that sets.
	Call bool `json:"call"`
	// Device is the thermostat that is called or, without a call, managed from
	// then on; with Forget the one that is given up.
	Device provider.Device `json:"device"`
	// Before is the record the step was made from, nil if there was none.
	Before *state.Entry `json:"before,omitempty"`
	// Seen is what was read of it; nil where nobody has looked. Outside is what is
	// made of that where somebody else has set it.
	Seen    *Seen   `json:"seen,omitempty"`
	Outside Outside `json:"outside,omitempty"`
	// Record is what is recorded of a reading without a call; nil for nothing.
	Record *state.Entry `json:"record,omitempty"`
	// After is what the thermostat is set to by then, with Destroy what it is
	// left with, with Import what is declared and not sent; nil with Forget and
	// where nothing was or will be set. A boost that is to be sent has no interval
	// yet.
	After *provider.Settings `json:"after,omitempty"`
	// Ignored are, with Import, the attributes of After that do not matter.
	Ignored []string `json:"ignored,omitempty"`
	// OnRemove is the status to leave behind that is recorded with it.
	OnRemove *provider.Settings `json:"on_remove,omitempty"`
	// TimeZone is the plant's, an IANA name; "" where none is declared.
	TimeZone string `json:"time_zone,omitempty"`
	// Until is the instant of After's end, zero where there is none or where
	// it follows from the moment of sending (boost).
	Until time.Time `json:"until,omitzero"`
	// DependsOn are the groups (address.Address.Groups) that must have
	// succeeded before this step is taken.
	DependsOn []string `json:"depends_on,omitempty"`
	// File and Line are where the thermostat is declared, or the removed block that
	// decides about it; "" and 0 where there is neither.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// Output is what happens to one output. Before and After are nil where there is
// none. A sensitive value is in neither, nor is in Before one that was recorded
// before it was declared sensitive.
type Output struct {
	Name      string        `json:"name"`
	Sensitive bool          `json:"sensitive,omitempty"`
	Before    *state.Output `json:"before,omitempty"`
	After     *state.Output `json:"after,omitempty"`
}

// Changed tells whether the record of the output changes.
func (o Output) Changed() bool {
	if o.Before == nil || o.After == nil {
		return o.Before != o.After
	}
	return !o.Before.Equal(*o.After)
}

// Plan is everything that an apply will do, in order.
type Plan struct {
	SetpointVersion string    `json:"setpoint_version"`
	Made            time.Time `json:"planned_at"` // the planning instant, UTC
	// Configuration is the digest of the configuration's files.
	Configuration string `json:"configuration"`
	// Variables are the values of all variables that are not sensitive.
	Variables map[string]json.RawMessage `json:"variables"`
	// Lineage and Serial are those of the state; "" and 0 where there is none yet.
	Lineage string `json:"lineage"`
	Serial  uint64 `json:"serial"`
	// Refreshed tells that thermostats were read for it, RefreshOnly that it does
	// nothing but adopt what was read.
	Refreshed   bool `json:"refreshed,omitempty"`
	RefreshOnly bool `json:"refresh_only,omitempty"`
	// Destroy tells that every thermostat is given up.
	Destroy bool `json:"destroy,omitempty"`
	// Targets are the addresses the plan is limited to, nil for all.
	Targets []string `json:"targets,omitempty"`
	// Attempts and MostCalls bound the calls: attempts of one call, calls of a run (0: no bound).
	Attempts  int `json:"attempts"`
	MostCalls int `json:"max_calls,omitempty"`
	// CallsMade are those of MostCalls that the same run made to read; 0 in a plan for later.
	CallsMade int `json:"calls_made,omitempty"`
	// Managed is the number of thermostats in the state.
	Managed int      `json:"managed"`
	Steps   []Step   `json:"steps"`
	Outputs []Output `json:"outputs,omitempty"`
	Checks  []Check  `json:"checks,omitempty"`
}

// Counts are the numbers of a plan.
type Counts struct {
	Add, Change, Destroy, Forget, Import, NoOp int
	// Moved are the thermostats that stay managed under another address, whatever
	// else is done to them; each is counted under its action, too, unless that is Move.
	Moved int
	// Observed are the changes that only record what was read.
	Observed int
	// Calls are the calls if each succeeds at once; MostCalls with all retries.
	Calls, MostCalls int
}

// Count counts the steps. An exchange is one to add and one to forget.
func (p *Plan) Count() Counts {
	var c Counts
	for i := range p.Steps {
		switch p.Steps[i].Action {
		case NoOp:
			c.NoOp++
		case Add:
			c.Add++
		case Change:
			c.Change++
		case Exchange:
			c.Add++
			c.Forget++
		case Destroy:
			c.Destroy++
		case Forget:
			c.Forget++
		case Import:
			c.Import++
		case Move:
		}
		if a := p.Steps[i].Action; p.Steps[i].Moved != "" && a != Forget && a != Destroy {
			c.Moved++
		}
		if p.Steps[i].Call {
			c.Calls++
		}
		if p.Steps[i].Record != nil {
			c.Observed++
		}
	}
	c.MostCalls = c.Calls * p.Attempts
	if p.MostCalls > 0 {
		c.MostCalls = min(c.MostCalls, max(p.MostCalls-p.CallsMade, 0))
	}
	return c
}

// HasChanges tells whether an apply would do anything, to a thermostat or to
// the record.
func (p *Plan) HasChanges() bool {
	for i := range p.Steps {
		if p.Steps[i].Action != NoOp {
			return true
		}
	}
	for _, o := range p.Outputs {
		if o.Changed() {
			return true
		}
	}
	return false
}
