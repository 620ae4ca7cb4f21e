package plan

import (
	"fmt"
	"strings"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/plan/state"
	"setpoint/provider"
)

// Notice is something a person should know about a plan. It names an address
// and an attribute; whoever has the files adds the place.
type Notice struct {
	Severity  diag.Severity
	Address   string // "" where it is about the whole plan
	Attribute string // "" where it is about the whole thermostat
	Summary   string
	Detail    string
}

func (m *maker) notice(severity diag.Severity, at, attribute, summary, format string, args ...any) {
	m.notices = append(m.notices, Notice{severity, at, attribute, summary, fmt.Sprintf(format, args...)})
}

func (m *maker) warnNeverApplied(t *config.Thermostat) {
	m.notice(diag.Warning, t.Address.String(), "until", "Over before it was applied",
		"%s is wanted until %s, which is over or less than a minute ahead, and was never applied. Nothing is sent. "+
			"Choose a later time, or declare what is wanted now.", t.Address, t.Settings.End)
}

func (m *maker) warnNeverConfirmed(t *config.Thermostat, entry state.Entry) {
	what := "A " + string(entry.Settings.Mode)
	if entry.Settings.Mode == provider.Boost {
		what = fmt.Sprintf("A boost of %d minutes", entry.Settings.BoostMinutes)
	}
	m.notice(diag.Warning, t.Address.String(), "mode", "Expired, never confirmed",
		"%s until %s was sent to %s and never answered for certain; it is over, so it is not sent again. "+
			"To send it all the same: --replace '%s'.", what, entry.Settings.End, t.Address, t.Address)
}

// warnOfForgetting warns of thermostats that nobody will manage any more.
func (m *maker) warnOfForgetting() {
	var forgotten int
	for i := range m.plan.Steps {
		step := &m.plan.Steps[i]
		if step.Action != Forget || step.Reason == ReasonReadressed || step.Reason == ReasonExpired {
			continue
		}
		forgotten++
		s := step.Before.Settings
		if s.Mode == provider.Manual && s.End.IsZero() || s.Mode == provider.Off {
			m.notice(diag.Warning, step.Address.String(), "", "Left as it is for ever",
				"%s will not be managed any more and stays in mode %q until somebody changes it. If something else is meant, "+
					"bring its block back with an on_remove block, apply, then remove it.", step.Address, s.Mode)
		}
	}
	if !m.Destroy && forgotten*10 > m.plan.Managed {
		m.notice(diag.Warning, "", "", "Many thermostats forgotten",
			"This plan forgets %d of %d managed thermostats, more than a tenth. If that is not meant, look for a file or a variable that is missing.",
			forgotten, m.plan.Managed)
	}
}

// selection is what a plan is limited to.
type selection struct {
	all    bool
	groups map[string]bool
}

func (s selection) has(a address.Address) bool {
	if s.all || s.groups[a.String()] {
		return true
	}
	for _, group := range a.Groups() {
		if s.groups[group] {
			return true
		}
	}
	return false
}

// choose follows targets to what they depend on and complains about names that
// mean nothing.
func (m *maker) choose() selection {
	m.checkReplace()
	if m.Targets == nil {
		return selection{all: true}
	}
	m.notice(diag.Warning, "", "", "Partial plan", "The plan is limited to %s and what that depends on. Everything else is left as it is; "+
		"plan without --target before you call it done.", strings.Join(m.Targets, ", "))
	chosen := selection{groups: map[string]bool{}}
	for _, target := range m.Targets {
		chosen.groups[target] = true
		if !m.exists(selection{groups: map[string]bool{target: true}}) {
			m.notice(diag.Error, "", "", "Unknown target", "There is no thermostat %s, neither in the configuration nor in the state. "+
				"An address looks like thermostat.NAME or thermostat.NAME[\"KEY\"].", target)
		}
	}
	for grown := true; grown; {
		grown = false
		for i := range m.Wanted {
			t := &m.Wanted[i]
			if !chosen.has(t.Address) {
				continue
			}
			for _, group := range union(t.After, t.DependsOn) {
				if !chosen.groups[group] {
					chosen.groups[group] = true
					grown = true
				}
			}
		}
	}
	return chosen
}

func (m *maker) exists(s selection) bool {
	for i := range m.Wanted {
		if s.has(m.Wanted[i].Address) {
			return true
		}
	}
	for name := range m.State.Thermostats {
		if at, err := address.Parse(name); err == nil && s.has(at) {
			return true
		}
	}
	return false
}

func (m *maker) checkReplace() {
	declared := make(map[string]bool, len(m.Wanted))
	if len(m.Replace) > 0 {
		for i := range m.Wanted {
			declared[m.Wanted[i].Address.String()] = true
		}
	}
	for _, name := range m.Replace {
		if !declared[name] {
			m.notice(diag.Error, "", "", "Unknown thermostat", "--replace names %s, but the configuration declares no such thermostat. "+
				"An address looks like thermostat.NAME or thermostat.NAME[\"KEY\"].", name)
		}
	}
}
