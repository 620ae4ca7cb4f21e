package render

import (
	"testing"

	"setpoint/plan"
	"setpoint/provider"
)

// TestNoticeText holds what the golden plans do not have.
func TestNoticeText(t *testing.T) {
	end, err := provider.ParseLocalTime("2026-11-22T10:30:00")
	if err != nil {
		t.Fatal(err)
	}
	boost := provider.Settings{Mode: provider.Boost, BoostMinutes: 30, End: end}
	hall := plan.Concern{Address: "thermostat.hall", Mode: provider.Off, Was: "thermostat.old"}
	for _, test := range []struct {
		notice          plan.Notice
		summary, detail string
	}{
		{plan.Notice{Summary: "Not moved", Detail: "It stays."}, "Not moved", "It stays."},
		{plan.Notice{Kind: plan.NoticeNeverConfirmed, Address: `thermostat.room["a"]`, Settings: boost}, "Expired, never confirmed",
			`A boost of 30 minutes until 2026-11-22T10:30:00 was sent to thermostat.room["a"] and never answered for certain; it is over, so it is not sent again. ` +
				`To send it all the same: --replace 'thermostat.room["a"]'.`},
		{plan.Notice{Kind: plan.NoticeNotRepeated, Address: "thermostat.hall", Settings: provider.Settings{Mode: provider.Off, End: end}}, "Over, not sent again",
			"--replace asks to send thermostat.hall again, but it is wanted until 2026-11-22T10:30:00, which is over or less than a minute ahead. Nothing is sent. " +
				"Choose a later time, or declare what is wanted now."},
		{plan.Notice{Kind: plan.NoticeLeft, Concerns: []plan.Concern{hall}, Destroy: true}, "Left as it is for ever",
			"No longer managed, and in this mode until somebody changes it: thermostat.hall (off). If something else is meant, give its block an on_remove block, apply, then destroy."},
		{plan.Notice{Kind: plan.NoticeManyGivenUp, Given: 3, Set: 2, Managed: 9}, "Many thermostats given up",
			"This plan gives up 3 of 9 managed thermostats, more than a tenth, 2 of them after setting them to what on_remove says. " +
				"If that is not meant, look for a file, a variable or a plant's id that is wrong or missing."},
		{plan.Notice{Kind: plan.NoticeHalfRenamed, Concerns: []plan.Concern{hall}}, "Forgotten under the old name only",
			"The targets leave out the new name of thermostat.old (declared as thermostat.hall). What it was set to is forgotten, nothing is sent, and the next plan sets it " +
				"as if for the first time. To rename, write a moved block (from = OLD, to = NEW), or: setpoint state mv OLD NEW"},
	} {
		if summary, detail := NoticeText(&test.notice, ""); summary != test.summary || detail != test.detail {
			t.Errorf("%s: %s\n%s\nwant %s\n%s", test.notice.Kind, summary, detail, test.summary, test.detail)
		}
	}
}
