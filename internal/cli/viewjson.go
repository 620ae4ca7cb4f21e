package cli

import (
	"encoding/json"
	"io"
	"time"

	"setpoint/apply"
	"setpoint/apply/report"
	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/provider/dispatch"
)

// jsonView shows a command as JSON, one object a line, all of it on standard
// output. Standard error is left for the case that this cannot be written.
type jsonView struct {
	*app
	out       *steady
	notes     *notes // nil where no calls can be in flight
	begun     bool   // the first line is written
	told      bool   // that standard output cannot be written
	operation string // "" where none was started
	config    *config.Config
	plan      *plan.Plan
	budget    render.CallBudget
	lines     *report.Lines
	readings  *report.ReadingLines
	policy    *dispatch.Policy // calls are made
	readCalls int              // made before the plan
	account   *apply.Account   // what became of the run; nil until that is known
}

func (v *jsonView) progress() io.Writer { return v.out }

// stream is where the next lines go; the first one is written if it was not yet.
func (v *jsonView) stream() *render.Stream {
	s := render.NewStream(routed{v})
	if !v.begun {
		v.begun = true
		_ = s.Version(Version) // that it cannot be written shows later
	}
	return s
}

// broken tells whether something could not be written.
func (v *jsonView) broken() bool {
	if v.notes != nil {
		v.notes.flush()
	}
	return v.out.problem() != nil
}

// written fails once where something could not be written.
func (v *jsonView) written() error {
	if !v.broken() || v.told {
		return nil
	}
	v.told = true
	return fail("Answer not written", "Standard output: %s.", cause(v.out.problem()))
}

func (v *jsonView) observe(e event) error {
	switch e := e.(type) {
	case started:
		v.operation = e.operation
	case configured:
		v.config = e.Config
	case watched:
		v.notes = e.notes
		v.stream() // an interrupt may come before anything else, from another goroutine
	case diagnosed:
		v.diagnostics(e)
	case reading:
		v.reading(e)
	case calling:
		v.calling(e.policy)
	case planned:
		return v.planned(e.Plan)
	case performed:
		v.lines.Observe(e.Event)
	case verifying:
		v.budget.Calls, v.budget.Most = v.budget.Calls+e.calls, v.budget.Most+e.most
		_ = v.stream().Log(render.LevelInfo, sentence(e))
	case interrupted, brokenOff:
		_ = render.NewStream(offering{v.notes}).Log(render.LevelWarn, sentence(e))
	case accounted:
		v.account = e.Account
		v.conclude(e.Account, e.at)
		return v.written()
	case unrecorded:
		v.unrecorded(e)
	case ended:
		return v.ended(e.code)
	default:
		if text := sentence(e); text != "" {
			_ = v.stream().Log(render.LevelInfo, text)
		}
	}
	return nil
}

// diagnostics writes a line each. Where standard output is the trouble, text on
// standard error is the last resort.
func (v *jsonView) diagnostics(e diagnosed) {
	for _, d := range e.list.Sorted() {
		_ = v.stream().Diagnostic(d, e.retry)
	}
	if v.broken() {
		(&textView{app: v.app}).writeDiagnostics(e.list)
	}
}

// planned writes a plan, also one from a file: whoever follows the stream has not
// seen it.
func (v *jsonView) planned(p *plan.Plan) error {
	count := p.Count()
	v.plan, v.budget = p, render.CallBudget{Calls: count.Calls, Most: count.MostCalls}
	if err := v.stream().Plan(p); err != nil && v.out.problem() == nil {
		return err
	}
	if v.operation != "plan" {
		v.lines = report.NewLines(v.stream(), p.Made, v.locate)
	}
	return v.written()
}

// locate adds the place where the thermostat of a diagnostic is declared.
func (v *jsonView) locate(d diag.Diagnostic) diag.Diagnostic {
	if v.config == nil {
		return d
	}
	return locate(v.config, []plan.Notice{{Severity: d.Severity, Address: d.Address, Summary: d.Summary, Detail: d.Detail}}, "")[0]
}

// calling counts the calls that are made before there is a plan.
func (v *jsonView) calling(policy *dispatch.Policy) {
	if policy == nil && v.policy != nil && v.plan == nil {
		v.readCalls = v.policy.Account.Calls()
	}
	v.policy = policy
}

// reading writes what happens while thermostats are read, before a plan.
func (v *jsonView) reading(e reading) {
	if v.readings == nil {
		words := newReadProgress(nil, e.pace, calledBy(e.declared))
		v.readings = report.NewReadingLines(v.stream(), e.declared, words.lines, v.locate)
	}
	v.readings.Observe(e.Event)
}

// unrecorded writes the state that could be saved nowhere; where the stream lies
// on the disk that is full, as text to standard error.
func (v *jsonView) unrecorded(e unrecorded) {
	message := e.why() + ` Save what "state" holds as known.json, mend the cause, then: setpoint state push known.json`
	_ = v.stream().Line(render.LevelError, "unrecorded_state", message, struct {
		State json.RawMessage `json:"state"`
	}{e.known})
	if v.broken() {
		_ = (&textView{app: v.app}).observe(e)
	}
}

// ended writes the numbers, which are the last line of every apply, also of one
// that has begun nothing.
func (v *jsonView) ended(code int) error {
	if v.operation == "" || v.operation == "plan" {
		return nil
	}
	return sayLast(code, func() error { return v.sayNumbers(code) })
}

func (v *jsonView) sayNumbers(code int) error {
	account, text := v.account, ""
	if account == nil {
		account = &apply.Account{}
		if v.plan != nil {
			account = apply.NotBegun(v.plan)
		}
		account.Calls = v.readCalls
		if code == codeDone {
			v.conclude(account, v.now)
		} else {
			text = "Nothing was applied."
			_ = v.stream().CallBudget(v.spent(account))
		}
	}
	_ = report.Changes(v.stream(), account, v.operation, text)
	return v.written()
}

// conclude writes what became of a run, but for the numbers.
func (v *jsonView) conclude(account *apply.Account, at time.Time) {
	_ = v.lines.Account(account, v.plan, v.spent(account), at) // what went wrong is asked for next
}

// spent is the budget with what reading has taken of it, and all calls made.
func (v *jsonView) spent(account *apply.Account) render.CallBudget {
	b := v.budget
	b.Calls, b.Most, b.Made = b.Calls+v.readCalls, b.Most+v.readCalls, &account.Calls
	return b
}
