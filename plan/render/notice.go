package render

import (
	"fmt"

	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/provider"
)

// NoticeText is a notice in words: what is the matter in a few, and with the
// remedy. Flags, "" or with a space before each, are those that a suggested command
// needs to concern the same record.
func NoticeText(n *plan.Notice, flags string) (summary, detail string) {
	switch s := n.Settings; n.Kind {
	case plan.NoticeNeverApplied:
		return "Over before it was applied", fmt.Sprintf("%s is wanted until %s, which is over or less than a minute ahead, and there is no record under this "+
			"address that it was applied. Nothing is sent. Choose a later time, or declare what is wanted now.", n.Address, s.End)
	case plan.NoticeNeverConfirmed:
		return "Expired, never confirmed", neverConfirmed(n)
	case plan.NoticeNotRepeated:
		return "Over, not sent again", fmt.Sprintf("--replace asks to send %s again, but it is wanted until %s, which is over or less than a minute ahead. "+
			"Nothing is sent. Choose a later time, or declare what is wanted now.", n.Address, s.End)
	case plan.NoticeLeft:
		return "Left as it is for ever", left(n)
	case plan.NoticeManyGivenUp:
		return "Many thermostats given up", manyGivenUp(n)
	case plan.NoticeRenamed:
		return "Sent again under another name", fmt.Sprintf("Nothing but the name has changed of %s. Under its new name a thermostat counts as never applied, so what "+
			"it has already is sent once more. To rename without a call, write a moved block (from = OLD, to = NEW), or, before applying: "+
			"setpoint state mv%s OLD NEW", few(n, func(c plan.Concern) string { return c.Address + " (was " + c.Was + ")" }), flags)
	case plan.NoticeHalfRenamed:
		return "Forgotten under the old name only", fmt.Sprintf("The targets leave out the new name of %s. What it was set to is forgotten, nothing is sent, and the "+
			"next plan sets it as if for the first time. To rename, write a moved block (from = OLD, to = NEW), or: setpoint state mv%s OLD NEW",
			few(n, func(c plan.Concern) string { return c.Was + " (declared as " + c.Address + ")" }), flags)
	case plan.NoticeWritten:
	}
	return n.Summary, n.Detail
}

func neverConfirmed(n *plan.Notice) string {
	s := n.Settings
	if s.Mode == provider.Boost {
		return fmt.Sprintf("A boost of %d minutes until %s was sent to %s and never answered for certain; it is over, so it is not sent again. "+
			"To send it all the same: --replace %s.", s.BoostMinutes, s.End, n.Address, diag.ShellWord(n.Address))
	}
	return fmt.Sprintf("Mode %q until %s was sent to %s and never answered for certain; that time is over or less than a minute ahead, so it is not "+
		"sent again. Declare what is wanted now.", s.Mode, s.End, n.Address)
}

func left(n *plan.Notice) string {
	remedy := "bring its block back with an on_remove block, apply, then remove it"
	if n.Destroy {
		remedy = "give its block an on_remove block, apply, then destroy"
	}
	return fmt.Sprintf("No longer managed, and in this mode until somebody changes it: %s. If something else is meant, %s.",
		few(n, func(c plan.Concern) string { return fmt.Sprintf("%s (%s)", c.Address, c.Mode) }), remedy)
}

func manyGivenUp(n *plan.Notice) string {
	first := ""
	if n.Set > 0 {
		first = fmt.Sprintf(", %d of them after setting them to what on_remove says", n.Set)
	}
	return fmt.Sprintf("This plan gives up %d of %d managed thermostats, more than a tenth%s. If that is not meant, look for a file, a variable or a plant's id "+
		"that is wrong or missing.", n.Given, n.Managed, first)
}

// few names the first of the thermostats that a notice is about.
func few(n *plan.Notice, name func(plan.Concern) string) string {
	names := make([]string, 0, len(n.Concerns))
	for _, c := range n.Concerns {
		names = append(names, name(c))
	}
	return diag.Few(names)
}
