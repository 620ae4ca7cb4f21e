package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/plan/state"
	"setpoint/provider"
)

func withPrevious(e state.Entry, s provider.Settings) state.Entry {
	e.Previous = &s
	return e
}

func withOnRemove(e state.Entry, s provider.Settings) state.Entry {
	e.OnRemove = &s
	return e
}

// TestMake holds the situations in which an owner would notice a wrong plan.
func TestMake(t *testing.T) {
	const (
		at20      = "  mode = \"manual\"\n  setpoint = 20"
		boost30   = "  mode = \"boost\"\n  boost_minutes = 30"
		past      = at20 + "\n  until = \"2026-11-21T10:00:00\""
		future    = at20 + "\n  until = \"2026-12-24T18:00:00\""
		protected = "\n  on_remove { mode = \"protection\" }"
	)
	protection := provider.Settings{Function: provider.Heating, Mode: provider.Protection}
	pastSettings := until(t, manual(200), "2026-11-21T10:00:00")
	type entries = map[string]state.Entry
	for _, test := range []struct {
		name    string
		hcl     string
		state   entries
		input   func(*Input)
		want    []string
		notices []string
	}{
		{
			name: "first time", hcl: block("a", 1, at20),
			want: []string{"add thermostat.a call"},
		},
		{
			name: "unchanged", hcl: block("a", 1, at20), state: entries{"thermostat.a": entry(1, state.Confirmed, manual(200))},
			want: []string{"no-op thermostat.a"},
		},
		{
			name: "changed by a tenth", hcl: block("a", 1, at20), state: entries{"thermostat.a": entry(1, state.Confirmed, manual(201))},
			want: []string{"change thermostat.a call"},
		},
		{
			name: "imported as wanted needs no call", hcl: block("a", 1, at20), state: entries{"thermostat.a": entry(1, state.Observed, manual(200))},
			want: []string{"no-op thermostat.a"},
		},
		{
			name: "a boost that was sent is not sent again when it has run out", hcl: block("a", 1, boost30),
			state: entries{"thermostat.a": entry(1, state.Confirmed, boost(t, 30, "2026-11-20T10:00:00"))},
			want:  []string{"no-op thermostat.a"},
		},
		{
			name: "unless it is asked for", hcl: block("a", 1, boost30),
			state: entries{"thermostat.a": entry(1, state.Confirmed, boost(t, 30, "2026-11-20T10:00:00"))},
			input: func(in *Input) { in.Replace = []string{"thermostat.a"} },
			want:  []string{"change thermostat.a (requested) call"},
		},
		{
			name: "a boost that was only seen has no length and is not the one wanted", hcl: block("a", 1, boost30),
			state: entries{"thermostat.a": entry(1, state.Observed, until(t, provider.Settings{Function: provider.Heating, Mode: provider.Boost}, "2026-11-22T11:20:00"))},
			want:  []string{"change thermostat.a call"},
		},
		{
			name: "unknown boost over", hcl: block("a", 1, boost30),
			state: entries{"thermostat.a": entry(1, state.Unknown, boost(t, 30, "2026-11-22T10:30:00"))}, // ends 11:00 in Rome, which is now
			want:  []string{"no-op thermostat.a (expired)"}, notices: []string{"never_confirmed"},
		},
		{
			name: "unknown boost over, asked for", hcl: block("a", 1, boost30),
			state: entries{"thermostat.a": entry(1, state.Unknown, boost(t, 30, "2026-11-22T10:30:00"))},
			input: func(in *Input) { in.Replace = []string{"thermostat.a"} },
			want:  []string{"change thermostat.a (requested) call"},
		},
		{
			name: "unknown boost still running by a second", hcl: block("a", 1, boost30),
			state: entries{"thermostat.a": entry(1, state.Unknown, boost(t, 30, "2026-11-22T10:30:01"))},
			want:  []string{"add thermostat.a (unknown) call"},
		},
		{
			name: "unknown boost over, but another is wanted now", hcl: block("a", 1, boost30),
			state: entries{"thermostat.a": withPrevious(entry(1, state.Unknown, boost(t, 60, "2026-11-22T08:00:00")), manual(190))},
			want:  []string{"change thermostat.a (unknown) call"},
		},
		{
			name: "unknown without end", hcl: block("a", 1, at20),
			state: entries{"thermostat.a": withPrevious(entry(1, state.Unknown, manual(200)), manual(190))},
			want:  []string{"change thermostat.a (unknown) call"},
		},
		{
			name: "unknown, and the block went back to what was before", hcl: block("a", 1, at20),
			state: entries{"thermostat.a": withPrevious(entry(1, state.Unknown, manual(190)), manual(200))},
			want:  []string{"change thermostat.a (unknown) call"},
		},
		{
			name: "until in the past, applied", hcl: block("a", 1, past), state: entries{"thermostat.a": entry(1, state.Confirmed, pastSettings)},
			want: []string{"no-op thermostat.a"},
		},
		{
			name: "until in the past, never applied", hcl: block("a", 1, past),
			want: []string{"no-op thermostat.a (expired)"}, notices: []string{"never_applied"},
		},
		{
			name: "until in the past, never confirmed", hcl: block("a", 1, past), state: entries{"thermostat.a": entry(1, state.Unknown, pastSettings)},
			want: []string{"no-op thermostat.a (expired)"}, notices: []string{"never_confirmed"},
		},
		{
			name: "whoever asks for what is over is told", hcl: block("a", 1, past), state: entries{"thermostat.a": entry(1, state.Confirmed, pastSettings)},
			input: func(in *Input) { in.Replace = []string{"thermostat.a"} },
			want:  []string{"no-op thermostat.a"}, notices: []string{"not_repeated"},
		},
		{
			name: "on_remove is recorded although the until is over", hcl: block("a", 1, past+protected),
			state: entries{"thermostat.a": entry(1, state.Confirmed, pastSettings)},
			want:  []string{"change thermostat.a (record)"},
		},
		{
			name: "on_remove is recorded although the until was never applied", hcl: block("a", 1, past+protected),
			state: entries{"thermostat.a": entry(1, state.Confirmed, manual(180))},
			want:  []string{"change thermostat.a (record)"}, notices: []string{"never_applied"},
		},
		{
			name: "on_remove is recorded although the boost was never confirmed", hcl: block("a", 1, boost30+protected),
			state: entries{"thermostat.a": entry(1, state.Unknown, boost(t, 30, "2026-11-22T08:00:00"))},
			want:  []string{"change thermostat.a (record)"}, notices: []string{"never_confirmed"},
		},
		{
			name: "removed with a status to leave behind",
			state: entries{
				"thermostat.a": withOnRemove(entry(1, state.Confirmed, manual(200)), protection),
				"thermostat.b": entry(2, state.Confirmed, protection),
			},
			want:    []string{"destroy thermostat.a (undeclared) call", "forget thermostat.b (undeclared)"},
			notices: []string{"many_given_up"},
		},
		{
			name: "renamed: the device is never sent what to leave behind", hcl: block("z", 1, at20),
			state: entries{"thermostat.a": withOnRemove(entry(1, state.Confirmed, manual(200)), protection)},
			want:  []string{"add thermostat.z call", "forget thermostat.a (readdressed)"}, notices: []string{"renamed"},
		},
		{
			name: "renamed, the old name alone is the target", hcl: block("z", 1, at20),
			state: entries{"thermostat.a": withOnRemove(entry(1, state.Confirmed, manual(200)), protection)},
			input: func(in *Input) { in.Targets = []string{"thermostat.a"} },
			want:  []string{"forget thermostat.a (readdressed)"}, notices: []string{"Partial plan", "half_renamed"},
		},
		{
			name: "renamed, both names are targets", hcl: block("z", 1, at20),
			state: entries{"thermostat.a": entry(1, state.Confirmed, manual(200))},
			input: func(in *Input) { in.Targets = []string{"thermostat.a", "thermostat.z"} },
			want:  []string{"add thermostat.z call", "forget thermostat.a (readdressed)"}, notices: []string{"Partial plan", "renamed"},
		},
		{
			name: "renamed, interrupted after the call", hcl: block("z", 1, at20),
			state: entries{
				"thermostat.a": withOnRemove(entry(1, state.Confirmed, manual(200)), protection),
				"thermostat.z": entry(1, state.Confirmed, manual(200)),
			},
			want: []string{"no-op thermostat.z", "forget thermostat.a (readdressed)"},
		},
		{
			name: "another device under the address: the old one is never called", hcl: block("a", 2, at20),
			state:   entries{"thermostat.a": withOnRemove(entry(1, state.Confirmed, manual(200)), protection)},
			want:    []string{"exchange thermostat.a call"},
			notices: nil,
		},
		{
			name: "two devices swap their addresses: none is forgotten", hcl: block("a", 2, at20) + block("b", 1, at20),
			state: entries{"thermostat.a": entry(1, state.Confirmed, manual(200)), "thermostat.b": entry(2, state.Confirmed, manual(200))},
			want:  []string{"exchange thermostat.a (readdressed) call", "exchange thermostat.b (readdressed) call"},
		},
		{
			name: "exchange for something that is over: only the old one is given up, last", hcl: block("a", 2, past) + block("b", 3, at20),
			state:   entries{"thermostat.a": withOnRemove(entry(1, state.Confirmed, manual(200)), protection)},
			want:    []string{"add thermostat.b call", "forget thermostat.a (expired)"},
			notices: []string{"never_applied"},
		},
		{
			name: "a wrong plant id that exchanges the house is worth a warning",
			hcl:  block("a", 11, at20) + block("b", 12, at20),
			state: entries{
				"thermostat.a": entry(1, state.Confirmed, manual(200)), "thermostat.b": entry(2, state.Confirmed, manual(200)),
			},
			want:    []string{"exchange thermostat.a call", "exchange thermostat.b call"},
			notices: []string{"many_given_up"},
		},
		{
			name: "what ends by itself is not left for ever", hcl: "",
			state:   entries{"thermostat.a": entry(1, state.Confirmed, until(t, provider.Settings{Function: provider.Heating, Mode: provider.Off}, "2026-12-24T18:00:00"))},
			want:    []string{"forget thermostat.a (undeclared)"},
			notices: nil,
		},
		{
			name:    "what does not is",
			state:   entries{"thermostat.a": entry(1, state.Confirmed, provider.Settings{Function: provider.Heating, Mode: provider.Off})},
			want:    []string{"forget thermostat.a (undeclared)"},
			notices: []string{"left"},
		},
		{
			name: "a state entry in a module", hcl: block("a", 1, at20),
			state: entries{
				"thermostat.a": entry(1, state.Confirmed, manual(200)), `module.floor["2"].thermostat.room["201"]`: entry(2, state.Confirmed, protection),
			},
			want:    []string{"no-op thermostat.a", `forget module.floor["2"].thermostat.room["201"] (undeclared)`},
			notices: nil,
		},
		{
			name: "a module instance as the target", hcl: block("a", 1, at20),
			state: entries{
				`module.floor["1"].thermostat.room["201"]`: entry(3, state.Confirmed, protection),
				`module.floor["2"].thermostat.room["201"]`: entry(2, state.Confirmed, protection),
			},
			input:   func(in *Input) { in.Targets = []string{`module.floor["2"]`} },
			want:    []string{`forget module.floor["2"].thermostat.room["201"] (undeclared)`},
			notices: []string{"Partial plan"},
		},
		{
			name: "targets and what they depend on", hcl: block("a", 1, at20+"\n  depends_on = [thermostat.b]") +
				block("b", 2, "  mode = \"manual\"\n  setpoint = thermostat.c.setpoint") + block("c", 3, at20) + block("d", 4, at20),
			input:   func(in *Input) { in.Targets = []string{"thermostat.a"} },
			want:    []string{"add thermostat.c call", "add thermostat.b call", "add thermostat.a call"},
			notices: []string{"Partial plan"},
		},
		{
			name: "a target's dependency loses nothing", hcl: block("a", 1, at20+"\n  depends_on = [thermostat.b]") +
				`thermostat "b" {
  for_each  = { one = "` + module(2) + `" }
  plant_id  = plant.home.id
  module_id = each.value
  mode      = "off"
}`,
			state:   entries{`thermostat.b["gone"]`: withOnRemove(entry(3, state.Confirmed, manual(200)), protection)},
			input:   func(in *Input) { in.Targets = []string{"thermostat.a"} },
			want:    []string{`add thermostat.b["one"] call`, "add thermostat.a call"},
			notices: []string{"Partial plan"},
		},
		{
			name: "destroying a target spares what it depends on", hcl: block("a", 1, at20+"\n  depends_on = [thermostat.b]") + block("b", 2, at20),
			state: entries{"thermostat.a": withOnRemove(entry(1, state.Confirmed, manual(200)), protection), "thermostat.b": entry(2, state.Confirmed, manual(200))},
			input: func(in *Input) { in.Targets, in.Destroy = []string{"thermostat.a"}, true },
			want:  []string{"destroy thermostat.a (destroy) call"}, notices: []string{"Partial plan"},
		},
		{
			name: "no targets is no limit, however it is spelt", hcl: block("a", 1, at20),
			input: func(in *Input) { in.Targets = []string{} },
			want:  []string{"add thermostat.a call"},
		},
		{
			name: "an empty target is not everything", hcl: block("a", 1, at20),
			input: func(in *Input) { in.Targets = []string{""} },
			want:  []string{}, notices: []string{"Unknown target"},
		},
		{
			name: "destroy gives up everything, calls first", hcl: block("a", 1, at20) + block("b", 2, at20),
			state: entries{"thermostat.a": entry(1, state.Confirmed, manual(200)), "thermostat.b": withOnRemove(entry(2, state.Unknown, manual(200)), protection)},
			input: func(in *Input) { in.Destroy = true },
			want:  []string{"destroy thermostat.b (destroy) call", "forget thermostat.a (destroy)"}, notices: []string{"left"},
		},
		{
			name: "a destroy that was never answered is sent again", hcl: "",
			state: entries{"thermostat.a": withOnRemove(withPrevious(entry(1, state.Unknown, protection), manual(200)), protection)},
			want:  []string{"destroy thermostat.a (undeclared) call"},
		},
		{
			name: "requests that contradict or mean nothing", hcl: block("a", 1, at20) + block("b", 2, at20),
			input: func(in *Input) {
				in.Targets, in.Replace = []string{"thermostat.a", "thermostat.x"}, []string{"thermostat.b", "thermostat.y"}
			},
			want: []string{"add thermostat.a call"}, notices: []string{"Unknown target", "Contradiction", "Unknown thermostat"},
		},
		{
			name: "destroy and replace", hcl: block("a", 1, at20),
			input: func(in *Input) { in.Destroy, in.Replace = true, []string{"thermostat.a"} },
			want:  []string{}, notices: []string{"Contradiction"},
		},
		{
			name: "until in the future", hcl: block("a", 1, future),
			state: entries{"thermostat.a": entry(1, state.Confirmed, until(t, manual(200), "2026-12-24T17:00:00"))},
			want:  []string{"change thermostat.a call"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := input(load(t, test.hcl), record(test.state))
			if test.input != nil {
				test.input(&in)
			}
			p, notices := Make(in)
			if diff := cmp.Diff(test.want, briefs(p.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, test.notices...), summaries(notices)); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
		})
	}
}
