package cli

import (
	"fmt"
	"io"
	"strings"

	"setpoint/apply/report"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/render"
)

// textView shows a command as text: on standard output the plan and the
// account, on standard error everything else.
type textView struct {
	*app
	full      bool
	operation string // "" where none was started
	plan      *plan.Plan
	notes     *notes // nil where no calls can be in flight
	readings  *readProgress
	calls     *report.Progress
	concluded bool // there was an account
}

func (v *textView) progress() io.Writer { return v.Stderr }

func (v *textView) observe(e event) error {
	switch e := e.(type) {
	case started:
		v.operation = e.operation
	case watched:
		v.notes = e.notes
	case diagnosed:
		v.writeDiagnostics(e.list)
	case reading:
		v.reading(e)
	case planned:
		return v.planned(e)
	case concluded:
		if e.HasChanges() {
			v.write("\nDigest of these steps: %s (apply --expect %s does these or nothing).\n", e.Digest(), e.Digest())
		}
	case performed:
		v.calls.Observe(e.Event)
	case interrupted:
		v.notes.offer("\n" + sentence(e) + "\n")
	case brokenOff:
		v.notes.offer(sentence(e) + "\n")
	case accounted:
		return v.accounted(e)
	case ended:
		return v.ended(e.code)
	default:
		v.note(e)
	}
	return nil
}

// note writes what is said in a sentence or two.
func (v *textView) note(e event) {
	switch e := e.(type) {
	case simulating, stateAbsent, lockAwaited, recovered, refreshed:
		if text := sentence(e); text != "" {
			v.write("%s\n\n", text)
		}
	case saved, withdrawn:
		v.write("%s\n", sentence(e))
	case asking:
		v.write("\nDo this? Only yes is accepted: ")
	case answered:
		v.write("\n")
	case verifying:
		_, _ = fmt.Fprintf(v.notes, "\n%s\n", sentence(e))
	case unrecorded: // to standard error, as standard output may lie on the disk that is full
		v.write("%s Save what follows up to its closing brace as known.json, mend the cause, "+
			"then: setpoint state push known.json\n\n%s\n", e.why(), e.known)
	default: // nothing that is said so
	}
}

// sentence is an event in a sentence or two, "" where that says nothing.
func sentence(e event) string {
	switch e := e.(type) {
	case simulating:
		return fmt.Sprintf("Simulated: house and record are in %s; remove that folder to begin anew.", e.folder)
	case stateAbsent:
		return fmt.Sprintf("There is no state at %s yet: every thermostat counts as never applied.", e.path)
	case lockAwaited:
		return fmt.Sprintf("Waiting up to %s for the lock of the state: %s.", e.timeout, e.holder)
	case recovered:
		return recoveryText(e)
	case refreshed:
		return fmt.Sprintf("Read %s with %s.", diag.Plural(e.thermostats, "thermostat"), diag.Plural(e.calls, "call"))
	case saved:
		return fmt.Sprintf("Saved to %s. To do exactly this: setpoint apply %s%s", e.path, diag.ShellWord(e.path), e.again)
	case withdrawn:
		return "Nothing was sent."
	case verifying:
		bound := fmt.Sprintf(" (at most %d)", e.most)
		if e.most < e.calls {
			bound = fmt.Sprintf(", of which --max-calls allows %d", e.most)
		}
		return fmt.Sprintf("Each thermostat is read back when all calls are made. API calls besides: %d%s.", e.calls, bound)
	case interrupted:
		return fmt.Sprintf("Interrupted: nothing new is sent; calls in flight may finish within %s. Interrupt again to break them off.", e.grace)
	case brokenOff:
		return "Calls in flight are broken off and recorded as unknown."
	default: // what is more than a sentence
		return ""
	}
}

// write writes to standard error. If that cannot be written there is nobody left
// to tell.
func (v *textView) write(format string, args ...any) {
	_, _ = fmt.Fprintf(v.Stderr, format, args...)
}

func (v *textView) writeDiagnostics(list diag.List) {
	_ = diag.WriteText(v.Stderr, list.Sorted(), diag.TextOptions{Width: width(v.Stderr), Color: v.color(v.Stderr)})
	v.write("\n")
}

func (v *textView) reading(e reading) {
	if v.readings == nil {
		v.readings = newReadProgress(v.notes, e.pace, calledBy(e.declared))
	}
	v.readings.observe(e.Event)
}

// planned shows a plan. One from a file was seen before, unless there is nothing
// to do.
func (v *textView) planned(e planned) error {
	v.plan, v.calls = e.Plan, report.NewProgress(v.notes, e.Made)
	if e.fromFile && e.HasChanges() {
		return nil
	}
	return v.answerPlan(e.Plan)
}

func (v *textView) answerPlan(p *plan.Plan) error {
	var b strings.Builder
	if err := render.Text(&b, p, render.TextOptions{Width: width(v.Stdout), Color: v.color(v.Stdout), Full: v.full}); err != nil {
		return err
	}
	return v.answer(b.String())
}

// accounted writes the account after the progress, which it sums up.
func (v *textView) accounted(e accounted) error {
	v.concluded = true
	var b strings.Builder
	if err := report.Account(&b, e.Account, v.plan, e.at); err != nil {
		return err
	}
	v.notes.flush()
	return v.notes.guard(func() error { return v.deliver("\n" + b.String()) })
}

// ended writes the outputs of an apply that has nothing to do, which are as they
// were.
func (v *textView) ended(code int) error {
	if code != codeDone || v.concluded || v.plan == nil || v.operation == "plan" {
		return nil
	}
	outputs := render.PlannedOutputs(v.plan)
	if outputs == "" {
		return nil
	}
	return v.answer("\n" + outputs)
}
