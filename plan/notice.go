package plan

import (
	"fmt"
	"strings"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan/state"
	"setpoint/provider"
)

// Notice is something a person should know about a plan. It names an address
// and an attribute, to which whoever has the files adds the place, or the place
// of a block that is about addresses.
type Notice struct {
	Severity  diag.Severity
	Address   string        // "" where it is about the whole plan
	Attribute string        // "" where it is about the whole thermostat
	Place     *config.Place // of the block it is about, nil where the address tells
	Summary   string
	Detail    string
}

func (m *maker) notice(severity diag.Severity, at, attribute, summary, format string, args ...any) {
	m.notices = append(m.notices, Notice{severity, at, attribute, nil, summary, fmt.Sprintf(format, args...)})
}

func (m *maker) noticeIn(place *config.Place, severity diag.Severity, summary, format string, args ...any) {
	m.notices = append(m.notices, Notice{severity, "", "", place, summary, fmt.Sprintf(format, args...)})
}

func (m *maker) warnNeverApplied(t *config.Thermostat) {
	m.notice(diag.Warning, t.Address.String(), "until", "Over before it was applied",
		"%s is wanted until %s, which is over or less than a minute ahead, and there is no record under this address that it was applied. "+
			"Nothing is sent. Choose a later time, or declare what is wanted now.", t.Address, t.Settings.End)
}

func (m *maker) warnNeverConfirmed(t *config.Thermostat, entry state.Entry) {
	if entry.Settings.Mode == provider.Boost {
		m.notice(diag.Warning, t.Address.String(), "mode", "Expired, never confirmed",
			"A boost of %d minutes until %s was sent to %s and never answered for certain; it is over, so it is not sent again. "+
				"To send it all the same: --replace %s.", entry.Settings.BoostMinutes, entry.Settings.End, t.Address, diag.ShellWord(t.Address.String()))
		return
	}
	m.notice(diag.Warning, t.Address.String(), "until", "Expired, never confirmed",
		"Mode %q until %s was sent to %s and never answered for certain; that time is over or less than a minute ahead, so it is not "+
			"sent again. Declare what is wanted now.", entry.Settings.Mode, entry.Settings.End, t.Address)
}

func (m *maker) warnNotRepeated(t *config.Thermostat) {
	m.notice(diag.Warning, t.Address.String(), "until", "Over, not sent again",
		"--replace asks to send %s again, but it is wanted until %s, which is over or less than a minute ahead. Nothing is sent. "+
			"Choose a later time, or declare what is wanted now.", t.Address, t.Settings.End)
}

// warnOfForgetting warns of thermostats that nobody will manage any more, and of
// a plan that gives up much of the house.
func (m *maker) warnOfForgetting() {
	remedy := "bring its block back with an on_remove block, apply, then remove it"
	if m.Destroy {
		remedy = "give its block an on_remove block, apply, then destroy"
	}
	var given, set int
	var left []string
	for i := range m.plan.Steps {
		step := &m.plan.Steps[i]
		if step.Action == Destroy && step.File == "" { // else a removed block said so
			given, set = given+1, set+1
		}
		if step.Action != Forget && step.Action != Exchange || step.Reason == ReasonReadressed || step.Reason == ReasonRemoved {
			continue // another address has it, or it was said in so many words
		}
		given++
		if step.Action == Exchange || step.Reason == ReasonExpired {
			continue // the device may be gone
		}
		if s := step.Before.Settings; s.End.IsZero() && (s.Mode == provider.Manual || s.Mode == provider.Off) {
			left = append(left, fmt.Sprintf("%s (%s)", step.Address, s.Mode))
		}
	}
	if len(left) > 0 {
		m.notice(diag.Warning, "", "", "Left as it is for ever", "No longer managed, and in this mode until somebody changes it: %s. If something else is meant, %s.",
			diag.Few(left), remedy)
	}
	if m.Destroy || given < 2 || given*10 <= m.plan.Managed { // one is seen in the plan
		return
	}
	first := ""
	if set > 0 {
		first = fmt.Sprintf(", %d of them after setting them to what on_remove says", set)
	}
	m.notice(diag.Warning, "", "", "Many thermostats given up",
		"This plan gives up %d of %d managed thermostats, more than a tenth%s. If that is not meant, look for a file, a variable or a plant's id that is wrong or missing.",
		given, m.plan.Managed, first)
}

// warnOfRenaming warns of calls that are made only because a thermostat has
// another name than in the record.
func (m *maker) warnOfRenaming() {
	was := map[provider.Device]*Step{}
	for i := range m.plan.Steps {
		if step := &m.plan.Steps[i]; step.Action == Forget && step.Reason == ReasonReadressed {
			was[step.Device] = step
		}
	}
	if len(was) == 0 {
		return
	}
	m.warnOfHalfRenaming(was)
	var renamed []string
	for i := range m.plan.Steps {
		step := &m.plan.Steps[i]
		old, ok := was[step.Device]
		if !ok || step.Action != Add || !old.Before.Settings.Same(*step.After) {
			continue
		}
		renamed = append(renamed, fmt.Sprintf("%s (was %s)", step.Address, old.RecordName()))
	}
	if len(renamed) > 0 {
		m.notice(diag.Warning, "", "", "Sent again under another name", "Nothing but the name has changed of %s. Under its new name a thermostat counts as "+
			"never applied, so what it has already is sent once more. To rename without a call, write a moved block (from = OLD, to = NEW), "+
			"or, before applying: setpoint state mv OLD NEW", diag.Few(renamed))
	}
}

// warnOfHalfRenaming warns where --target names only the old name of a thermostat,
// so that its record is given up and the new name is left out. As in Terraform,
// where that destroys.
func (m *maker) warnOfHalfRenaming(was map[provider.Device]*Step) {
	var halves []string
	for i := range m.Config.Thermostats {
		t := &m.Config.Thermostats[i]
		if old := was[t.Device]; old != nil && !m.Destroy && !m.chosen.has(t.Address) {
			halves = append(halves, fmt.Sprintf("%s (declared as %s)", old.RecordName(), t.Address))
		}
	}
	if len(halves) > 0 {
		m.notice(diag.Warning, "", "", "Forgotten under the old name only", "The targets leave out the new name of %s. What it was set to is forgotten, nothing is sent, and the next "+
			"plan sets it as if for the first time. To rename, write a moved block (from = OLD, to = NEW), or: setpoint state mv OLD NEW", diag.Few(halves))
	}
}

// oneLine joins the problems of an error.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
