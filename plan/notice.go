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
	Kind      NoticeKind
	Severity  diag.Severity
	Address   string        // "" where it is about the whole plan
	Attribute string        // "" where it is about the whole thermostat
	Place     *config.Place // of the block it is about, nil where the address tells

	Summary, Detail string // with NoticeWritten; of any other kind whoever shows it makes the text

	Settings provider.Settings // what is declared; with NoticeNeverConfirmed what was sent
	Concerns []Concern         // where it is about several thermostats
	Destroy  bool              // the plan gives up every thermostat
	// Given of Managed thermostats are given up, Set of them after a call.
	Given, Set, Managed int
}

// Concern is one of several thermostats that a notice is about.
type Concern struct {
	Address string
	Mode    provider.Mode // that it is left in, with NoticeLeft
	Was     string        // its address in the record, with NoticeRenamed and NoticeHalfRenamed
}

// NoticeKind is what a notice says.
type NoticeKind string

// The kinds of notices.
const (
	// NoticeWritten has its text in Summary and Detail.
	NoticeWritten NoticeKind = ""
	// NoticeNeverApplied: what is declared was over before it was applied.
	NoticeNeverApplied NoticeKind = "never_applied"
	// NoticeNeverConfirmed: what was sent is over, and was never answered for certain.
	NoticeNeverConfirmed NoticeKind = "never_confirmed"
	// NoticeNotRepeated: what was asked to be sent again is over.
	NoticeNotRepeated NoticeKind = "not_repeated"
	// NoticeLeft: thermostats are left for good in a mode without an end.
	NoticeLeft NoticeKind = "left"
	// NoticeManyGivenUp: the plan gives up much of the house.
	NoticeManyGivenUp NoticeKind = "many_given_up"
	// NoticeRenamed: calls are made only because thermostats have another name.
	NoticeRenamed NoticeKind = "renamed"
	// NoticeHalfRenamed: the targets name only the old name of thermostats.
	NoticeHalfRenamed NoticeKind = "half_renamed"
)

func (m *maker) notice(severity diag.Severity, at, attribute, summary, format string, args ...any) {
	m.notices = append(m.notices, Notice{Severity: severity, Address: at, Attribute: attribute, Summary: summary, Detail: fmt.Sprintf(format, args...)})
}

func (m *maker) noticeIn(place *config.Place, severity diag.Severity, summary, format string, args ...any) {
	m.notices = append(m.notices, Notice{Severity: severity, Place: place, Summary: summary, Detail: fmt.Sprintf(format, args...)})
}

// warn adds a warning about an attribute of a thermostat.
func (m *maker) warn(kind NoticeKind, t *config.Thermostat, attribute string, s provider.Settings) {
	m.notices = append(m.notices, Notice{Kind: kind, Severity: diag.Warning, Address: t.Address.String(), Attribute: attribute, Settings: s})
}

// warnOf adds a warning about several thermostats, if there are any.
func (m *maker) warnOf(kind NoticeKind, concerns []Concern) {
	if len(concerns) > 0 {
		m.notices = append(m.notices, Notice{Kind: kind, Severity: diag.Warning, Concerns: concerns, Destroy: m.Destroy})
	}
}

func (m *maker) warnNeverApplied(t *config.Thermostat) {
	m.warn(NoticeNeverApplied, t, "until", t.Settings)
}

func (m *maker) warnNeverConfirmed(t *config.Thermostat, entry state.Entry) {
	attribute := "until"
	if entry.Settings.Mode == provider.Boost {
		attribute = "mode"
	}
	m.warn(NoticeNeverConfirmed, t, attribute, entry.Settings)
}

func (m *maker) warnNotRepeated(t *config.Thermostat) {
	m.warn(NoticeNotRepeated, t, "until", t.Settings)
}

// warnOfForgetting warns of thermostats that nobody will manage any more, and of
// a plan that gives up much of the house.
func (m *maker) warnOfForgetting() {
	var given, set int
	var left []Concern
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
			left = append(left, Concern{Address: step.Address.String(), Mode: s.Mode})
		}
	}
	m.warnOf(NoticeLeft, left)
	if m.Destroy || given < 2 || given*10 <= m.plan.Managed { // one is seen in the plan
		return
	}
	m.notices = append(m.notices, Notice{Kind: NoticeManyGivenUp, Severity: diag.Warning, Given: given, Set: set, Managed: m.plan.Managed})
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
	var renamed []Concern
	for i := range m.plan.Steps {
		step := &m.plan.Steps[i]
		old, ok := was[step.Device]
		if !ok || step.Action != Add || !old.Before.Settings.Same(*step.After) {
			continue
		}
		renamed = append(renamed, Concern{Address: step.Address.String(), Was: old.RecordName()})
	}
	m.warnOf(NoticeRenamed, renamed)
}

// warnOfHalfRenaming warns where --target names only the old name of a thermostat,
// so that its record is given up and the new name is left out. As in Terraform,
// where that destroys.
func (m *maker) warnOfHalfRenaming(was map[provider.Device]*Step) {
	var halves []Concern
	for i := range m.Config.Thermostats {
		t := &m.Config.Thermostats[i]
		if old := was[t.Device]; old != nil && !m.Destroy && !m.chosen.has(t.Address) {
			halves = append(halves, Concern{Address: t.Address.String(), Was: old.RecordName()})
		}
	}
	m.warnOf(NoticeHalfRenamed, halves)
}

// oneLine joins the problems of an error.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
