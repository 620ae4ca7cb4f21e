package config_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
)

func TestIgnoredAndProtected(t *testing.T) {
	inner := `
variable "plant_id" {}
thermostat "hall" {
  plant_id  = var.plant_id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "protection"
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [until, mode, until]
  }
}
`
	src := thermostat("mode = \"protection\"\nlifecycle {\n  ignore_changes = all\n  prevent_destroy = false\n}") + `
module "floor" {
  source   = "./floor"
  for_each = toset(["1"])
  plant_id = plant.home.id
}
module "unused" {
  source   = "./floor"
  count    = 0
  plant_id = plant.home.id
}
`
	c := good(t, files{"main.hcl": src, "floor/main.hcl": inner})
	got := map[string][]string{}
	for i := range c.Thermostats {
		got[c.Thermostats[i].Address.String()] = c.Thermostats[i].Ignored
	}
	want := map[string][]string{
		"thermostat.hall":                   {"boost_minutes", "function", "mode", "program", "setpoint", "until"},
		`module.floor["1"].thermostat.hall`: {"mode", "until"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	protected := map[string]bool{"module.floor.thermostat.hall": true, "module.unused.thermostat.hall": true}
	if diff := cmp.Diff(protected, c.Protected); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i := range c.Thermostats {
		if key := c.Thermostats[i].Address.Declaration(); c.Protected[key] != (key != "thermostat.hall") {
			t.Errorf("%s: protected %v", key, c.Protected[key])
		}
	}
}

func TestMovesRemovalsImports(t *testing.T) {
	inner := `
variable "setpoint" {}
moved {
  from = thermostat.a
  to   = module.inner[0].thermostat.b["x\ny"]
}
removed {
  from = thermostat.c
  on_remove {
    mode     = "manual"
    setpoint = var.setpoint
  }
}
`
	src := `
module "floor" {
  source   = "./floor"
  for_each = { a = 19, b = 20.5 }
  setpoint = each.value
}
module "unused" {
  source   = "./floor"
  count    = 0
  setpoint = 20
}
moved {
  from = module.old
  to   = module.floor["a"]
}
moved {
  from = thermostat.room[0]
  to   = thermostat.room["201"]
}
removed {
  from = module.gone
  lifecycle {
    destroy = false
  }
}
removed {
  from = thermostat.gone["x"]
  lifecycle {
    destroy = true
  }
  on_remove {
    function = "cooling"
    mode     = "OFF"
    program  = null
  }
}
locals {
  rooms = { a = "1", b = "2" }
}
import {
  for_each = local.rooms
  to       = module.floor[each.key].thermostat.room
  id       = "1F3C6B1E-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-00000000000${each.value}"
}
import {
  to = thermostat.room[1 + 1]
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000003"
}
`
	c := good(t, files{"main.hcl": src, "floor/main.hcl": inner})
	want := []string{
		`move module.old to module.floor["a"]`,
		`move thermostat.room[0] to thermostat.room["201"]`,
		`move module.floor["a"].thermostat.a to module.floor["a"].module.inner[0].thermostat.b["x\ny"]`,
		`move module.floor["b"].thermostat.a to module.floor["b"].module.inner[0].thermostat.b["x\ny"]`,
		`remove module.gone destroy false`,
		`remove thermostat.gone["x"] destroy true, cooling off 0`,
		`remove module.floor["a"].thermostat.c,  manual 19`,
		`remove module.floor["b"].thermostat.c,  manual 20.5`,
		`import thermostat.room[2] 2a9d5c0f-0000-4000-8000-000000000003`,
		`import module.floor["a"].thermostat.room 2a9d5c0f-0000-4000-8000-000000000001`,
		`import module.floor["b"].thermostat.room 2a9d5c0f-0000-4000-8000-000000000002`,
	}
	if diff := cmp.Diff(sorted(want), sorted(changes(c))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, imported := range c.Imports {
		if imported.Device.PlantID != plantID {
			t.Errorf("%s: plant %s", imported.To, imported.Device.PlantID)
		}
	}
}

// changes writes what is moved, removed and imported.
func changes(c *config.Config) []string {
	var all []string
	for _, m := range c.Moves {
		all = append(all, fmt.Sprintf("move %s to %s", m.From, m.To))
	}
	for _, r := range c.Removals {
		text := "remove " + r.From.String()
		if r.Destroy != nil {
			text += fmt.Sprintf(" destroy %v", *r.Destroy)
		}
		if r.OnRemove != nil {
			text += fmt.Sprintf(", %s %s %s", r.OnRemove.Function, r.OnRemove.Mode, r.OnRemove.Setpoint)
		}
		all = append(all, text)
	}
	for _, i := range c.Imports {
		all = append(all, fmt.Sprintf("import %s %s", i.To, i.Device.ModuleID))
	}
	return all
}

// In JSON an address is a text.
func TestLifecycleInJSON(t *testing.T) {
	c := good(t, files{"main.hcl": home, "more.hcl.json": `{
  "module": {"m": {"source": "./m", "for_each": {"a": 1, "b": 2}, "x": "${each.value}"}},
  "thermostat": {"hall": {
    "plant_id": "${plant.home.id}", "module_id": "` + moduleID + `", "mode": "protection",
    "lifecycle": {"ignore_changes": ["setpoint", "mode"], "prevent_destroy": true,
      "precondition": {"condition": "${module.m[\"b\"].x == 2}", "error_message": "Never."}}}},
  "moved": {"from": "thermostat.room[\"a b\"]", "to": "thermostat.hall"},
  "removed": [{"from": "module.x", "lifecycle": {"destroy": true}, "on_remove": {"mode": "off"}}],
  "import": [{"to": "thermostat.hall", "id": "` + plantID + "/" + moduleID + `"},
    {"to": "module.m[each.key].thermostat.room[\"x y\"]", "for_each": {"a": "` + moduleID + `"}, "id": "` + plantID + `/${each.value}"}],
  "check": {"c": {"assert": {"condition": "${module.m[\"a\"].x == 1}", "error_message": "Never."}}},
  "variable": {"v": {"type": "number", "default": 1, "nullable": false, "validation": {"condition": "${var.v == 1}", "error_message": "Never."}}}
}`, "m/main.hcl.json": `{"variable": {"x": {"type": "number"}}, "output": {"x": {"value": "${var.x}"}}}`})
	want := []string{`move thermostat.room["a b"] to thermostat.hall`, "remove module.x destroy true,  off 0", "import thermostat.hall " + moduleID,
		`import module.m["a"].thermostat.room["x y"] ` + moduleID}
	if diff := cmp.Diff(want, changes(c)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"mode", "setpoint"}, c.Thermostats[0].Ignored); diff != "" || !c.Protected["thermostat.hall"] {
		t.Errorf("ignored %v, protected %v", c.Thermostats[0].Ignored, c.Protected)
	}
}
