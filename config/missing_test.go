package config_test

import (
	"testing"

	"setpoint/config"
)

// A configuration that is checked without the values of its variables is not
// called wrong for what follows from them.
func TestMissingValues(t *testing.T) {
	validate := func(o *config.Options) { o.AllowMissing = true }
	module := `
variable "plant_id" {
  type = string
  validation {
    condition     = length(var.plant_id) == 36
    error_message = "${var.plant_id} is no id."
  }
}
variable "setpoint" {
  type     = number
  nullable = false
  validation {
    condition     = var.setpoint < 22
    error_message = "Too warm."
  }
}
variable "room" {
  type = object({ id = string, mode = optional(string, "manual") })
}
thermostat "room" {
  plant_id  = var.plant_id
  module_id = var.room.id
  mode      = var.room.mode
  setpoint  = var.setpoint
  until     = "2026-12-24T18:00:00"
  lifecycle {
    precondition {
      condition     = var.setpoint != 3
      error_message = "Cold."
    }
  }
}
output "setpoint" {
  value = thermostat.room.setpoint
}
`
	declared := `
variable "plant" {}
variable "setpoint" {
  type = number
  validation {
    condition     = var.setpoint > var.night
    error_message = "Too cold."
  }
}
variable "night" {
  type = number
}
variable "rooms" {
  type = map(object({ id = string }))
}
variable "number" {
  type = number
}
variable "token" {
  sensitive = true
}
`
	for name, src := range map[string]string{
		"a module":          "module \"m\" {\n  source = \"./m\"\n  plant_id = var.plant\n  setpoint = var.setpoint\n  room = { id = var.plant }\n}\noutput \"o\" {\n  value = module.m.setpoint + 1\n}\n",
		"a repeated module": "module \"m\" {\n  source = \"./m\"\n  for_each = var.rooms\n  plant_id = var.plant\n  setpoint = var.setpoint\n  room = each.value\n}\noutput \"o\" {\n  value = [module.m[\"a\"].setpoint, module.m[*], values(module.m)[0].setpoint, [for m in module.m : m.setpoint]]\n}\n",
		"a counted module":  "module \"m\" {\n  source = \"./m\"\n  count = var.number\n  plant_id = var.plant\n  setpoint = var.setpoint\n  room = { id = count.index }\n}\noutput \"o\" {\n  value = [module.m[0].setpoint, module.m[*].setpoint]\n}\n",
		"thermostats":       home + "thermostat \"r\" {\n  for_each = var.rooms\n  plant_id = plant.home.id\n  module_id = each.value.id\n  mode = \"manual\"\n  setpoint = var.setpoint\n  until = \"2026-12-24T18:00:00\"\n}\noutput \"o\" {\n  value = [thermostat.r[\"a\"].setpoint, [for r in thermostat.r : r.setpoint]]\n}\n",
		"a time zone":       "provider \"smarther\" {\n  time_zone = var.plant\n}\nplant \"p\" {\n  id = \"" + plantID + "\"\n  function = \"heating\"\n}\nthermostat \"r\" {\n  plant_id = plant.p.id\n  module_id = \"" + moduleID + "\"\n  mode = \"boost\"\n  boost_minutes = 30\n}\n",
		"a plant's id":      "plant \"p\" {\n  id = var.plant\n  time_zone = \"Europe/Rome\"\n}\nthermostat \"r\" {\n  plant_id = plant.p.id\n  module_id = \"" + moduleID + "\"\n  mode = \"boost\"\n  boost_minutes = 30\n}\n",
		"plants in modules": "module \"m\" {\n  source = \"./p\"\n  for_each = var.rooms\n}\nthermostat \"r\" {\n  plant_id = \"" + plantID + "\"\n  module_id = \"" + moduleID + "\"\n  mode = \"protection\"\n}\n",
		"checks":            "check \"c\" {\n  assert {\n    condition = var.setpoint > 3\n    error_message = \"Cold: ${var.setpoint}.\"\n  }\n}\noutput \"o\" {\n  value = 1\n  precondition {\n    condition = var.setpoint > 3\n    error_message = \"Cold.\"\n  }\n}\n",
		"imports":           "import {\n  for_each = var.rooms\n  to = thermostat.r[each.key]\n  id = \"${var.plant}/${each.value.id}\"\n}\nimport {\n  to = thermostat.q[var.plant]\n  id = var.plant\n}\n",
		"removals":          "removed {\n  from = thermostat.r\n  on_remove {\n    mode = \"manual\"\n    setpoint = var.setpoint\n  }\n}\n",
		"credentials":       "provider \"smarther\" {\n  access_token = var.token\n  rate_limit = var.number\n}\n",
		"secrets":           "output \"o\" {\n  value = var.token\n  sensitive = true\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			good(t, files{"main.hcl": declared + src, "m/main.hcl": module, "p/main.hcl": home + thermostatIn("home")}, validate)
		})
	}
}

// thermostatIn is a thermostat in a declared plant.
func thermostatIn(plant string) string {
	return "thermostat \"hall\" {\n  plant_id = plant." + plant + ".id\n  module_id = \"" + moduleID + "\"\n  mode = \"boost\"\n  boost_minutes = 30\n}\n"
}

// What is wrong whatever the values are is said without them too.
func TestMistakesWithoutValues(t *testing.T) {
	src := `
variable "rooms" {}
module "m" {
  source   = "./m"
  for_each = var.rooms
  room     = each.vale
}
`
	module := "variable \"room\" {}\nthermostat \"room\" {\n  plant_id = \"" + plantID + "\"\n  module_id = \"" + moduleID + "\"\n  function = \"heating\"\n  mode = \"manul\"\n  setpoint = local.typo\n}\n"
	_, list := load(t, files{"main.hcl": src, "m/main.hcl": module}, func(o *config.Options) { o.AllowMissing = true })
	if errors, warnings := list.Count(); errors != 3 || warnings != 0 {
		t.Errorf("%d errors, want 3:\n%s", errors, drawn(t, list))
	}
	says(t, list, `Did you mean "value"?`)
	says(t, list, `Did you mean "manual"?`)
	says(t, list, `declares no local value "typo"`)
}
