package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
	"setpoint/provider"
)

func ptr[T any](v T) *T { return &v }

func protection(f provider.Function) provider.Settings {
	return provider.Settings{Function: f, Mode: provider.Protection}
}

func TestRemovals(t *testing.T) {
	const forever = "left"
	off := provider.Settings{Function: provider.Cooling, Mode: provider.Off}
	removal := func(from string, destroy *bool, leave *provider.Settings) config.Removal {
		return config.Removal{From: group(t, from), Destroy: destroy, OnRemove: leave, Range: line(1)}
	}
	for _, test := range []struct {
		name     string
		declared []string
		leave    *provider.Settings // recorded with thermostat.a
		removals []config.Removal
		input    func(*Input)
		want     string
		after    *provider.Settings
		notices  []string
	}{
		{name: "nothing said", want: "forget thermostat.a (undeclared)", notices: []string{forever}},
		{name: "as recorded", leave: &off, removals: []config.Removal{removal("thermostat.a", nil, nil)}, want: "destroy thermostat.a (undeclared) call", after: &off},
		{name: "to be left with its own function", leave: &off, removals: []config.Removal{removal("thermostat.a", nil, ptr(protection("")))},
			want: "destroy thermostat.a (undeclared) call", after: ptr(protection(provider.Heating))},
		{name: "to be left with another", removals: []config.Removal{removal("thermostat.a", ptr(true), ptr(protection(provider.Cooling)))},
			want: "destroy thermostat.a (undeclared) call", after: ptr(protection(provider.Cooling))},
		{name: "to be forgotten", leave: &off, removals: []config.Removal{removal("thermostat.a", ptr(false), nil)}, want: "forget thermostat.a (removed)"},
		{name: "nothing to leave, nothing said against forgetting", removals: []config.Removal{removal("thermostat.a", nil, nil)},
			want: "forget thermostat.a (undeclared)", notices: []string{forever}},
		{name: "nothing to leave, but not to be forgotten", removals: []config.Removal{removal("thermostat.a", ptr(true), nil)},
			want: "forget thermostat.a (undeclared)", notices: []string{"moves.hcl:1 Nothing to leave behind thermostat.a", forever}},
		{name: "must be forgotten by name before block", leave: &off, removals: []config.Removal{removal("thermostat.a", ptr(false), nil), removal("module.m", ptr(true), nil)}, want: "forget thermostat.a (removed)"},
		{name: "of what is not recorded", declared: []string{"thermostat.a"}, removals: []config.Removal{removal("thermostat.z", ptr(true), nil)}, want: "no-op thermostat.a"},
		{name: "still declared", declared: []string{"thermostat.a"}, removals: []config.Removal{removal("thermostat.a", nil, nil)},
			want: "no-op thermostat.a", notices: []string{"moves.hcl:1 Removed, but still declared main.hcl:7"}},
		{name: "twice", removals: []config.Removal{removal("thermostat.a", ptr(false), nil), removal("thermostat.a", ptr(true), nil)},
			want: "forget thermostat.a (removed)", notices: []string{"moves.hcl:1 Removed twice moves.hcl:1"}},
		{name: "cannot be left like that", removals: []config.Removal{removal("thermostat.a", nil, &provider.Settings{Mode: provider.Manual, Setpoint: 990})},
			want: "destroy thermostat.a (undeclared) call", after: &provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 990}, notices: []string{"moves.hcl:1 Cannot be left like that 3 and 40"}},
		{name: "declared under another name: never sent", declared: []string{"thermostat.b"}, removals: []config.Removal{removal("thermostat.a", ptr(true), &off)},
			want: "forget thermostat.a (readdressed)", notices: []string{"renamed"}},
		{name: "declared under another name: nothing needs to be left", declared: []string{"thermostat.b"}, removals: []config.Removal{removal("thermostat.a", ptr(true), nil)},
			want: "forget thermostat.a (readdressed)", notices: []string{"renamed"}},
		{name: "everything is destroyed", removals: []config.Removal{removal("thermostat.a", ptr(true), &off)}, input: func(in *Input) { in.Destroy = true },
			want: "destroy thermostat.a (destroy) call", after: &off},
		{name: "everything is destroyed, this is forgotten", leave: &off, removals: []config.Removal{removal("thermostat.a", ptr(false), nil)}, input: func(in *Input) { in.Destroy = true },
			want: "forget thermostat.a (removed)"},
		{name: "after a move", removals: []config.Removal{removal("thermostat.c", nil, &off)}, input: func(in *Input) { in.Config.Moves = moving(t, "thermostat.a -> thermostat.c") },
			want: "destroy thermostat.c (undeclared) call from thermostat.a", after: &off},
		{name: "left out by a target", removals: []config.Removal{removal("thermostat.a", nil, &off)}, declared: []string{"thermostat.y", "thermostat.x"},
			input: func(in *Input) { in.Targets = []string{"thermostat.x"} }, want: "add thermostat.x call", notices: []string{"Partial plan"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := Input{Config: &config.Config{Thermostats: declared(t, test.declared...), Removals: test.removals}, State: known(t, "thermostat.a=1"), Now: now()}
			if test.leave != nil {
				in.State.Thermostats["thermostat.a"] = withOnRemove(in.State.Thermostats["thermostat.a"], *test.leave)
			}
			if test.input != nil {
				test.input(&in)
			}
			p, notices := Make(in)
			last := p.Steps[len(p.Steps)-1]
			if got := movedBriefs(p.Steps)[len(p.Steps)-1]; got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if last.Action == Destroy {
				if !sameSettings(test.after, last.After) || last.OnRemove == nil || *last.OnRemove != *last.After {
					t.Errorf("left with %v (on_remove %v), want %v", last.After, last.OnRemove, test.after)
				}
			}
			checkNotices(t, test.notices, notices)
		})
	}
}

// checkNotices holds notices against "SUMMARY" or "PLACE SUMMARY", with
// something of the detail behind.
func checkNotices(t *testing.T, want []string, notices []Notice) {
	t.Helper()
	if len(want) != len(notices) {
		t.Errorf("notices %q, want %q", summaries(notices), want)
		return
	}
	for i, n := range notices {
		text := kind(n)
		if n.Place != nil {
			text = fmt.Sprintf("%s:%d %s", n.Place.Filename, n.Place.Start.Line, text)
		}
		rest, ok := strings.CutPrefix(want[i], text)
		if !ok || !strings.Contains(n.Detail, strings.TrimSpace(rest)) {
			t.Errorf("notice %q %q, want %q", text, n.Detail, want[i])
		}
	}
}

func TestRemovalOfAModule(t *testing.T) {
	in := Input{State: known(t, `module.m["1"].thermostat.a=1`, `module.m["2"].thermostat.a=2`, "module.mm.thermostat.a=3"), Now: now(), Config: &config.Config{Removals: []config.Removal{
		{From: group(t, "module.m"), Destroy: ptr(false), Range: line(1)}, {From: group(t, `module.m["2"]`), OnRemove: ptr(protection("")), Range: line(2)},
	}}}
	p, _ := Make(in)
	want := []string{`destroy module.m["2"].thermostat.a (undeclared) call`, `forget module.m["1"].thermostat.a (removed)`, "forget module.mm.thermostat.a (undeclared)"}
	if diff := cmp.Diff(want, briefs(p.Steps)); diff != "" {
		t.Error(diff)
	}
	if p.Steps[0].File != "moves.hcl" || p.Steps[0].Line != 2 {
		t.Errorf("decided at %s:%d", p.Steps[0].File, p.Steps[0].Line)
	}
}

func TestProtected(t *testing.T) {
	const refused = "Protected by prevent_destroy"
	off := provider.Settings{Function: provider.Heating, Mode: provider.Off}
	for _, test := range []struct {
		name      string
		declared  []string
		known     []string
		protected string
		input     func(*Input)
		want      string // the beginning of the place and summary, then a part of the detail; "" for none
	}{
		{"the key is gone", []string{`thermostat.a["x"]`}, []string{`thermostat.a["x"]=1`, `thermostat.a["y"]=2`}, "thermostat.a", nil, "main.hcl:7 " + refused + ` thermostat.a["y"] (forget)`},
		{"the instance of the module is gone", []string{`module.m["x"].thermostat.a`}, []string{`module.m["y"].thermostat.a=2`}, "module.m.thermostat.a", nil, "main.hcl:7 " + refused + ` module.m["y"].thermostat.a (forget)`},
		{"another device", []string{"thermostat.a"}, []string{"thermostat.a=7"}, "thermostat.a", nil, "main.hcl:7 " + refused + " thermostat.a (exchange)"},
		{"everything", []string{"thermostat.a", "thermostat.b"}, []string{"thermostat.a=1", "thermostat.b=2"}, "thermostat.a", func(in *Input) { in.Destroy = true }, "main.hcl:7 " + refused + " thermostat.a (forget). Remove"},
		{"everything else", []string{"thermostat.a", "thermostat.b"}, []string{"thermostat.a=1", "thermostat.b=2"}, "thermostat.a", func(in *Input) { in.Destroy, in.Targets = true, []string{"thermostat.b"} }, ""},
		{"no instance is left", nil, []string{"thermostat.a[0]=1"}, "thermostat.a", nil, refused + " thermostat.a[0] (forget)"},
		{"a removed block lifts nothing", []string{"thermostat.a[0]"}, []string{"thermostat.a[1]=2"}, "thermostat.a", func(in *Input) {
			in.Config.Removals = []config.Removal{{From: group(t, "thermostat.a[1]"), OnRemove: &off, Range: line(1)}}
		}, "main.hcl:7 " + refused + " thermostat.a[1] (destroy)"},
		{"nor does a moved block", []string{"thermostat.a[0]"}, []string{"thermostat.a[1]=2"}, "thermostat.a", func(in *Input) { in.Config.Moves = moving(t, "thermostat.a[1] -> thermostat.b") }, "main.hcl:7 " + refused + " thermostat.b (forget)"},
		{"to move is not to give up", []string{"thermostat.b"}, []string{"thermostat.a=1"}, "thermostat.b", func(in *Input) { in.Config.Moves = moving(t, "thermostat.a -> thermostat.b") }, ""},
		{"to destroy what has moved is", []string{"thermostat.b"}, []string{"thermostat.a=1"}, "thermostat.b", func(in *Input) {
			in.Config.Moves, in.Destroy = moving(t, "thermostat.a -> thermostat.b"), true
		}, "main.hcl:7 " + refused + " thermostat.b (forget)"},
		{"another block", []string{`thermostat.a["x"]`}, []string{`thermostat.a["y"]=2`}, "module.m.thermostat.a", nil, ""},
		{"changed", []string{"thermostat.a"}, []string{"thermostat.a=1"}, "thermostat.a", func(in *Input) { in.Replace = []string{"thermostat.a"} }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := Input{Config: &config.Config{Thermostats: declared(t, test.declared...), Protected: map[string]bool{test.protected: true}}, State: known(t, test.known...), Now: now()}
			if test.input != nil {
				test.input(&in)
			}
			_, notices := Make(in)
			var found []Notice
			for _, n := range notices {
				if n.Summary == refused {
					found = append(found, n)
				}
			}
			var want []string
			if test.want != "" {
				want = []string{test.want}
			}
			checkNotices(t, want, found)
		})
	}
}

// Two given up of three are many, whether something is sent or not; a removed
// block says so in so many words. Its name may be the one before a move.
func TestGivingUpMuchOfTheHouse(t *testing.T) {
	for name, test := range map[string]struct {
		removals []config.Removal
		moves    []config.Move
		want     []string
	}{
		"blocks gone":     {nil, nil, []string{"many_given_up"}},
		"removed blocks":  {[]config.Removal{{From: group(t, "thermostat.a"), Range: line(1)}, {From: group(t, "thermostat.b"), Range: line(2)}}, nil, []string{}},
		"moved, removed":  {[]config.Removal{{From: group(t, "thermostat.a"), OnRemove: ptr(protection("")), Range: line(1)}, {From: group(t, "thermostat.b"), Range: line(2)}}, moving(t, "thermostat.a -> thermostat.z"), []string{}},
		"moved elsewhere": {[]config.Removal{{From: group(t, "thermostat.b"), Range: line(2)}}, moving(t, "thermostat.a -> thermostat.z"), []string{"Moved to where nothing is declared"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := known(t, "thermostat.a=1", "thermostat.b=2", "thermostat.c=3")
			for name, e := range s.Thermostats {
				e.OnRemove = ptr(protection(provider.Cooling))
				s.Thermostats[name] = e
			}
			in := input(load(t, block("c", 3, "mode = \"off\"")), s)
			in.Config.Removals, in.Config.Moves = test.removals, test.moves
			p, notices := Make(in)
			if diff := cmp.Diff(test.want, summaries(notices)); diff != "" {
				t.Errorf("(-want +got):\n%s\n%v", diff, movedBriefs(p.Steps))
			}
		})
	}
}
