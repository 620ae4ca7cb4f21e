package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
)

// The values are those that Terraform 1.11 gives for the same modules.
func TestModuleValues(t *testing.T) {
	c := good(t, files{"main.hcl": `
module "m" {
  source   = "./m"
  for_each = { a = null, b = { x = 1 } }
  o        = each.value
  p        = each.key == "a" ? null : { x = null }
  q        = { k = { x = null, n = null }, l = { n = {} } }
}
module "c" {
  source = "./m"
  count  = 2
  p      = { x = count.index }
}
module "one" {
  source = "././m/../m"
}
module "none" {
  source = "./m"
  count  = 0
}
locals {
  b = "b"
}
output "a" {
  value = module.m["a"]
}
output "b" {
  value = [module.m["b"].o, module.m.b.p, module.m[local.b].o.x]
}
output "c" {
  value = [module.c[0].p, module.c["1"].p, module.c[*].p.x, length(module.c), module.none, [for k, v in module.m : k]]
}
output "d" {
  value = [try(module.m["z"].o, "none"), try(module.m.z.o, "none"), try(module.c[5].o, "none"), try(module.m.o, "none"), can(module.none[0].o)]
}
output "e" {
  value = [module.one.path, module.one.inner]
}
`, "m/main.hcl": `
variable "o" {
  type     = object({ x = optional(number, 3), y = optional(list(string), ["q"]) })
  default  = {}
  nullable = false
}
variable "p" {
  type    = object({ x = optional(number, 3) })
  default = {}
}
variable "q" {
  type    = map(object({ x = optional(number, 3), n = optional(object({ z = optional(string, "z") }), {}) }))
  default = {}
}
module "inner" {
  source = "./inner"
}
output "o" {
  value = var.o
}
output "p" {
  value = var.p
}
output "q" {
  value = var.q
}
output "path" {
  value = "${path.module} ${path.root}"
}
output "inner" {
  value = module.inner.path
}
`, "m/inner/main.hcl": `
output "path" {
  value = path.module
}
`})
	want := []string{
		`{"inner":"m/inner","o":{"x":3,"y":["q"]},"p":null,"path":"m .","q":{"k":{"n":{"z":"z"},"x":3},"l":{"n":{"z":"z"},"x":3}}}`,
		`[{"x":1,"y":["q"]},{"x":3},1]`,
		`[{"x":0},{"x":1},[0,1],2,[],["a","b"]]`,
		`["none","none","none","none",false]`,
		`["m .","m/inner"]`,
	}
	for i, o := range c.Outputs {
		if got := string(o.Value); got != want[i] {
			t.Errorf("%s: got %s\nwant %s", o.Name, got, want[i])
		}
	}
}

// room is a module with one thermostat.
const room = `
variable "plant_id" {}
variable "module_id" {}
variable "setpoint" {
  default = 19
}
thermostat "room" {
  plant_id  = var.plant_id
  module_id = var.module_id
  mode      = "manual"
  setpoint  = var.setpoint
}
output "setpoint" {
  value = thermostat.room.setpoint
}
output "constant" {
  value = 18
}
`

// call calls the module room; n tells its thermostat from others.
func call(name, n, arguments string) string {
	return "module \"" + name + "\" {\n  source = \"./room\"\n  plant_id = plant.home.id\n  module_id = \"2a9d5c0f-0000-4000-8000-00000000000" + n + "\"\n" + arguments + "\n}\n"
}

// waits writes of every thermostat what it comes after and what it depends on.
func waits(c *config.Config) []string {
	var all []string
	for i := range c.Thermostats {
		th := &c.Thermostats[i]
		all = append(all, th.Address.String()+": "+strings.Join(th.After, " ")+" / "+strings.Join(th.DependsOn, " "))
	}
	return all
}

func TestModuleOrder(t *testing.T) {
	hall := thermostat("mode = \"manual\"\nsetpoint = 20")
	for name, c := range map[string]struct {
		src  string
		want []string
	}{
		"by an input": {hall + call("a", "2", "setpoint = thermostat.hall.setpoint - 1"), []string{
			"thermostat.hall:  / ", "module.a.thermostat.room: thermostat.hall / "}},
		"by an output": {home + call("a", "2", "") + call("b", "3", "setpoint = module.a.setpoint - 1"), []string{
			"module.a.thermostat.room:  / ", "module.b.thermostat.room: module.a.thermostat.room / "}},
		"not by an output that has nothing to do with it": {home + call("a", "2", "") + call("b", "3", "setpoint = module.a.constant"), []string{
			"module.a.thermostat.room:  / ", "module.b.thermostat.room:  / "}},
		"by the outputs of one instance": {home + call("a", "2", "") + strings.Replace(call("b", "3", "for_each = { x = 19, y = module.a.setpoint }\nsetpoint = each.value"),
			`"2a9d5c0f-0000-4000-8000-000000000003"`, `"2a9d5c0f-0000-4000-8000-00000000000${each.key == "x" ? 3 : 4}"`, 1), []string{
			"module.a.thermostat.room:  / ",
			`module.b["x"].thermostat.room: module.a.thermostat.room / `, `module.b["y"].thermostat.room: module.a.thermostat.room / `}},
		"by count": {hall + call("a", "2", "count = thermostat.hall.setpoint > 3 ? 1 : 0"), []string{
			"thermostat.hall:  / ", "module.a[0].thermostat.room: thermostat.hall / "}},
		"a thermostat by an output": {thermostat("mode = \"manual\"\nsetpoint = module.a.setpoint") + call("a", "2", ""), []string{
			"thermostat.hall: module.a.thermostat.room / ", "module.a.thermostat.room:  / "}},
		"depends_on of a module": {hall + call("a", "2", "depends_on = [thermostat.hall]"), []string{
			"thermostat.hall:  / ", "module.a.thermostat.room:  / thermostat.hall"}},
		"depends_on on a module": {thermostat("mode = \"manual\"\nsetpoint = 20\ndepends_on = [module.a]") + call("a", "2", ""), []string{
			"thermostat.hall:  / module.a", "module.a.thermostat.room:  / "}},
		"depends_on between modules": {home + call("a", "2", "depends_on = [module.b]") + call("b", "3", ""), []string{
			"module.a.thermostat.room:  / module.b", "module.b.thermostat.room:  / "}},
	} {
		t.Run(name, func(t *testing.T) {
			got := waits(good(t, files{"main.hcl": c.src, "room/main.hcl": room}))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What holds for a module holds for the modules that it calls.
func TestNestedModuleOrder(t *testing.T) {
	c := good(t, files{
		"main.hcl": thermostat("mode = \"manual\"\nsetpoint = 20") + `
module "floor" {
  source     = "./floor"
  for_each   = { "2" = thermostat.hall.setpoint }
  plant_id   = plant.home.id
  depends_on = [thermostat.hall]
}
`,
		"floor/main.hcl": `
variable "plant_id" {}
thermostat "corridor" {
  plant_id  = var.plant_id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  mode      = "protection"
}
module "room" {
  source     = "../room"
  count      = 1
  plant_id   = var.plant_id
  module_id  = "2a9d5c0f-0000-4000-8000-000000000002"
  depends_on = [thermostat.corridor]
}
`, "room/main.hcl": room})
	want := []string{
		"thermostat.hall:  / ",
		`module.floor["2"].thermostat.corridor: thermostat.hall / thermostat.hall`,
		`module.floor["2"].module.room[0].thermostat.room: thermostat.hall / module.floor["2"].thermostat.corridor thermostat.hall`,
	}
	if diff := cmp.Diff(want, waits(c)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Two modules can refer to each other's outputs as long as these do not.
func TestModulesThatReferToEachOther(t *testing.T) {
	for repeat, key := range map[string]string{"": "", "count = 1": "[0]", "for_each = toset([\"k\"])": `["k"]`} {
		src := home + call("a", "2", repeat+"\nsetpoint = module.b"+key+".constant") + call("b", "3", repeat+"\nsetpoint = module.a"+key+".constant")
		c := good(t, files{"main.hcl": src, "room/main.hcl": room})
		if len(c.Thermostats) != 2 || c.Thermostats[0].Settings.Setpoint.String() != "18" {
			t.Errorf("%s: %+v", repeat, c.Thermostats)
		}
	}
}

func TestModulePlants(t *testing.T) {
	flat := `
variable "number" {}
variable "zone" {}
plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-00000000000${var.number}"
  time_zone = var.zone
  function  = "heating"
}
thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-00000000000${var.number}"
  mode      = "manual"
  setpoint  = 20
  until     = "2026-12-24T18:00:00"
}
output "plant_id" {
  value = plant.home.id
}
`
	c := good(t, files{"flat/main.hcl": flat, "main.hcl": `
module "flat" {
  source   = "./flat"
  for_each = { "1" = "Europe/Rome", "2" = "America/New_York" }
  number   = each.key
  zone     = each.value
}
thermostat "by_output" {
  plant_id      = module.flat["2"].plant_id
  module_id     = "2a9d5c0f-0000-4000-8000-000000000003"
  mode          = "boost"
  boost_minutes = 30
}
thermostat "by_text" {
  plant_id  = "1F3C6B1E-0000-4000-8000-000000000002"
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "protection"
}
`})
	var got []string
	for _, p := range c.Plants {
		got = append(got, p.String()+" "+p.Zone.String())
	}
	for i := range c.Thermostats {
		th := &c.Thermostats[i]
		got = append(got, th.Address.String()+" "+th.Zone.String()+" "+string(th.Settings.Function)+" "+th.Until.UTC().Format("15:04"))
	}
	want := []string{
		`module.flat["1"].plant.home Europe/Rome`, `module.flat["2"].plant.home America/New_York`,
		`thermostat.by_output America/New_York heating 00:00`, `thermostat.by_text America/New_York heating 00:00`,
		`module.flat["1"].thermostat.hall Europe/Rome heating 17:00`, `module.flat["2"].thermostat.hall America/New_York heating 23:00`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A plant of the root is found by a thermostat of a module that knows its id.
func TestModuleUsesPlantOfTheRoot(t *testing.T) {
	c := good(t, files{"main.hcl": home + call("a", "2", ""), "room/main.hcl": strings.Replace(room, "setpoint  = var.setpoint", "setpoint = 20\n  until = \"2026-12-24T18:00:00\"", 1)})
	if th := c.Thermostats[0]; th.Zone.String() != "Europe/Rome" || th.Settings.Function != "heating" || th.Until.IsZero() {
		t.Errorf("%+v", th)
	}
}

// To look for a plant in a module is no reference to what the module refers to.
func TestPlantsSayNothingOfTheOrder(t *testing.T) {
	c := good(t, files{"main.hcl": thermostat("mode = \"manual\"\nsetpoint = 20") + `
module "flat" {
  source   = "./flat"
  for_each = { a = thermostat.hall.setpoint }
}
thermostat "other" {
  plant_id  = "1f3c6b1e-0000-4000-8000-000000000002"
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "protection"
}
`, "flat/main.hcl": "plant \"flat\" {\n  id = \"1f3c6b1e-0000-4000-8000-000000000002\"\n  function = \"cooling\"\n}\n"})
	if diff := cmp.Diff([]string{"thermostat.hall:  / ", "thermostat.other:  / "}, waits(c)); diff != "" || c.Thermostats[1].Settings.Function != "cooling" {
		t.Errorf("%s\n%+v", diff, c.Thermostats[1])
	}
}
