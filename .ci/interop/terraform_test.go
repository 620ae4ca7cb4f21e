package interop

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

func readPlan(t *testing.T, text []byte) *tfjson.Plan {
	t.Helper()
	var p tfjson.Plan
	if err := json.Unmarshal(text, &p); err != nil { // validates
		t.Fatalf("%v\n%s", err, text)
	}
	return &p
}

// TestPlan reads a plan with every action as programs that use terraform-json do.
func TestPlan(t *testing.T) {
	dir, text := changedHouse(t)
	p := readPlan(t, text)
	type change struct {
		Kind, Previous, Module string
		Index                  any
		Importing              string
		Reason                 tfjson.ActionReason
	}
	got := map[string]change{}
	for _, r := range p.ResourceChanges {
		if r.Mode != tfjson.ManagedResourceMode || r.Type != "thermostat" || r.ProviderName != "smarther" {
			t.Errorf("%s is %s %s of %s", r.Address, r.Mode, r.Type, r.ProviderName)
		}
		c := change{kind(r.Change.Actions), r.PreviousAddress, r.ModuleAddress, r.Index, "", r.ActionReason}
		if r.Change.Importing != nil {
			c.Importing = r.Change.Importing.ID
		}
		got[r.Address] = c
	}
	want := map[string]change{
		"thermostat.kitchen":                     {"create", "", "", nil, "", ""},
		"thermostat.lounge":                      {"update", "", "", nil, "", ""},
		"thermostat.hall[0]":                     {"no-op", "", "", 0.0, "", ""},
		"thermostat.hall[1]":                     {"forget", "", "", 1.0, "", tfjson.ActionReasonDeleteBecauseCountIndex},
		"thermostat.garage":                      {"forget", "", "", nil, "", tfjson.ActionReasonDeleteBecauseNoResourceConfig},
		"thermostat.attic":                       {"delete", "", "", nil, "", tfjson.ActionReasonDeleteBecauseNoResourceConfig},
		"thermostat.study":                       {"no-op", "thermostat.lumber_room", "", nil, "", ""},
		"thermostat.bath":                        {"create+forget", "", "", nil, "", tfjson.ActionReasonReplaceBecauseCannotUpdate},
		"thermostat.cellar":                      {"no-op", "", "", nil, "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000008", ""},
		`module.floor["1"].thermostat.room["a"]`: {"no-op", "", `module.floor["1"]`, "a", "", ""},
		`module.floor["1"].thermostat.room["b"]`: {"no-op", "", `module.floor["1"]`, "b", "", ""},
		`module.floor["2"].thermostat.room["a"]`: {"forget", "", `module.floor["2"]`, "a", "", tfjson.ActionReasonDeleteBecauseNoModule},
		`module.floor["2"].thermostat.room["b"]`: {"forget", "", `module.floor["2"]`, "b", "", tfjson.ActionReasonDeleteBecauseNoModule},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("resource_changes (-want +got):\n%s", diff)
	}
	if p.Complete == nil || !*p.Complete || len(p.Checks) != 2 || p.Config.RootModule.ModuleCalls["floor"].Module.Resources[0].Address != "thermostat.room" {
		t.Errorf("complete %v, checks %v, configuration %+v", p.Complete, p.Checks, p.Config)
	}
	if p.Config.ProviderConfigs[p.Config.RootModule.Resources[0].ProviderConfigKey].FullName != "smarther" {
		t.Errorf("the provider of a block is not found: %+v", p.Config.ProviderConfigs)
	}
	if bytes.Contains(text, []byte("canary-secret")) {
		t.Error("a secret is in the plan")
	}
	if again := setpoint(t, dir, "show", "--json", "house.plan"); !bytes.Equal(text, again) {
		t.Error("the same plan is shown in other bytes")
	}
}

// kind asks the library's own predicates.
func kind(a tfjson.Actions) string {
	switch {
	case a.NoOp():
		return "no-op"
	case a.Create():
		return "create"
	case a.Update():
		return "update"
	case a.Delete():
		return "delete"
	case a.Forget():
		return "forget"
	case slices.Equal(a, tfjson.Actions{tfjson.ActionCreate, tfjson.ActionForget}):
		return "create+forget"
	}
	return "something else"
}

// TestPlanValues holds what the library finds in the planned values, the prior
// state, the outputs and the checks.
func TestPlanValues(t *testing.T) {
	_, text := changedHouse(t)
	p := readPlan(t, text)
	lounge := resource(p.PlannedValues.RootModule, "thermostat.lounge")
	before := resource(p.PriorState.Values.RootModule, "thermostat.lounge")
	if lounge["setpoint"] != 20.5 || before["setpoint"] != 19.5 {
		t.Errorf("the lounge goes from %v to %v", before, lounge)
	}
	if got := resource(p.PriorState.Values.RootModule, "thermostat.lumber_room"); got["setpoint"] != 15.0 {
		t.Errorf("under its old name the study is %v", got)
	}
	floors := len(p.PriorState.Values.RootModule.ChildModules)
	if left := p.PlannedValues.RootModule.ChildModules; floors != 2 || len(left) != 1 || left[0].Address != `module.floor["1"]` || len(left[0].Resources) != 2 {
		t.Errorf("of %d floors these are left: %v", floors, left)
	}
	outputs := p.PlannedValues.Outputs
	if o := outputs["lounge"]; o.Sensitive || o.Value != 20.5 || !o.Type.Equals(cty.Number) {
		t.Errorf("output lounge is %+v", o)
	}
	if o := outputs["token"]; !o.Sensitive || o.Value != nil {
		t.Errorf("output token is %+v", o)
	}
	if o := p.OutputChanges["lounge"]; !o.Actions.Update() || o.Before != 19.5 || o.After != 20.5 {
		t.Errorf("the change of output lounge is %+v", o)
	}
	if v, ok := p.Variables["comfort"]; !ok || v.Value != 20.5 || len(p.Variables) != 1 {
		t.Errorf("the variables are %v", p.Variables)
	}
	for _, c := range p.Checks {
		want := tfjson.CheckStatusPass
		if c.Address.Name == "rooms" {
			want = tfjson.CheckStatusFail
			if c.Address.Module != "module.floor" || c.Instances[0].Problems[0].Message != "Floor 1 has only 2 rooms." {
				t.Errorf("the check of the floors is %+v", c)
			}
		}
		if c.Address.Kind != tfjson.CheckKindCheckBlock || c.Status != want {
			t.Errorf("check %s: %+v", c.Address.ToDisplay, c)
		}
	}
}

// resource gives the values of a resource of a module.
func resource(m *tfjson.StateModule, address string) map[string]any {
	for _, r := range m.Resources {
		if r.Address == address {
			return r.AttributeValues
		}
	}
	return nil
}

// TestState reads the state of the hotel.
func TestState(t *testing.T) {
	dir := copied(t, root+"/examples/hotel")
	setpoint(t, dir, "apply", "--auto-approve")
	var s tfjson.State
	if err := json.Unmarshal(setpoint(t, dir, "show", "--json"), &s); err != nil {
		t.Fatal(err)
	}
	modules := s.Values.RootModule.ChildModules
	if len(modules) != 4 || len(s.Values.RootModule.Resources) != 0 {
		t.Fatalf("%d floors and %d thermostats outside", len(modules), len(s.Values.RootModule.Resources))
	}
	for _, m := range modules {
		if len(m.Resources) != 101 {
			t.Errorf("%s has %d thermostats", m.Address, len(m.Resources))
		}
	}
	room := resource(modules[0], `module.floor["1"].thermostat.room["101"]`)
	if room["setpoint"] != 21.0 || room["mode"] != "manual" || room["outcome"] != "confirmed" {
		t.Errorf("room 101 is %v", room)
	}
	if o := s.Values.Outputs["rooms"]; !o.Type.IsObjectType() || o.Sensitive {
		t.Errorf("output rooms is %+v", o)
	}
}
