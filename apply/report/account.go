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
	"setpoint/provider/dispatch"
)

// Account writes what became of a run: first what is not done and why, then
// why it ended early and what to do, then the numbers and, of a run whose steps all
// succeeded, the outputs.
//
// Now is the end of the run; times to come are counted from it.
func Account(w io.Writer, a *apply.Account, p *plan.Plan, now time.Time) error {
	var b strings.Builder
	writeUnfinished(&b, a, now)
	if text := next(a, now); text != "" {
		b.WriteString(oneLine(text) + "\n\n")
	}
	for _, note := range notes(a) {
		b.WriteString(oneLine(note) + "\n\n")
	}
	b.WriteString(numbers(a) + "\n")
	if a.Complete() {
		b.WriteString("\n" + completed(a) + "\n")
		if outputs := render.PlannedOutputs(p); outputs != "" {
			b.WriteString("\n" + outputs)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// numbers is the account in a line.
func numbers(a *apply.Account) string {
	c := a.Count()
	return fmt.Sprintf("%d applied, %d unchanged, %d failed, %d not attempted, %d expired, %d unknown. API calls: %d.",
		c.Applied, c.Unchanged, c.Failed, c.NotAttempted, c.Expired, c.Unknown, a.Calls)
}

// notes are what is to be known of a run besides what is not done: whether it was
// saved, what was imported and is declared differently, and what the cloud has
// confirmed and nobody could read back.
func notes(a *apply.Account) []string {
	var all []string
	if a.Unsaved != nil {
		all = append(all, "The state could not be saved. The error says why: mend that and run it again; what is in the journal is taken up then.")
	}
	for _, text := range []string{differing(a), unread(a)} {
		if text != "" {
			all = append(all, text)
		}
	}
	return all
}

// completed is the last line of the account of a run whose steps all succeeded.
func completed(a *apply.Account) string {
	c := a.Count()
	text := "Apply complete! Resources: "
	if c.Imported > 0 {
		text += fmt.Sprintf("%d imported, ", c.Imported)
	}
	text += fmt.Sprintf("%d added, %d changed, %d destroyed", c.Added, c.Changed, c.Destroyed)
	if c.Forgotten > 0 {
		text += fmt.Sprintf(", %d forgotten", c.Forgotten)
	}
	return text + "."
}

// differing names what was imported and is declared differently; "" for nothing.
func differing(a *apply.Account) string {
	if names := those(a, (*apply.Result).Differs); names != "" {
		return "Imported, but not as declared: " + names + ". The next plan shows what would be sent."
	}
	return ""
}

// unread names what the cloud has confirmed and nobody could read back; "" for
// nothing.
func unread(a *apply.Account) string {
	if names := those(a, func(r *apply.Result) bool { return r.Unread != nil }); names != "" {
		return "Confirmed, but not read back: " + names + ". The progress says why."
	}
	return ""
}

// those names the steps that something holds for; "" for none.
func those(a *apply.Account, holds func(*apply.Result) bool) string {
	var names []string
	for i := range a.Results {
		if r := &a.Results[i]; holds(r) {
			names = append(names, r.Step.Address.String())
		}
	}
	return diag.First(names, mostNames)
}

// Bounds that keep the account readable; the progress names every thermostat.
const (
	mostNames = 8  // in a line
	mostLines = 20 // for an outcome
)

// writeUnfinished lists what is not done, those that ended alike in one line,
// the outcomes that need most attention first.
func writeUnfinished(b *strings.Builder, a *apply.Account, now time.Time) {
	for _, outcome := range []apply.Outcome{apply.Failed, apply.Unknown, apply.Expired, apply.NotAttempted} {
		name := outcomeName(outcome)
		left := 0
		for i, g := range unfinished(a, outcome, now, false) {
			if i >= mostLines {
				left += len(g.results)
				continue
			}
			names := diag.First(g.names(), mostNames)
			if len(g.results) > mostNames {
				names = fmt.Sprintf("%d thermostats (%s)", len(g.results), names)
			}
			fmt.Fprintf(b, "  %-13s  %s\n", name, oneLine(names+": "+g.why+"."))
		}
		if left > 0 {
			fmt.Fprintf(b, "  %-13s  %d more: the progress names each, with its reason.\n", name, left)
		}
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
}

// group is results of one outcome for the same reason.
type group struct {
	why     string
	results []*apply.Result
}

func (g *group) names() []string {
	names := make([]string, len(g.results))
	for i, r := range g.results {
		names[i] = r.Step.Address.String()
	}
	return names
}

// unfinished groups the results of an outcome by why it is theirs, and where they
// are placed, by where they are declared too. All is in the plan's order.
func unfinished(a *apply.Account, outcome apply.Outcome, now time.Time, placed bool) []*group {
	type alike struct {
		why, file string
		line      int
	}
	var groups []*group
	known := map[alike]*group{}
	for i := range a.Results {
		r := &a.Results[i]
		if r.Outcome != outcome {
			continue
		}
		key := alike{why: why(a, r, now)}
		if placed {
			key.file, key.line = r.Step.File, r.Step.Line
		}
		g := known[key]
		if g == nil {
			g = &group{why: key.why}
			known[key], groups = g, append(groups, g)
		}
		g.results = append(g.results, r)
	}
	return groups
}

// why says in a sentence without its stop why a step is not done.
func why(a *apply.Account, r *apply.Result, now time.Time) string {
	switch {
	case r.Back != nil:
		return notBack(r, now)
	case r.Outcome == apply.NotAttempted:
		return "because " + held(r)
	case r.Outcome == apply.Expired && r.Step.Action == plan.NoOp:
		return "what is declared is over, so nothing is sent"
	}
	reason, remedy := provider.Reason(r.Err)
	brief := provider.AccountWide(r.Err)
	ended := brief != "" && a.Stop != nil && provider.AccountWide(a.Stop.Err) == brief
	if ended {
		reason = brief + ", which ended the run"
	}
	text := strings.TrimRight(tried(r, reason), ". ")
	if r.Outcome == apply.Unknown {
		text = "sent, and it is not certain whether that took effect; " + text
	}
	if ended || a.Stop != nil && a.Stop.Err != nil && r.Err != nil && r.Err.Error() == a.Stop.Err.Error() {
		return text // what to do stands with the reason for the stop
	}
	if r.RetryAfter > 0 {
		text += ". Try again in " + Wait(r.RetryAfter)
	}
	if remedy != "" {
		text += ". " + strings.TrimRight(remedy, ". ")
	}
	return text
}

// next says why the run ended early, and what to do; "" where there is nothing.
func next(a *apply.Account, now time.Time) string {
	const rest = " it does only what is left."
	if a.Stop == nil {
		if a.Cause() == apply.CauseNone {
			return ""
		}
		switch c := a.Count(); {
		case a.Unsaved != nil && c.Failed+c.NotAttempted+c.Expired+c.Unknown == 0:
			return "" // everything is done; what is left stands with the state
		case c.Failed+c.NotAttempted == 0:
			return "Not everything is certain. What is certain is recorded. Run it again;" + rest
		}
		return "Not everything is done. What is done is recorded: mend what is named and run it again;" + rest
	}
	reason, remedy := provider.Reason(a.Stop.Err)
	reason = strings.TrimRight(reason, ". ")
	if remedy != "" {
		remedy = " " + strings.TrimRight(remedy, ". ") + "."
	}
	switch a.Stop.Reason {
	case dispatch.StopAccount:
		return "The run was stopped, because a person must act: " + reason + "." + remedy + " Then run it again;" + rest
	case dispatch.StopQuota:
		when := " when the quota has returned;"
		if d := a.Stop.RetryAfter; d > 0 {
			// The remedy can only say to wait; the time is better.
			remedy, when = "", fmt.Sprintf(" in %s, after %s;", Wait(d), diag.Minute(now.Add(d)))
		}
		return "The run was stopped, because the account may make no more calls for now: " + reason + "." + remedy + " Run it again" + when + rest
	case dispatch.StopCallLimit:
		return "The run was stopped, because it has made as many calls as --max-calls allows. Run it again;" + rest
	case dispatch.StopDrained:
		return "The run was interrupted. What is done is recorded. Run it again;" + rest
	case dispatch.StopLogin:
		when := " later;"
		if d := a.Stop.RetryAfter; d > 0 {
			when = fmt.Sprintf(" in %s;", Wait(d))
		}
		return "The run was stopped, because without an access token no call can be made: " + reason + "." + remedy + " Run it again" + when + rest
	case dispatch.StopHalted:
		return "The run was stopped, because what it does could not be recorded: " + reason + "." + remedy
	}
	return ""
}

// Wait is a time that is at least as long as d, for people.
func Wait(d time.Duration) string {
	unit := time.Second
	if d >= 2*time.Minute {
		unit = time.Minute
	}
	return Duration((d + unit - 1).Truncate(unit))
}
