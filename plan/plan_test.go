package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
	"setpoint/plan/state"
)

// TestNothingSentIsNotShownAsSet holds that After never claims what will not be.
func TestNothingSentIsNotShownAsSet(t *testing.T) {
	c := load(t, block("a", 1, "  mode = \"manual\"\n  setpoint = 20\n  until = \"2026-11-21T10:00:00\"\n  on_remove { mode = \"protection\" }"))
	p, _ := Make(input(c, record(nil)))
	if p.Steps[0].After != nil {
		t.Errorf("never applied, never will be, but After is %v", *p.Steps[0].After)
	}
	p, _ = Make(input(c, record(map[string]state.Entry{"thermostat.a": entry(1, state.Confirmed, manual(180))})))
	if after := p.Steps[0].After; after == nil || *after != manual(180) {
		t.Errorf("After is %v, but the thermostat stays at 18 °C", after)
	}
}

// TestExpiredAdvice holds that a warning only advises what helps.
func TestExpiredAdvice(t *testing.T) {
	c := load(t, block("a", 1, "  mode = \"manual\"\n  setpoint = 20\n  until = \"2026-11-22T11:00:30\""))
	_, notices := Make(input(c, record(map[string]state.Entry{"thermostat.a": entry(1, state.Unknown, until(t, manual(200), "2026-11-22T11:00:30"))})))
	if len(notices) != 1 || strings.Contains(notices[0].Detail, "--replace") || strings.Contains(notices[0].Detail, "it is over") {
		t.Errorf("an until 30 s ahead that --replace cannot send: %+v", notices)
	}
	_, notices = Make(Input{Config: &config.Config{}, State: record(map[string]state.Entry{"thermostat.a": entry(1, state.Confirmed, manual(200))}), Destroy: true, Now: now()})
	if len(notices) != 1 || strings.Contains(notices[0].Detail, "bring its block back") {
		t.Errorf("the block is not gone: %+v", notices)
	}
}

func TestOutputs(t *testing.T) {
	const hcl = `
output "same" { value = { a = "R&D <1>", b = [1, 2.5] } }
output "new" { value = 1 }
output "hidden" {
  value     = "hunter2"
  sensitive = true
}
output "open" { value = "x" }
`
	s := record(nil)
	s.Outputs["hidden"] = state.Output{Value: []byte(`"hunter2"`), Type: []byte(`"string"`)}
	s.Outputs["open"] = state.Output{Sensitive: true}
	s.Outputs["gone"] = state.Output{Value: []byte(`true`), Type: []byte(`"bool"`)}
	in := input(load(t, hcl), s)
	for _, o := range in.Config.Outputs {
		if o.Name == "same" {
			s.Outputs["same"] = state.Output{Value: o.Value, Type: o.Type}
		}
	}
	encoded, err := state.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if in.State, err = state.Decode("s", encoded); err != nil {
		t.Fatal(err)
	}
	changed := func(in Input) []string {
		p, _ := Make(in)
		names := []string{}
		for _, o := range p.Outputs {
			if o.Changed() {
				names = append(names, o.Name)
			}
		}
		return names
	}
	if diff := cmp.Diff([]string{"gone", "hidden", "new", "open"}, changed(in)); diff != "" {
		t.Error(diff)
	}
	p, _ := Make(in)
	content := encode(t, p)
	if strings.Contains(string(content), "hunter2") {
		t.Errorf("the plan file holds a value that is declared sensitive now:\n%s", content)
	}
	in.Targets = []string{"thermostat.a"}
	if names := changed(in); len(names) > 0 {
		t.Errorf("a partial plan changes the outputs %v", names)
	}
	in.Targets, in.Destroy = nil, true
	if diff := cmp.Diff([]string{"gone", "hidden", "open", "same"}, changed(in)); diff != "" {
		t.Errorf("destroy: %s", diff)
	}
}

func TestCount(t *testing.T) {
	p := &Plan{Attempts: 5}
	for _, a := range []Action{NoOp, Add, Change, Exchange, Destroy, Forget} {
		p.Steps = append(p.Steps, Step{Action: a, Call: !slices.Contains([]Action{NoOp, Forget}, a)})
	}
	if diff := cmp.Diff(Counts{Add: 2, Change: 1, Destroy: 1, Forget: 2, NoOp: 1, Calls: 4, MostCalls: 20}, p.Count()); diff != "" {
		t.Error(diff)
	}
	if p.MostCalls = 3; p.Count().MostCalls != 3 {
		t.Error("more calls than --max-calls allows")
	}
}

// TestConfigIsOnlyRead: a plan that leaves the moves out leaves them to whoever
// has the configuration.
func TestConfigIsOnlyRead(t *testing.T) {
	c := load(t, block("a", 1, "mode = \"off\"")+"moved {\n  from = thermostat.old\n  to = thermostat.a\n}\n")
	for name, in := range map[string]Input{
		"only to refresh": {Config: c, State: record(nil), Now: now(), RefreshOnly: true},
		"everything":      {Config: c, State: record(nil), Now: now(), Destroy: true},
	} {
		if Make(in); len(c.Moves) != 1 || len(c.Thermostats) != 1 {
			t.Errorf("%s: %d moves and %d thermostats are left", name, len(c.Moves), len(c.Thermostats))
		}
	}
}
