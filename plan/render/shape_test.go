package render

import (
	"cmp"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

// shown is what a reader of Terraform's plan JSON takes from one.
type shown struct {
	Planned stateValues `json:"planned_values"`
	Prior   struct {
		Values stateValues `json:"values"`
	} `json:"prior_state"`
	Changes []struct {
		Address  string `json:"address"`
		Previous string `json:"previous_address"`
		Change   struct {
			Actions       []string `json:"actions"`
			Before, After any
		} `json:"change"`
		Reason string `json:"action_reason"`
	} `json:"resource_changes"`
	Configuration struct {
		Root declaredModule `json:"root_module"`
	} `json:"configuration"`
	Checks any `json:"checks"`
}

type stateValues struct {
	Outputs map[string]any `json:"outputs"`
	Root    valuesModule   `json:"root_module"`
}

type valuesModule struct {
	Address   string
	Resources []struct {
		Address, Name string
		Index, Values any
	}
	Children []valuesModule `json:"child_modules"`
}

type declaredModule struct {
	Resources []struct{ Address string }
	Calls     map[string]struct{ Module declaredModule } `json:"module_calls"`
}

func show(t *testing.T, p *plan.Plan) shown {
	t.Helper()
	line, err := JSON(p)
	if err != nil {
		t.Fatal(err)
	}
	var s shown
	if err := json.Unmarshal(line, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// collect gives the values of all resources by address, and holds that each is
// in its module and in order.
func (m valuesModule) collect(t *testing.T, into map[string]any) {
	t.Helper()
	last := ""
	for _, r := range m.Resources {
		at, err := address.Parse(r.Address)
		if err != nil || at.Module != m.Address || at.Name != r.Name {
			t.Errorf("%s stands in module %q: %v", r.Address, m.Address, err)
		}
		if before, err := address.Parse(last); err == nil && address.Compare(before, at) >= 0 {
			t.Errorf("%s stands before %s", last, r.Address)
		}
		into[r.Address], last = r.Values, r.Address
	}
	for _, child := range m.Children {
		if parent := strings.TrimPrefix(m.Address+".", "."); !strings.HasPrefix(child.Address, parent+"module.") {
			t.Errorf("module %s stands in module %q", child.Address, m.Address)
		}
		child.collect(t, into)
	}
}

func (m declaredModule) collect(prefix string, into map[string]bool) {
	for _, r := range m.Resources {
		into[prefix+r.Address] = true
	}
	for name, call := range m.Calls {
		call.Module.collect(prefix+"module."+name+".", into)
	}
}

// TestTheViewsAgree holds of every golden plan that prior_state, planned_values
// and configuration tell of the same thermostats as resource_changes.
func TestTheViewsAgree(t *testing.T) {
	folders, err := os.ReadDir(golden)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		p, _, _ := goldenPlan(t, filepath.Join(golden, folder.Name()))
		s := show(t, p)
		before, after, declared := map[string]any{}, map[string]any{}, map[string]bool{}
		for i, c := range s.Changes {
			if c.Change.Before != nil {
				before[cmp.Or(c.Previous, c.Address)] = c.Change.Before
			}
			if c.Change.After != nil {
				after[c.Address] = c.Change.After
			}
			if a := p.Steps[i].Action; a != plan.Forget && a != plan.Destroy {
				declared[p.Steps[i].Address.Declaration()] = true
			}
		}
		prior, planned, configured := map[string]any{}, map[string]any{}, map[string]bool{}
		s.Prior.Values.Root.collect(t, prior)
		s.Planned.Root.collect(t, planned)
		s.Configuration.Root.collect("", configured)
		for name, pair := range map[string][2]any{"prior_state": {before, prior}, "planned_values": {after, planned}, "configuration": {declared, configured}} {
			if diff := gocmp.Diff(pair[0], pair[1]); diff != "" {
				t.Errorf("%s: %s (-resource_changes +there):\n%s", folder.Name(), name, diff)
			}
		}
	}
}

func TestReasonsOfDeletion(t *testing.T) {
	device := provider.Device{PlantID: "p", ModuleID: "m"}
	off := provider.Settings{Function: provider.Heating, Mode: provider.Off}
	entry := &state.Entry{Device: device, Settings: off, Outcome: state.Confirmed}
	p := &plan.Plan{}
	for _, declared := range []string{
		"thermostat.counted[0]", `thermostat.keyed["a"]`, "thermostat.one", `module.floor["1"].thermostat.room["101"]`,
		`module.floor["2"].thermostat.hall`, `module.wing[0].module.floor.thermostat.room`,
	} {
		p.Steps = append(p.Steps, plan.Step{Address: at(t, declared), Action: plan.NoOp, Device: device, Before: entry, After: &off})
	}
	want := map[string]string{
		"thermostat.counted[3]":                       "delete_because_count_index",
		"thermostat.counted":                          "delete_because_wrong_repetition",
		`thermostat.counted["a"]`:                     "delete_because_wrong_repetition",
		`thermostat.keyed["b"]`:                       "delete_because_each_key",
		"thermostat.keyed[0]":                         "delete_because_wrong_repetition",
		"thermostat.one[0]":                           "delete_because_wrong_repetition",
		"thermostat.gone":                             "delete_because_no_resource_config",
		`module.floor["1"].thermostat.room["102"]`:    "delete_because_each_key",
		`module.floor["3"].thermostat.room["301"]`:    "delete_because_no_module",
		`module.floor["2"].thermostat.room["201"]`:    "delete_because_no_resource_config",
		`module.floor["3"].thermostat.attic`:          "delete_because_no_resource_config",
		"module.wing[1].module.floor.thermostat.room": "delete_because_no_module",
	}
	for _, gone := range slices.Sorted(maps.Keys(want)) {
		p.Steps = append(p.Steps, plan.Step{Address: at(t, gone), Action: plan.Forget, Reason: plan.ReasonUndeclared, Device: device, Before: entry})
	}
	got := map[string]string{}
	for _, c := range show(t, p).Changes {
		if c.Change.Actions[0] == "forget" {
			got[c.Address] = c.Reason
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func at(t *testing.T, text string) address.Address {
	t.Helper()
	a, err := address.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestChecks(t *testing.T) {
	p := &plan.Plan{Checks: []plan.Check{
		{Name: "warm", Status: config.CheckPassed},
		{Module: `module.floor["1"]`, Name: "cold", Status: config.CheckFailed, Problems: []string{"Too cold.", "Far."}},
		{Module: `module.floor["1"]`, Name: "late", Status: config.CheckFailed, Problems: []string{"Late."}},
		{Module: `module.floor["2"]`, Name: "cold", Status: config.CheckPassed},
		{Module: `module.floor["2"]`, Name: "late", Status: config.CheckUnclear},
		{Module: `module.floor["3"]`, Name: "late", Status: config.CheckFailed, Problems: []string{"Late."}},
	}}
	check := func(module, name, status string, instances ...any) any {
		where := map[string]any{"kind": "check", "name": name, "to_display": "check." + name}
		if module != "" {
			where["module"], where["to_display"] = module, module+".check."+name
		}
		return map[string]any{"address": where, "status": status, "instances": instances}
	}
	instance := func(module, name, status string, messages ...string) any {
		where := map[string]any{"to_display": "check." + name}
		if module != "" {
			where["module"], where["to_display"] = module, module+".check."+name
		}
		i := map[string]any{"address": where, "status": status}
		var problems []any
		for _, message := range messages {
			problems = append(problems, map[string]any{"message": message})
		}
		if problems != nil {
			i["problems"] = problems
		}
		return i
	}
	want := []any{
		check("", "warm", "pass", instance("", "warm", "pass")),
		check("module.floor", "cold", "fail", instance(`module.floor["1"]`, "cold", "fail", "Too cold.", "Far."), instance(`module.floor["2"]`, "cold", "pass")),
		check("module.floor", "late", "error", instance(`module.floor["1"]`, "late", "fail", "Late."), instance(`module.floor["2"]`, "late", "error"),
			instance(`module.floor["3"]`, "late", "fail", "Late.")),
	}
	if diff := gocmp.Diff(any(want), show(t, p).Checks); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
