package plan

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
	"setpoint/plan/state"
)

func TestImports(t *testing.T) {
	importing := func(to string, n int) []config.Import {
		return []config.Import{{To: parse(t, to), Device: device(n), Range: line(1)}}
	}
	for _, test := range []struct {
		name     string
		declared []string
		known    []string
		imports  []config.Import
		input    func(*Input)
		want     []string
		notices  []string
	}{
		{name: "read instead of set", declared: []string{"thermostat.a"}, imports: importing("thermostat.a", 1), want: []string{"import thermostat.a call"}},
		{name: "recorded already", declared: []string{"thermostat.a"}, known: []string{"thermostat.a=1"}, imports: importing("thermostat.a", 1), want: []string{"no-op thermostat.a"}},
		{name: "recorded under the address before a move", declared: []string{"thermostat.a"}, known: []string{"thermostat.z=1"}, imports: importing("thermostat.a", 1),
			input: func(in *Input) { in.Config.Moves = moving(t, "thermostat.z -> thermostat.a") }, want: []string{"move thermostat.a from thermostat.z"}},
		{name: "recorded with another device", declared: []string{"thermostat.a"}, known: []string{"thermostat.a=7"}, imports: importing("thermostat.a", 1),
			want: []string{"exchange thermostat.a call"}, notices: nil},
		{name: "recorded under another name", declared: []string{"thermostat.a"}, known: []string{"thermostat.z=1"}, imports: importing("thermostat.a", 1),
			want: []string{"import thermostat.a call", "forget thermostat.z (readdressed)"}},
		{name: "not declared", declared: []string{`thermostat.a["x"]`}, imports: importing("thermostat.a", 1), want: []string{`add thermostat.a["x"] call`},
			notices: []string{`moves.hcl:1 Imported, but not declared There is thermostat.a["x"]. Write`}},
		{name: "another device", declared: []string{"thermostat.a"}, imports: importing("thermostat.a", 2), want: []string{"add thermostat.a call"},
			notices: []string{"moves.hcl:1 Import of another thermostat " + module(2) + ", but is declared at main.hcl:7 as plant " + device(1).PlantID + ", module " + module(1)}},
		{name: "left out by a target", declared: []string{"thermostat.a", "thermostat.b"}, imports: importing("thermostat.a", 1),
			input: func(in *Input) { in.Targets = []string{"thermostat.b"} }, want: []string{"add thermostat.b call"}, notices: []string{"Partial plan"}},
		{name: "where everything is given up", declared: []string{"thermostat.a"}, imports: importing("thermostat.z", 1), input: func(in *Input) { in.Destroy = true }, want: []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := Input{Config: &config.Config{Thermostats: declared(t, test.declared...), Imports: test.imports}, State: known(t, test.known...), Now: now()}
			if test.input != nil {
				test.input(&in)
			}
			p, notices := Make(in)
			if diff := cmp.Diff(test.want, movedBriefs(p.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			checkNotices(t, test.notices, notices)
			for i := range p.Steps {
				if err := p.Steps[i].check(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestImportOfWhatIsOver: a reading is worth having also where nothing would be sent.
func TestImportOfWhatIsOver(t *testing.T) {
	c := load(t, block("a", 1, "mode = \"off\"\nuntil = \"2026-11-21T10:00:00\""))
	c.Thermostats[0].Ignored = []string{"mode"}
	in := input(c, record(nil))
	in.Config.Imports = []config.Import{{To: c.Thermostats[0].Address, Device: device(1)}}
	p, notices := Make(in)
	if brief(p.Steps[0]) != "import thermostat.a call" || len(notices) > 0 || len(p.Steps[0].Ignored) != 1 {
		t.Errorf("%+v, %v", p.Steps[0], notices)
	}
	if got := p.Count(); got != (Counts{Import: 1, Calls: 1, MostCalls: 5}) || !p.HasChanges() {
		t.Errorf("%+v", got)
	}
}

// TestSelection: --target and --replace by block, module and instance.
func TestSelection(t *testing.T) {
	wanted := []string{`thermostat.room["1"]`, `thermostat.room["2"]`, `module.floor["1"].thermostat.room`, `module.floor["2"].thermostat.room`, `module.floor["2"].module.bath[0].thermostat.tub`}
	var recorded []string
	for i, name := range wanted {
		recorded = append(recorded, fmt.Sprintf("%s=%d", name, i+1))
	}
	for _, test := range []struct {
		name             string
		targets, replace []string
		want             []string
		notices          []string
	}{
		{name: "a block again", replace: []string{"thermostat.room"}, want: []string{`thermostat.room["1"]`, `thermostat.room["2"]`}},
		{name: "a key again", replace: []string{`thermostat.room["2"]`}, want: []string{`thermostat.room["2"]`}},
		{name: "a module again", replace: []string{"module.floor"}, want: wanted[2:]},
		{name: "an instance of it again", replace: []string{`module.floor["2"]`}, want: []string{wanted[3], wanted[4]}},
		{name: "a module within again", replace: []string{`module.floor["2"].module.bath`}, want: []string{wanted[4]}},
		{name: "of a target", targets: []string{`module.floor["2"]`}, replace: []string{"module.floor"}, want: []string{wanted[3], wanted[4]}, notices: []string{"Partial plan limited to module.floor[\"2\"] and"}},
		{name: "beside a target", targets: []string{`module.floor["1"]`}, replace: []string{"thermostat.room"}, notices: []string{"Partial plan", "Contradiction thermostat.room"}},
		{name: "unknown key", replace: []string{`module.floor["3"]`}, notices: []string{`Unknown thermostat There is module.floor, module.floor["1"], module.floor["2"].`}},
		{name: "unknown instance as a target", targets: []string{"thermostat.room[0]"}, notices: []string{`Unknown target There is thermostat.room, thermostat.room["1"], thermostat.room["2"].`}},
		{name: "elsewhere", targets: []string{"thermostat.tub"}, notices: []string{`Unknown target There is module.floor["2"].module.bath[0].thermostat.tub.`}},
		{name: "a slip", targets: []string{"thermostat.romo"}, notices: []string{`Unknown target There is thermostat.room`}},
		{name: "nothing near", targets: []string{"module.attic"}, notices: []string{"Unknown target There is no module.attic, neither in the configuration nor in the state."}},
		{name: "no address", targets: []string{"thermostat.room[1"}, notices: []string{`Unknown target "thermostat.room[1" is not an address`}},
		{name: "many targets read well", targets: []string{wanted[0], wanted[1], wanted[2], wanted[3], wanted[4], "module.floor"}, notices: []string{"Partial plan and 1 more and what that depends on"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, notices := Make(Input{Config: &config.Config{Thermostats: sorted(declared(t, wanted...))}, State: known(t, recorded...), Now: now(), Targets: test.targets, Replace: test.replace})
			var got []string
			for _, s := range p.Steps {
				if s.Reason == ReasonRequested {
					got = append(got, s.Address.String())
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			checkNotices(t, test.notices, notices)
		})
	}
}

// TestTargetOfAKeyThatIsGone: what is only recorded can be named, too.
func TestTargetOfAKeyThatIsGone(t *testing.T) {
	in := Input{Config: &config.Config{Thermostats: declared(t, `module.m["x"].thermostat.a`)}, State: known(t, `module.m["x"].thermostat.a=1`, `module.m["y"].thermostat.a=2`, "thermostat.b=3"), Now: now()}
	in.State.Thermostats[`module.m["y"].thermostat.a`] = entry(2, state.Confirmed, protection("heating"))
	for target, want := range map[string][]string{
		`module.m["y"]`: {`forget module.m["y"].thermostat.a (undeclared)`},
		"module.m":      {`no-op module.m["x"].thermostat.a`, `forget module.m["y"].thermostat.a (undeclared)`},
	} {
		in.Targets = []string{target}
		p, _ := Make(in)
		if diff := cmp.Diff(want, briefs(p.Steps)); diff != "" {
			t.Errorf("%s: %s", target, diff)
		}
	}
}
