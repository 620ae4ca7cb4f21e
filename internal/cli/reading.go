package cli

import (
	"fmt"
	"strings"
	"time"

	"setpoint/apply/report"
	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan/render"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// survey asks thermostats one question.
func (reached *cloud) survey(signals *interrupts, devices []provider.Device, q survey.Question, observe func(survey.Event)) *survey.Report {
	signals.reading.Store(true)
	defer signals.reading.Store(false)
	found := survey.Thermostats(signals.drain, signals.calls, survey.Input{Reader: reached.client, Policy: reached.policy, Observe: observe}, devices, q)
	signals.notes.flush() // before anything that comes of it
	return found
}

// readProgress tells a person who waits what is being read: where a new kind of
// question begins, each wait and each failure and, where there are many, how far
// it is.
type readProgress struct {
	out   *notes
	pace  float64 // calls started per second, 0 for no limit
	name  func(survey.Call) string
	asked survey.Question // what the last line spoke of
	open  int             // questions foreseen, the kind of which was not told yet

	all, done, every int
	pauses           report.Pauses
	told             report.Told
}

// manyReadings is from how many on it is said how far the reading is.
const manyReadings = 20

// newReadProgress tells of thermostats by what a person calls them.
func newReadProgress(out *notes, pace float64, names map[provider.Device]string) *readProgress {
	return &readProgress{out: out, pace: pace, name: func(call survey.Call) string { return names[call.Device] }, told: report.Told{}}
}

// calledBy gives the address of every thermostat that is declared.
func calledBy(declared []config.Thermostat) map[provider.Device]string {
	addresses := make(map[provider.Device]string, len(declared))
	for i := range declared {
		addresses[declared[i].Device] = declared[i].Address.String()
	}
	return addresses
}

// reason is why a call failed, in full where it was not told before.
func (p *readProgress) reason(err error) string {
	if again := p.told.Again(err); again != "" {
		return again
	}
	return survey.Reason(err)
}

func (p *readProgress) observe(e survey.Event) {
	p.say(p.lines(e)...)
}

func (p *readProgress) say(lines ...string) {
	for _, line := range lines {
		// Nobody may be reading; that is no reason to stop.
		_, _ = fmt.Fprintln(p.out, diag.Printable(strings.ReplaceAll(line, "\n", "; ")))
	}
}

// lines are what is said of an event.
func (p *readProgress) lines(e survey.Event) []string {
	switch e := e.(type) {
	case survey.Foreseen:
		p.open, p.all, p.done, p.every = e.Questions, e.Questions, 0, max(e.Questions/10, manyReadings)
	case survey.Started:
		return p.begin(e.Call.Question)
	case survey.Retrying:
		return []string{fmt.Sprintf("%s: %s; again in %s", p.name(e.Call), p.reason(e.Err), report.Duration(e.Wait))}
	case survey.Paused:
		if line := p.pauses.Line(e.Until, e.Err, time.Now()); line != "" {
			return []string{line}
		}
	case survey.Settled:
		return p.settled(e)
	}
	return nil
}

// begin says what is asked from now on, how many calls that takes at least and,
// at the pace that is allowed, how long.
func (p *readProgress) begin(question survey.Question) []string {
	if question == p.asked || p.open == 0 {
		return nil
	}
	p.asked = question
	text := fmt.Sprintf("Reading the %s", question)
	if p.open > 1 {
		text += ", " + diag.Plural(p.open, "call")
	}
	if p.pace > 0 {
		if took := time.Duration(float64(p.open) / max(p.pace, 0.01) * float64(time.Second)); took >= 10*time.Second {
			text += ", about " + report.Wait(took)
		}
	}
	p.open = 0
	return []string{text + "…"}
}

func (p *readProgress) settled(e survey.Settled) []string {
	var lines []string
	p.done++
	if e.Outcome == dispatch.Failed {
		lines = append(lines, fmt.Sprintf("%s: not read: %s", p.name(e.Call), p.reason(e.Err)))
	}
	if p.all >= manyReadings && p.done%p.every == 0 && p.done < p.all && e.Outcome != dispatch.NotAttempted {
		lines = append(lines, fmt.Sprintf("Read %d of %d.", p.done, p.all))
	}
	return lines
}

// remedyOf is what a person can do about it, with a space before; "" if nothing.
func remedyOf(err error) string {
	if _, remedy := provider.Reason(err); remedy != "" {
		return " " + strings.TrimRight(remedy, ". ") + "."
	}
	return ""
}

// cutShort says why a reading ended before everything was asked, and with which
// exit code: 0 where it did not. done is how far it came and what becomes of that,
// a clause; again is what to do then, as in "Run it again". That --max-calls allows
// too little is an error like any other of the command line: 1, in every command.
func cutShort(e *survey.Ending, now time.Time, done, again string) (diag.Diagnostic, int) {
	if e.Stop == nil {
		return diag.Diagnostic{}, 0
	}
	d, stopped := diag.Diagnostic{Severity: diag.Error}, done+". It was stopped by "+survey.Reason(e.Stop.Err)+"."
	switch e.Stop.Reason {
	case dispatch.StopQuota:
		when := "when the quota has returned"
		if e.Returns.After(now) {
			when = fmt.Sprintf("in %s, after %s", report.Wait(e.Returns.Sub(now)), diag.Minute(e.Returns))
		}
		d.Summary, d.Detail = "Quota used up", fmt.Sprintf("%s %s %s.", stopped, again, when)
		return d, codeQuota
	case dispatch.StopAccount:
		d.Summary, d.Detail = "A person must act", fmt.Sprintf("%s%s Then: %s.", stopped, remedyOf(e.Stop.Err), lowerFirst(again))
		return d, codePerson
	case dispatch.StopDrained:
		d.Summary, d.Detail = "Interrupted", fmt.Sprintf("%s. %s.", done, again)
		return d, codeInterrupted
	case dispatch.StopLogin:
		d.Summary, d.Detail = "No access token", fmt.Sprintf("%s%s %s later.", stopped, remedyOf(e.Stop.Err), again)
		return d, codeError
	case dispatch.StopCallLimit, dispatch.StopHalted:
	}
	d.Summary, d.Detail = "Too few calls allowed", done+": --max-calls allows no more. Allow more, or name some with --target."
	return d, codeError
}

// unfinished is cutShort as the error that a command ends with; nil where the
// reading was not cut short.
func unfinished(e *survey.Ending, now time.Time, done, again string) error {
	short, code := cutShort(e, now, done, again)
	if code == 0 {
		return nil
	}
	return &exitError{code, diag.List{short}, retryOf(e, now)}
}

// retryOf is when the quota returns that a reading met.
func retryOf(e *survey.Ending, now time.Time) render.Retry {
	if e.Returns.IsZero() {
		return render.Retry{}
	}
	return render.RetryAfter(e.Returns.Sub(now), now)
}

// allowCalls refuses to read what --max-calls does not allow, before a call is lost.
func allowCalls(devices []provider.Device, maxCalls int) error {
	if maxCalls == 0 || maxCalls >= len(devices) {
		return nil
	}
	be := "are"
	if len(devices) == 1 {
		be = "is"
	}
	return fail("Too few calls allowed", "%s %s to be read, each with a call, but --max-calls allows %d. Allow more, or name some with --target.",
		diag.Plural(len(devices), "thermostat"), be, maxCalls)
}

// howFar is how many of the thermostats were read, and with how many calls.
func howFar(found *survey.Report) string {
	read := 0
	for i := range found.Readings {
		if r := &found.Readings[i]; r.Status.OK() || r.Programs.OK() {
			read++
		}
	}
	return fmt.Sprintf("Read %d of %s with %s", read, diag.Plural(len(found.Readings), "thermostat"), diag.Plural(found.Calls, "call"))
}
