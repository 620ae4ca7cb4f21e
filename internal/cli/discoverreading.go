package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"setpoint/apply/report"
	"setpoint/config/diag"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// surveyProgress tells a person who waits what is being read.
type surveyProgress struct {
	w     io.Writer
	pace  float64 // calls started per second, 0 for no limit
	name  func(survey.Call) string
	asked survey.Question // what the last line spoke of
	open  int             // questions foreseen and not yet begun
}

// observe writes a line where a new kind of question begins, and one for each
// wait.
func (p *surveyProgress) observe(e survey.Event) {
	switch e := e.(type) {
	case survey.Foreseen:
		p.open = e.Questions
	case survey.Started:
		if e.Call.Question == p.asked || p.open == 0 {
			return
		}
		p.asked = e.Call.Question
		text := fmt.Sprintf("Reading the %s", e.Call.Question)
		if p.open > 1 {
			text += fmt.Sprintf(", %s", plural(p.open, "call"))
		}
		if took := time.Duration(float64(p.open) / max(p.pace, 0.01) * float64(time.Second)); p.pace > 0 && took >= 5*time.Second {
			text += fmt.Sprintf(", about %s", report.Duration(took.Round(time.Second)))
		}
		p.open = 0
		fmt.Fprintf(p.w, "%s\n", text+"…")
	case survey.Retrying:
		fmt.Fprintf(p.w, "%s: %s; again in %s\n", p.name(e.Call), reasonOf(e.Err), report.Duration(e.Wait))
	case survey.Paused:
		fmt.Fprintf(p.w, "The account's rate limit holds back all calls until %s\n", e.Until.UTC().Format("15:04:05 UTC"))
	}
}

// reasonOf is why a call failed, in one line.
func reasonOf(err error) string {
	var failed *provider.Error
	if errors.As(err, &failed) {
		return diag.Printable(strings.TrimRight(failed.Reason(), ". "))
	}
	if err == nil {
		return "not read"
	}
	return diag.Printable(err.Error())
}

// remedyOf is what a person can do about it, with a space before; "" if nothing.
func remedyOf(err error) string {
	var failed *provider.Error
	if errors.As(err, &failed) && failed.Remedy != "" {
		return " " + strings.TrimRight(failed.Remedy, ". ") + "."
	}
	return ""
}

// cutShort says why a survey ended early and with which exit code, code 0 where
// it did not. Again is what to do then, "run it again", and rest what that means.
func cutShort(e *survey.Ending, now time.Time, again, rest string) (diag.Diagnostic, int) {
	d := diag.Diagnostic{Severity: diag.Error, Summary: "Reading cut short"}
	if e.Stop == nil {
		return d, 0
	}
	switch e.Stop.Reason {
	case dispatch.StopAccount:
		d.Detail = fmt.Sprintf("A person must act: %s.%s Then %s%s.", reasonOf(e.Stop.Err), remedyOf(e.Stop.Err), again, rest)
		return d, codePerson
	case dispatch.StopQuota:
		when := "when the quota has returned"
		if !e.Returns.IsZero() {
			wait := e.Returns.Sub(now).Round(time.Second)
			when = fmt.Sprintf("in %s, after %s", report.Duration(wait), e.Returns.UTC().Format("2006-01-02 15:04:05 UTC"))
		}
		d.Detail = fmt.Sprintf("The account may make no more calls for now: %s. %s %s%s.", reasonOf(e.Stop.Err), upperFirst(again), when, rest)
		return d, codeQuota
	case dispatch.StopDrained:
		d.Summary, d.Detail = "Interrupted", upperFirst(again)+rest+"."
		return d, codeInterrupted
	case dispatch.StopCallLimit, dispatch.StopHalted:
	}
	d.Detail = fmt.Sprintf("%s. %s%s.", upperFirst(reasonOf(e.Stop.Err)), upperFirst(again), rest)
	return d, codeIncomplete
}
