package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"setpoint/config/address"
	"setpoint/config/diag"
)

// selection is what a plan is limited to: addresses, blocks, modules and module
// instances by name. nil is everything.
type selection map[string]bool

func (s selection) has(a address.Address) bool {
	if len(s) == 0 {
		return s == nil
	}
	if s[a.String()] {
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
	known := m.knownNames()
	for _, target := range m.Targets {
		if m.named[target] {
			continue
		}
		m.named[target] = true
		if !known[target] {
			unknown = true
			m.notice(diag.Error, "", "", "Unknown target", "There is no %s, neither in the configuration nor in the state.%s", shown(target), m.near(target, known))
		}
	}
	for to, from := range m.arrived { // a thermostat answers to its old name, too
		if was, err := address.Parse(from); err == nil && m.named.has(was) {
			m.named[to] = true
		}
	}
	for i := range m.gone {
		if was, err := address.Parse(m.gone[i].moved); err == nil && m.named.has(was) {
			m.named[m.gone[i].at.String()] = true
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
		"plan without --target before you call it done.", diag.Few(m.Targets), and)
}

// dependencies are the targets and all groups that they depend on, directly or
// not.
func (m *maker) dependencies() selection {
	chosen := maps.Clone(m.named)
	members := map[string][]int{}
	var next []int
	for i := range m.Config.Thermostats {
		at := m.Config.Thermostats[i].Address
		for _, group := range at.Groups() {
			members[group] = append(members[group], i)
		}
		if m.named.has(at) {
			next = append(next, i)
		}
	}
	for len(next) > 0 {
		t := &m.Config.Thermostats[next[0]]
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

// knownNames are the names of all places that have a thermostat, declared or recorded.
func (m *maker) knownNames() map[string]bool {
	if m.known != nil {
		return m.known
	}
	m.known = make(map[string]bool, 2*len(m.Config.Thermostats))
	for p := range m.declaredIn() {
		m.known[p.name] = true
	}
	for name := range m.State.Thermostats {
		if at, err := address.Parse(name); err == nil && m.declaredAt[name] == nil {
			for _, p := range places(at) {
				m.known[p.name] = true
			}
		}
	}
	return m.known
}

// mostHints bounds the search for names that come near: one takes as long as
// there are names.
const mostHints = 20

// near says what there is whose name comes near: other instances, the same name
// in other modules, a name that differs by a slip of the finger.
func (m *maker) near(name string, known map[string]bool) string {
	if m.hints++; m.hints > mostHints {
		return ""
	}
	group, err := address.ParseGroup(name)
	if err != nil {
		return " " + diag.Capital(err.Error()) + "."
	}
	block := blockOf(group)
	last := block[len(moduleOf(block)):]
	var instances, elsewhere, alike []string
	for other := range known {
		g, err := address.ParseGroup(other)
		if err != nil || other == name { // the block, where its instance is missing
			continue
		}
		switch b := blockOf(g); {
		case b == block:
			instances = append(instances, other)
		case strings.TrimPrefix(b[len(moduleOf(b)):], ".") == strings.TrimPrefix(last, "."):
			elsewhere = append(elsewhere, other)
		case levenshtein.Distance(b, block, nil) < 3:
			alike = append(alike, other)
		}
	}
	for _, found := range [][]string{instances, elsewhere, alike} {
		if len(found) > 0 {
			slices.Sort(found)
			return " There is " + diag.Few(found) + "."
		}
	}
	return ""
}

// shown is a name as it was given, in quotes where it could be overlooked.
func shown(name string) string {
	if name == "" || strings.ContainsAny(name, " \t\n") {
		return fmt.Sprintf("%q", name)
	}
	return name
}

// checkReplace finds what is sent again and complains about names that stand for
// nothing that can be.
func (m *maker) checkReplace() {
	m.again = selection{}
	if len(m.Replace) == 0 {
		return
	}
	sent := map[string]bool{} // the places of declared thermostats: whether one of them is in the plan
	for i := range m.Config.Thermostats {
		chosen := m.chosen.has(m.Config.Thermostats[i].Address)
		for _, p := range places(m.Config.Thermostats[i].Address) {
			sent[p.name] = sent[p.name] || chosen
		}
	}
	for _, name := range m.Replace {
		chosen, declared := sent[name]
		switch {
		case m.again[name]:
		case !declared:
			m.notice(diag.Error, "", "", "Unknown thermostat", "--replace names %s, but the configuration declares no such thing.%s", shown(name), m.near(name, sent))
		case m.Destroy:
			m.notice(diag.Error, "", "", "Contradiction", "--replace asks to send %s again, but --destroy gives it up. Leave one of the two out.", name)
		case !chosen:
			m.notice(diag.Error, "", "", "Contradiction", "--replace asks to send %s again, but --target leaves it out. Name it with --target too.", name)
		}
		m.again[name] = true
	}
}
