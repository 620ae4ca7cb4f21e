// Package report draws the events and the account of a run. It draws what it
// is given and decides nothing.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"setpoint/apply"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/provider"
)

// Progress writes at most one line for each event of a run, while it happens. It
// is meant for standard error.
type Progress struct {
	w         io.Writer
	reference time.Time
	pauses    Pauses
	told      Told
}

// NewProgress writes to w. The reference instant is the plan's; times of
// another year are written with their year.
func NewProgress(w io.Writer, reference time.Time) *Progress {
	return &Progress{w: w, reference: reference, told: Told{}}
}

// Observe takes an event of apply.Run.
func (p *Progress) Observe(e apply.Event) {
	var line string
	switch e := e.(type) {
	case apply.Started:
		line = p.started(e)
	case apply.Retrying:
		line = p.retrying(e)
	case apply.Paused:
		if line = p.paused(e); line == "" {
			return
		}
	case apply.Settled:
		line = p.settled(&e.Result)
	case apply.Verified:
		line = p.verified(&e.Result)
	}
	// A progress line that cannot be written is no reason to stop a run.
	_, _ = fmt.Fprintln(p.w, oneLine(line))
}

func (p *Progress) started(e apply.Started) string {
	switch {
	case e.Attempt > 1:
		return fmt.Sprintf("%s: attempt %d", e.Step.Address, e.Attempt)
	case e.Step.Action == plan.Import:
		return fmt.Sprintf("%s: reading its status", e.Step.Address)
	case e.Step.Action == plan.Destroy:
		return fmt.Sprintf("%s: leaving it at %s", e.Step.Address, render.Settings(*e.Step.After, p.reference))
	}
	return fmt.Sprintf("%s: setting to %s", e.Step.Address, render.Settings(*e.Step.After, p.reference))
}

func (p *Progress) retrying(e apply.Retrying) string {
	return fmt.Sprintf("%s: attempt %d of %d failed (%s); again in %s", e.Step.Address, e.Attempt, e.Of, p.reason(e.Err), Duration(e.Wait))
}

// paused is "" where the pause has been told.
func (p *Progress) paused(e apply.Paused) string { return p.pauses.Line(e.Until, e.Err, time.Now()) }

func (p *Progress) settled(r *apply.Result) string {
	name := r.Step.Address.String() + ": "
	switch r.Outcome {
	case apply.Applied:
		if !r.Step.Call {
			return name + render.StepText(r.Step, p.reference)
		}
		text := name + "done after " + Duration(r.Elapsed)
		if r.Read != nil {
			text = name + "imported as " + render.Settings(*r.Read, p.reference) + " after " + Duration(r.Elapsed)
		}
		if r.Attempts > 1 {
			text += " and " + attempts(r.Attempts)
		}
		return text
	case apply.Failed:
		return name + "failed, " + tried(r, p.reason(r.Err))
	case apply.Unknown:
		return name + "outcome unknown, " + tried(r, p.reason(r.Err))
	case apply.Expired:
		return name + "expired, " + tried(r, p.reason(r.Err))
	case apply.NotAttempted:
		return name + "not attempted, because " + held(r)
	case apply.Unchanged:
	}
	return name + "unchanged"
}

func (p *Progress) verified(r *apply.Result) string {
	name := r.Step.Address.String() + ": "
	switch {
	case r.Back != nil:
		return name + notBack(r, p.reference)
	case r.Unread != nil:
		reason, _ := provider.Reason(r.Unread)
		return name + "not read back: " + reason
	}
	return name + "read back as set"
}

// notBack says that something else was read than was confirmed.
func notBack(r *apply.Result, reference time.Time) string {
	return "confirmed, but read back as " + render.Settings(*r.Back, reference) + " instead of " + render.Settings(*r.Step.After, reference)
}

// reason is what went wrong, in full where it was not told before.
func (p *Progress) reason(err error) string {
	if again := p.told.Again(err); again != "" {
		return again
	}
	reason, _ := provider.Reason(err)
	return reason
}

// tried says after how many tries a step ended, and why.
func tried(r *apply.Result, reason string) string {
	switch {
	case !r.Step.Call:
		return "not recorded: " + reason
	case r.Attempts == 0 && r.Step.Action == plan.Import:
		return "not read: " + reason
	case r.Attempts == 0:
		return "not sent: " + reason
	}
	return "after " + attempts(r.Attempts) + ": " + reason
}

// held says what kept a step from being attempted.
func held(r *apply.Result) string {
	if r.Because != nil {
		return r.Because.Address.String() + " did not succeed"
	}
	return "the run ended before"
}

func attempts(n int) string {
	if n == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", n)
}

// Duration is a time for people: milliseconds below a second, tenths of a
// second below ten, whole units above.
func Duration(d time.Duration) string {
	d = max(d, 0)
	minutes := d.Round(time.Minute) / time.Minute
	switch {
	case d.Round(time.Millisecond) < time.Second:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond)/time.Millisecond)
	case d.Round(time.Second/10) < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d.Round(time.Second) < 2*time.Minute:
		return fmt.Sprintf("%d s", d.Round(time.Second)/time.Second)
	case minutes < 120:
		return fmt.Sprintf("%d min", minutes)
	}
	return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
}

// oneLine makes one harmless line of foreign text.
func oneLine(s string) string {
	return diag.Printable(strings.ReplaceAll(s, "\n", "; "))
}
