// Package report draws the events and the account of a run. It draws what it
// is given and decides nothing.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"setpoint/apply"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/provider/dispatch"
)

// Progress writes one line for each event of a run, while it happens. It is
// meant for standard error.
type Progress struct {
	w         io.Writer
	reference time.Time
}

// NewProgress writes to w. The reference instant is the plan's; times of
// another year are written with their year.
func NewProgress(w io.Writer, reference time.Time) *Progress {
	return &Progress{w, reference}
}

// Observe takes an event of apply.Run.
func (p *Progress) Observe(e apply.Event) {
	var line string
	switch e := e.(type) {
	case apply.Started:
		line = fmt.Sprintf("%s: setting to %s", e.Step.Address, render.Settings(*e.Step.After, p.reference))
		if e.Attempt > 1 {
			line = fmt.Sprintf("%s: attempt %d", e.Step.Address, e.Attempt)
		}
	case apply.Retrying:
		reason, _ := apply.Reason(e.Err)
		line = fmt.Sprintf("%s: attempt %d of %d failed (%s); again in %s", e.Step.Address, e.Attempt, e.Of, reason, Duration(e.Wait))
	case apply.Paused:
		reason, _ := apply.Reason(e.Err)
		line = fmt.Sprintf("All calls pause for %s: %s", Duration(time.Until(e.Until)), reason)
	case apply.Settled:
		line = settled(e.Result)
	}
	// A progress line that cannot be written is no reason to stop a run.
	_, _ = fmt.Fprintln(p.w, line)
}

func settled(r apply.Result) string {
	name := r.Step.Address.String()
	reason, _ := apply.Reason(r.Err)
	switch r.Outcome {
	case apply.Applied:
		if !r.Step.Call {
			return name + ": " + render.StepText(r.Step, time.Time{})
		}
		text := fmt.Sprintf("%s: done after %s", name, Duration(r.Elapsed))
		if r.Attempts > 1 {
			text += fmt.Sprintf(" (%d attempts)", r.Attempts)
		}
		return text
	case apply.Failed:
		return fmt.Sprintf("%s: failed after %s: %s", name, attempts(r.Attempts), reason)
	case apply.Unknown:
		return fmt.Sprintf("%s: outcome unknown after %s: %s", name, attempts(r.Attempts), reason)
	case apply.Expired:
		return name + ": expired, not sent: " + apply.ErrTooLate.Error()
	case apply.NotAttempted:
		if r.Because != nil {
			return fmt.Sprintf("%s: not attempted, because %s did not succeed", name, r.Because.Address)
		}
		return name + ": not attempted"
	case apply.Unchanged:
	}
	return name + ": unchanged"
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
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", max(d, 0).Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// Account writes what became of a run: first what is not done and why, then
// the numbers, then what to do.
func Account(w io.Writer, p *plan.Plan, a *apply.Account) error {
	var b strings.Builder
	c := a.Count()
	if c.Failed+c.NotAttempted+c.Unknown+c.Expired > 0 || a.Stop != nil {
		b.WriteString(Unfinished(a))
	}
	fmt.Fprintf(&b, "%d applied, %d unchanged, %d failed, %d not attempted, %d expired, %d unknown. API calls: %d.\n",
		c.Applied, c.Unchanged, c.Failed, c.NotAttempted, c.Expired, c.Unknown, a.Calls)
	if a.Complete() {
		fmt.Fprintf(&b, "\nApply complete! Resources: %d added, %d changed, %d destroyed", c.Added, c.Changed, c.Destroyed)
		if c.Forgotten > 0 {
			fmt.Fprintf(&b, ", %d forgotten", c.Forgotten)
		}
		b.WriteString(".\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Unfinished lists the steps that are not done, and why the run ended early.
func Unfinished(a *apply.Account) string {
	var b strings.Builder
	var rest []string
	for i := range a.Results {
		r := &a.Results[i]
		name := r.Step.Address.String()
		reason, remedy := apply.Reason(r.Err)
		if remedy != "" {
			remedy = ". " + strings.TrimSuffix(remedy, ".")
		}
		switch r.Outcome {
		case apply.Failed:
			fmt.Fprintf(&b, "  failed         %s: after %s: %s%s.\n", name, attempts(r.Attempts), strings.TrimSuffix(reason, "."), remedy)
		case apply.Unknown:
			fmt.Fprintf(&b, "  unknown        %s: sent, never answered for certain, after %s: %s%s.\n", name, attempts(r.Attempts), strings.TrimSuffix(reason, "."), remedy)
		case apply.Expired:
			fmt.Fprintf(&b, "  expired        %s: %s.\n", name, expiredText(r))
		case apply.NotAttempted:
			if r.Because == nil {
				rest = append(rest, name)
				continue
			}
			fmt.Fprintf(&b, "  not attempted  %s: because of %s.\n", name, r.Because.Address)
		case apply.Applied, apply.Unchanged:
		}
	}
	const mostNames = 8
	if len(rest) > mostNames {
		rest = append(rest[:mostNames:mostNames], fmt.Sprintf("and %d more", len(rest)-mostNames))
	}
	if len(rest) > 0 {
		fmt.Fprintf(&b, "  not attempted  %s: because the run ended before.\n", strings.Join(rest, ", "))
	}
	if text := stopText(a.Stop); text != "" {
		b.WriteString("\n" + text + "\n")
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	return b.String()
}

func expiredText(r *apply.Result) string {
	if r.Step.Action == plan.NoOp {
		return "what is declared is over, so nothing is sent"
	}
	return apply.ErrTooLate.Error() + ", so nothing was sent"
}

func stopText(s *dispatch.Stop) string {
	if s == nil {
		return ""
	}
	reason, remedy := apply.Reason(s.Err)
	after := ""
	if s.RetryAfter > 0 {
		after = fmt.Sprintf(" Run it again in %s.", Duration(s.RetryAfter))
	}
	text := ""
	switch s.Reason {
	case dispatch.StopAccount:
		text = "The run was stopped, because a person must act: " + reason + "."
	case dispatch.StopQuota:
		text = "The run was stopped, because the account may make no more calls for now: " + reason + "."
	case dispatch.StopCallLimit:
		text = "The run was stopped, because --max-calls was reached. Run it again: it makes only the calls that are still needed."
	case dispatch.StopDrained:
		text = "Interrupted. What is done is recorded; run it again for the rest."
	case dispatch.StopHalted:
		text = "The run was stopped, because it could not be recorded: " + reason + "."
	}
	if remedy != "" {
		text += " " + remedy
	}
	return text + after
}
