package plan

import (
	"fmt"
	"maps"
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
		"%s is wanted until %s, which is over or less than a minute ahead, and there is no record under this address that it was applied. "+
			"Nothing is sent. Choose a later time, or declare what is wanted now.", t.Address, t.Settings.End)
}

func (m *maker) warnNeverConfirmed(t *config.Thermostat, entry state.Entry) {
	if entry.Settings.Mode == provider.Boost {
		m.notice(diag.Warning, t.Address.String(), "mode", "Expired, never confirmed",
			"A boost of %d minutes until %s was sent to %s and never answered for certain; it is over, so it is not sent again. "+
				"To send it all the same: --replace '%s'.", entry.Settings.BoostMinutes, entry.Settings.End, t.Address, t.Address)
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

// warnOfForgetting warns of thermostats that nobody will manage any more.
func (m *maker) warnOfForgetting() {
	remedy := "bring its block back with an on_remove block, apply, then remove it"
	if m.Destroy {
		remedy = "give its block an on_remove block, apply, then destroy"
	}
	var forgotten int
	var left []string
	for i := range m.plan.Steps {
		step := &m.plan.Steps[i]
		if step.Action != Forget && step.Action != Exchange || step.Reason == ReasonReadressed {
			continue
		}
		forgotten++
		if step.Action == Exchange || step.Reason == ReasonExpired {
			continue // the device may be gone
		}
		if s := step.Before.Settings; s.End.IsZero() && (s.Mode == provider.Manual || s.Mode == provider.Off) {
			left = append(left, fmt.Sprintf("%s (%s)", step.Address, s.Mode))
		}
	}
	if len(left) > 0 {
		m.notice(diag.Warning, "", "", "Left as it is for ever", "No longer managed, and in this mode until somebody changes it: %s. If something else is meant, %s.",
			few(left), remedy)
	}
	if !m.Destroy && forgotten*10 > m.plan.Managed {
		m.notice(diag.Warning, "", "", "Many thermostats forgotten",
			"This plan forgets %d of %d managed thermostats, more than a tenth. If that is not meant, look for a file, a variable or a plant's id that is wrong or missing.",
			forgotten, m.plan.Managed)
	}
}

// warnOfRenaming warns of calls that are made only because a thermostat has
// another name than in the record.
func (m *maker) warnOfRenaming() {
	was := map[provider.Device]string{}
	for i := range m.plan.Steps {
		if step := &m.plan.Steps[i]; step.Action == Forget && step.Reason == ReasonReadressed {
			was[step.Device] = step.Address.String()
		}
	}
	if len(was) == 0 {
		return
	}
	var renamed []string
	for i := range m.plan.Steps {
		step := &m.plan.Steps[i]
		name, ok := was[step.Device]
		if !ok || step.Action != Add || !m.State.Thermostats[name].Settings.Same(*step.After) {
			continue
		}
		renamed = append(renamed, fmt.Sprintf("%s (was %s)", step.Address, name))
	}
	if len(renamed) > 0 {
		m.notice(diag.Warning, "", "", "Sent again under another name", "Nothing but the name has changed of %s. Under its new name a thermostat counts as "+
			"never applied, so what it has already is sent once more. To rename without a call, before applying: setpoint state mv OLD NEW", few(renamed))
	}
}

// few lists some names and counts the rest.
func few(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// selection is what a plan is limited to: addresses, blocks, modules and module
// instances by name. nil is everything.
type selection map[string]bool

func (s selection) has(a address.Address) bool {
	if s == nil || s[a.String()] {
		return true
	}
	for _, group := range a.Groups() {
		if module := moduleOf(group); s[group] || module != "" && s[module] {
			return true
		}
	}
	return false
}

// moduleOf is the module instance that a group lies in, "" for the root.
func moduleOf(group string) string {
	for range 2 { // the name, which has no dot, and the word before it
		group = group[:max(0, strings.LastIndexByte(group, '.'))]
	}
	return group
}

// choose follows targets to what they depend on and complains about names that
// mean nothing. What is given up is only what was named.
func (m *maker) choose() {
	if m.Targets == nil {
		return
	}
	m.named = selection{}
	unknown := false
	for _, target := range m.Targets {
		if m.named[target] {
			continue
		}
		m.named[target] = true
		if !m.exists(selection{target: true}) {
			unknown = true
			m.notice(diag.Error, "", "", "Unknown target", "There is no thermostat %s, neither in the configuration nor in the state. "+
				"An address looks like thermostat.NAME or thermostat.NAME[\"KEY\"].", target)
		}
	}
	and := ""
	if !m.Destroy {
		and = " and what that depends on"
		m.chosen = m.dependencies()
	}
	if unknown {
		return
	}
	m.notice(diag.Warning, "", "", "Partial plan", "The plan is limited to %s%s. Everything else is left as it is; "+
		"plan without --target before you call it done.", strings.Join(m.Targets, ", "), and)
}

// dependencies are the targets and all groups that they depend on, directly or
// not.
func (m *maker) dependencies() selection {
	chosen := maps.Clone(m.named)
	members := map[string][]int{}
	var next []int
	for i := range m.Wanted {
		at := m.Wanted[i].Address
		for _, group := range at.Groups() {
			members[group] = append(members[group], i)
		}
		if m.named.has(at) {
			next = append(next, i)
		}
	}
	for len(next) > 0 {
		t := &m.Wanted[next[0]]
		next = next[1:]
		for _, group := range union(t.After, t.DependsOn) {
			if !chosen[group] {
				chosen[group] = true
				next = append(next, members[group]...)
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
	declared := make(map[string]*config.Thermostat, len(m.Wanted))
	if len(m.Replace) > 0 {
		for i := range m.Wanted {
			declared[m.Wanted[i].Address.String()] = &m.Wanted[i]
		}
	}
	for _, name := range m.Replace {
		switch t := declared[name]; {
		case t == nil:
			m.notice(diag.Error, "", "", "Unknown thermostat", "--replace names %s, but the configuration declares no such thermostat. "+
				"An address looks like thermostat.NAME or thermostat.NAME[\"KEY\"].", name)
		case m.Destroy:
			m.notice(diag.Error, "", "", "Contradiction", "--replace asks to send %s again, but --destroy gives it up. Leave one of the two out.", name)
		case !m.chosen.has(t.Address):
			m.notice(diag.Error, "", "", "Contradiction", "--replace asks to send %s again, but --target leaves it out. Name it with --target too.", name)
		}
	}
}
