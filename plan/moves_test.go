package plan

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
	"setpoint/plan/state"
	"setpoint/provider"
)

func TestMoves(t *testing.T) {
	for _, test := range []struct {
		name     string
		declared []string
		known    []string
		moves    []string
		input    func(*Input)
		want     []string
		notices  []string
	}{
		{
			name: "renamed", declared: []string{"thermostat.b"}, known: []string{"thermostat.a=1"}, moves: []string{"thermostat.a -> thermostat.b"},
			want: []string{"move thermostat.b from thermostat.a"},
		},
		{
			name: "done before, silent", declared: []string{"thermostat.b"}, known: []string{"thermostat.b=1"}, moves: []string{"thermostat.a -> thermostat.b"},
			want: []string{"no-op thermostat.b"},
		},
		{
			name: "nothing recorded, silent", declared: []string{"thermostat.b"}, moves: []string{"thermostat.a -> thermostat.b"},
			want: []string{"add thermostat.b call"},
		},
		{
			name: "a chain in the wrong order", declared: []string{"thermostat.d"}, known: []string{"thermostat.a=1"},
			moves: []string{"thermostat.c -> thermostat.d", "thermostat.b -> thermostat.c", "thermostat.a -> thermostat.b"},
			want:  []string{"move thermostat.d from thermostat.a"},
		},
		{
			name: "into a chain", declared: []string{"thermostat.d"}, known: []string{"thermostat.c=1"},
			moves: []string{"thermostat.c -> thermostat.d", "thermostat.b -> thermostat.c", "thermostat.a -> thermostat.b"},
			want:  []string{"move thermostat.d from thermostat.c"},
		},
		{
			name: "a block keeps its keys", declared: []string{`thermostat.b["x"]`, "thermostat.b[2]", "thermostat.b"},
			known: []string{`thermostat.a["x"]=1`, "thermostat.a[2]=2", "thermostat.a=3"}, moves: []string{"thermostat.a -> thermostat.b"},
			want: []string{"move thermostat.b from thermostat.a", "move thermostat.b[2] from thermostat.a[2]", `move thermostat.b["x"] from thermostat.a["x"]`},
		},
		{
			name: "into a key: only the one without key", declared: []string{`thermostat.b["x"]`}, known: []string{"thermostat.a=1", "thermostat.a[1]=2"},
			moves: []string{`thermostat.a -> thermostat.b["x"]`}, want: []string{`move thermostat.b["x"] from thermostat.a`, "forget thermostat.a[1] (undeclared)"},
			notices: []string{"left"},
		},
		{
			name: "out of a key", declared: []string{"thermostat.b"}, known: []string{`thermostat.a["x"]=1`}, moves: []string{`thermostat.a["x"] -> thermostat.b`},
			want: []string{`move thermostat.b from thermostat.a["x"]`},
		},
		{
			name: "the instance goes before the block", declared: []string{"thermostat.b[1]", "thermostat.c"}, known: []string{"thermostat.a[1]=1", "thermostat.a[2]=2"},
			moves: []string{"thermostat.a -> thermostat.b", "thermostat.a[2] -> thermostat.c"},
			want:  []string{"move thermostat.b[1] from thermostat.a[1]", "move thermostat.c from thermostat.a[2]"},
		},
		{
			name: "a module with all in it", declared: []string{`module.n["1"].thermostat.a`, `module.n["1"].module.in[0].thermostat.b["k"]`},
			known: []string{`module.m["1"].thermostat.a=1`, `module.m["1"].module.in[0].thermostat.b["k"]=2`}, moves: []string{"module.m -> module.n"},
			want: []string{
				`move module.n["1"].thermostat.a from module.m["1"].thermostat.a`,
				`move module.n["1"].module.in[0].thermostat.b["k"] from module.m["1"].module.in[0].thermostat.b["k"]`,
			},
		},
		{
			name: "a module gets a key", declared: []string{`module.m["1"].thermostat.a`}, known: []string{"module.m.thermostat.a=1"}, moves: []string{`module.m -> module.m["1"]`},
			want: []string{`move module.m["1"].thermostat.a from module.m.thermostat.a`},
		},
		{
			name: "and loses it", declared: []string{"module.m.thermostat.a"}, known: []string{`module.m["1"].thermostat.a=1`}, moves: []string{`module.m["1"] -> module.m`},
			want: []string{`move module.m.thermostat.a from module.m["1"].thermostat.a`},
		},
		{
			name: "into a module and out of another", declared: []string{"module.m[0].thermostat.a", "thermostat.b"}, known: []string{"thermostat.a=1", `module.o["x"].thermostat.b=2`},
			moves: []string{"thermostat.a -> module.m[0].thermostat.a", `module.o["x"].thermostat.b -> thermostat.b`},
			want:  []string{`move thermostat.b from module.o["x"].thermostat.b`, "move module.m[0].thermostat.a from thermostat.a"},
		},
		{
			name: "within a module that moves, before", declared: []string{"module.n.thermostat.b"}, known: []string{"module.m.thermostat.a=1"},
			moves: []string{"module.m -> module.n", "module.m.thermostat.a -> module.m.thermostat.b"}, want: []string{"move module.n.thermostat.b from module.m.thermostat.a"},
		},
		{
			name: "within a module that moves, after", declared: []string{"module.n.thermostat.b"}, known: []string{"module.m.thermostat.a=1"},
			moves: []string{"module.n.thermostat.a -> module.n.thermostat.b", "module.m -> module.n"}, want: []string{"move module.n.thermostat.b from module.m.thermostat.a"},
		},
		{
			name: "a longer name is another name", declared: []string{"module.n.thermostat.a", "module.mm.thermostat.a"}, known: []string{"module.mm.thermostat.a=2"},
			moves: []string{"module.m -> module.n"}, want: []string{"no-op module.mm.thermostat.a", "add module.n.thermostat.a call"},
		},
		{
			name: "count added", declared: []string{"thermostat.a[0]", "thermostat.a[1]"}, known: []string{"thermostat.a=1"},
			want: []string{"move thermostat.a[0] from thermostat.a", "add thermostat.a[1] call"},
		},
		{
			name: "count removed", declared: []string{"thermostat.a"}, known: []string{"thermostat.a[0]=1", "thermostat.a[1]=2"},
			want: []string{"move thermostat.a from thermostat.a[0]", "forget thermostat.a[1] (undeclared)"}, notices: []string{"left"},
		},
		{
			name: "for_each added is no count", declared: []string{`thermostat.a["0"]`}, known: []string{"thermostat.a=1"},
			want: []string{`add thermostat.a["0"] call`, "forget thermostat.a (readdressed)"}, notices: []string{"renamed"},
		},
		{
			name: "count added, but a block says otherwise", declared: []string{"thermostat.a[0]", "thermostat.a[1]"}, known: []string{"thermostat.a=2"},
			moves: []string{"thermostat.a -> thermostat.a[1]"}, want: []string{"add thermostat.a[0] call", "move thermostat.a[1] from thermostat.a"},
		},
		{
			name: "count added, but a block is about another instance", declared: []string{"thermostat.a[0]", "thermostat.a[1]"}, known: []string{"thermostat.a=1"},
			moves: []string{"thermostat.z -> thermostat.a[1]"}, want: []string{"add thermostat.a[0] call", "add thermostat.a[1] call", "forget thermostat.a (readdressed)"},
			notices: []string{"renamed"},
		},
		{
			name: "count added in a module that moves", declared: []string{"module.n.thermostat.a[0]"}, known: []string{"module.m.thermostat.a=1"},
			moves: []string{"module.m -> module.n"}, want: []string{"move module.n.thermostat.a[0] from module.m.thermostat.a"},
		},
		{
			name: "count added, but there is one already", declared: []string{"thermostat.a[0]"}, known: []string{"thermostat.a=1", "thermostat.a[0]=1"},
			want: []string{"no-op thermostat.a[0]", "forget thermostat.a (readdressed)"},
		},
		{
			name: "moved to what is not declared", known: []string{"thermostat.a=1"}, moves: []string{"thermostat.a -> thermostat.b"},
			want: []string{"forget thermostat.b (undeclared) from thermostat.a"}, notices: []string{"Moved to where nothing is declared", "left"},
		},
		{
			name: "moved, with another device", declared: []string{"thermostat.b"}, known: []string{"thermostat.a=7"}, moves: []string{"thermostat.a -> thermostat.b"},
			want: []string{"exchange thermostat.b call from thermostat.a"}, notices: nil,
		},
		{
			name: "something is there already", declared: []string{"thermostat.b"}, known: []string{"thermostat.a=2", "thermostat.b=1"}, moves: []string{"thermostat.a -> thermostat.b"},
			want: []string{"no-op thermostat.b", "forget thermostat.a (undeclared)"}, notices: []string{"Not moved", "left"},
		},
		{
			name: "of a block only what is in the way stays", declared: []string{"thermostat.b[1]", "thermostat.b[2]"},
			known: []string{"thermostat.a[1]=3", "thermostat.b[1]=1", "thermostat.a[2]=2"}, moves: []string{"thermostat.a -> thermostat.b"},
			want: []string{"no-op thermostat.b[1]", "move thermostat.b[2] from thermostat.a[2]", "forget thermostat.a[1] (undeclared)"}, notices: []string{"Not moved", "left"},
		},
		{
			name: "two that meet by way of modules: the first in order goes", declared: []string{"module.n.thermostat.a"}, known: []string{"module.m.thermostat.a=1", "thermostat.x=2"},
			moves: []string{"module.m -> module.n", "thermostat.x -> module.n.thermostat.a"},
			want:  []string{"move module.n.thermostat.a from module.m.thermostat.a", "forget thermostat.x (undeclared)"}, notices: []string{"Not moved", "left"},
		},
		{
			name: "the same twice", declared: []string{"thermostat.b"}, known: []string{"thermostat.a=1"}, moves: []string{"thermostat.a -> thermostat.b", "thermostat.a -> thermostat.b"},
			want: []string{"move thermostat.b from thermostat.a"},
		},
		{
			name: "destroyed under the new name", declared: []string{"thermostat.b"}, known: []string{"thermostat.a=1"}, moves: []string{"thermostat.a -> thermostat.b"},
			input: func(in *Input) { in.Destroy = true }, want: []string{"forget thermostat.b (destroy) from thermostat.a"}, notices: []string{"left"},
		},
		{
			name: "a target by its old name", declared: []string{"thermostat.b", "thermostat.c"}, known: []string{"thermostat.a=1"}, moves: []string{"thermostat.a -> thermostat.b"},
			input: func(in *Input) { in.Targets = []string{"thermostat.a"} }, want: []string{"move thermostat.b from thermostat.a"}, notices: []string{"Partial plan"},
		},
		{
			name: "left out by a target", declared: []string{"thermostat.b", "thermostat.c"}, known: []string{"thermostat.a=1"}, moves: []string{"thermostat.a -> thermostat.b"},
			input: func(in *Input) { in.Targets = []string{"thermostat.c"} }, want: []string{"add thermostat.c call"}, notices: []string{"Partial plan"},
		},
		{
			name: "moved and sent again", declared: []string{"thermostat.b"}, known: []string{"thermostat.a=1"}, moves: []string{"thermostat.a -> thermostat.b"},
			input: func(in *Input) { in.Replace = []string{"thermostat.b"} }, want: []string{"change thermostat.b (requested) call from thermostat.a"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := Input{Config: &config.Config{Thermostats: sorted(declared(t, test.declared...)), Moves: moving(t, test.moves...)}, State: known(t, test.known...), Now: now()}
			if test.input != nil {
				test.input(&in)
			}
			p, notices := Make(in)
			if diff := cmp.Diff(test.want, movedBriefs(p.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, test.notices...), summaries(notices)); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
			for i := range p.Steps {
				if err := p.Steps[i].check(); err != nil {
					t.Error(err)
				}
			}
			in.State = take(t, in.State, p.Steps)
			if again, _ := Make(in); again.HasChanges() && len(in.Targets)+len(in.Replace) == 0 {
				t.Errorf("applied and planned again: %v", movedBriefs(again.Steps))
			}
		})
	}
}

// TestMovesThatContradict holds the errors, each with the two places.
func TestMovesThatContradict(t *testing.T) {
	for _, test := range []struct {
		name     string
		declared []string
		known    []string
		moves    []string
		want     map[int]string // by line
	}{
		{"to two places", nil, nil, []string{"thermostat.a -> thermostat.b", "thermostat.a -> thermostat.c"}, map[int]string{2: "Moved to two places: moves.hcl:1"}},
		{"to one place", nil, nil, []string{"thermostat.a -> thermostat.c", "thermostat.b -> thermostat.c"}, map[int]string{2: "Two things moved to one place: moves.hcl:1"}},
		{"in a circle", nil, nil, []string{"thermostat.a -> thermostat.b", "module.x -> module.y", "thermostat.b -> thermostat.a"}, map[int]string{1: "Moves in a circle: moves.hcl:3"}},
		{"into a circle", nil, []string{"thermostat.z=1"}, []string{"thermostat.z -> thermostat.a", "thermostat.b -> thermostat.a"}, map[int]string{2: "Two things moved to one place: moves.hcl:1"}},
		{"to itself", nil, nil, []string{"module.a -> module.a"}, map[int]string{1: "Moves in a circle: moves.hcl:1"}},
		{"in a circle of a block and its instance", nil, []string{"thermostat.a[1]=1"}, []string{"thermostat.a -> thermostat.b", "thermostat.b[1] -> thermostat.a[1]"}, map[int]string{2: "Moves in a circle: thermostat.a[1]"}},
		{"still declared", []string{"thermostat.a"}, []string{"thermostat.a=1"}, []string{"thermostat.a -> thermostat.b"}, map[int]string{1: "Moved, but still declared: main.hcl:7"}},
		{"still declared by key", []string{`thermostat.a["x"]`}, nil, []string{`thermostat.a["x"] -> thermostat.b`}, map[int]string{1: "Moved, but still declared: main.hcl:7"}},
		{"block still declared by key", []string{`thermostat.a["x"]`}, nil, []string{"thermostat.a -> thermostat.b"}, map[int]string{1: "Moved, but still declared: main.hcl:7"}},
		{"module still declared", []string{`module.m["x"].thermostat.a`}, nil, []string{"module.m -> module.n"}, map[int]string{1: "Moved, but still declared: main.hcl:7"}},
		{"instance of a module still declared", []string{`module.m["x"].thermostat.a`}, nil, []string{`module.m["x"] -> module.n`}, map[int]string{1: "Moved, but still declared: main.hcl:7"}},
		{"another key is no contradiction", []string{`thermostat.a["y"]`, `module.m["y"].thermostat.a`}, nil, []string{`thermostat.a["x"] -> thermostat.b`, `module.m["x"] -> module.n`, "thermostat.a -> thermostat.a[\"z\"]"}, nil},
		{"all are reported", []string{"thermostat.a"}, nil, []string{"thermostat.a -> thermostat.b", "thermostat.c -> thermostat.c", "thermostat.d -> thermostat.e", "thermostat.d -> thermostat.f"}, map[int]string{
			1: "Moved, but still declared: main.hcl:7", 2: "Moves in a circle: moves.hcl:2", 4: "Moved to two places: moves.hcl:3",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, notices := Make(Input{Config: &config.Config{Thermostats: declared(t, test.declared...), Moves: moving(t, test.moves...)}, State: known(t, test.known...), Now: now()})
			got := map[int]string{}
			for _, n := range notices {
				if n.Place == nil {
					continue
				}
				want := test.want[n.Place.Start.Line]
				_, other, _ := strings.Cut(want, ": ")
				got[n.Place.Start.Line] = n.Summary + ": " + other
				if !strings.Contains(n.Detail, other) {
					t.Errorf("%s is not in %q", other, n.Detail)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" && len(test.want)+len(got) > 0 {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestMovedEntryIsKept holds that what is known goes along, doubts included.
func TestMovedEntryIsKept(t *testing.T) {
	in := Input{Config: &config.Config{Thermostats: declared(t, "thermostat.b"), Moves: moving(t, "thermostat.a -> thermostat.b")}, State: record(nil), Now: now()}
	doubted := withOnRemove(withPrevious(entry(1, state.Unknown, manual(210)), manual(190)), provider.Settings{Function: provider.Heating, Mode: provider.Protection})
	in.State.Thermostats = map[string]state.Entry{"thermostat.a": doubted}
	p, _ := Make(in)
	if got := movedBriefs(p.Steps)[0]; got != "change thermostat.b (unknown) call from thermostat.a" || !p.Steps[0].Before.Equal(doubted) {
		t.Errorf("%s, before: %+v", got, p.Steps[0].Before)
	}
}

// TestStaleAfterAMove: the entry that counts is the one under the old address,
// and nothing may have come to the new one.
func TestStaleAfterAMove(t *testing.T) {
	in := Input{Config: &config.Config{Thermostats: declared(t, "thermostat.b"), Moves: moving(t, "thermostat.a -> thermostat.b")}, State: known(t, "thermostat.a=1"), Now: now()}
	made, _ := Make(in)
	p, err := Decode(encode(t, made))
	if err != nil {
		t.Fatal(err)
	}
	later := known(t, "thermostat.a=1")
	moved := later.Thermostats["thermostat.a"]
	moved.At = moved.At.Add(time.Minute)
	later.Thermostats["thermostat.a"] = moved
	for name, test := range map[string]struct {
		now  *state.State
		want int
	}{
		"as it was":        {in.State, 0},
		"moved meanwhile":  {known(t, "thermostat.b=1"), 0},
		"set meanwhile":    {later, 1},
		"gone":             {known(t), 1},
		"another is there": {known(t, "thermostat.a=1", "thermostat.b=2"), 1},
	} {
		if got := p.Stale(test.now); len(got) != test.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	in.Config.Moves[0].From, in.State = group(t, "thermostat.z"), known(t, "thermostat.z=1")
	if other, _ := Make(in); other.Digest() == p.Digest() {
		t.Error("a move from elsewhere has the same digest")
	}
	if !p.HasChanges() || p.Count() != (Counts{Moved: 1}) {
		t.Errorf("%v, %+v", p.HasChanges(), p.Count())
	}
}

// An interrupted run can leave two records of one device. What the device has is
// what the newest says, under whichever address.
func TestNewestRecordOfADeviceCounts(t *testing.T) {
	c := load(t, block("a", 1, "mode = \"manual\"\nsetpoint = 20")+block("b", 2, "mode = \"manual\"\nsetpoint = 20"))
	old, newer := entry(1, state.Confirmed, manual(200)), entry(1, state.Confirmed, manual(180))
	newer.At = old.At.Add(time.Hour)
	first, second := entry(1, state.Confirmed, manual(200)), entry(2, state.Confirmed, manual(200))
	goneOld, goneNew := entry(5, state.Confirmed, manual(200)), entry(5, state.Confirmed, manual(180))
	goneOld.OnRemove, goneNew.OnRemove = ptr(protection(provider.Heating)), ptr(protection(provider.Heating))
	goneNew.At = goneOld.At.Add(time.Hour)
	for name, test := range map[string]struct {
		records map[string]state.Entry
		want    []string
	}{
		"under a name that is gone":      {map[string]state.Entry{"thermostat.a": old, "thermostat.b": second, "thermostat.z": newer}, []string{"change thermostat.a call from thermostat.z", "no-op thermostat.b"}},
		"an older one is only forgotten": {map[string]state.Entry{"thermostat.a": newer, "thermostat.b": second, "thermostat.z": old}, []string{"change thermostat.a call", "no-op thermostat.b", "forget thermostat.z (readdressed)"}},
		"of two that are gone":           {map[string]state.Entry{"thermostat.a": first, "thermostat.b": second, "thermostat.y": goneOld, "thermostat.z": goneNew}, []string{"no-op thermostat.a", "no-op thermostat.b", "destroy thermostat.z (undeclared) call", "forget thermostat.y (readdressed)"}},
		"of two of one second":           {map[string]state.Entry{"thermostat.a": first, "thermostat.b": second, "thermostat.y": goneOld, "thermostat.z": goneOld}, []string{"no-op thermostat.a", "no-op thermostat.b", "destroy thermostat.y (undeclared) call", "forget thermostat.z (readdressed)"}},
		"under a declared name":          {map[string]state.Entry{"thermostat.a": old, "thermostat.b": newer}, []string{"change thermostat.a (superseded) call", "exchange thermostat.b (readdressed) call"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := Make(input(c, record(test.records)))
			if diff := cmp.Diff(test.want, movedBriefs(p.Steps)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
