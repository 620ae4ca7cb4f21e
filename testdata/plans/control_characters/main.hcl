provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "room" {
  for_each  = { for i, k in ["\u001b[31mred", "‮evil", "tab\there", "quote\"d", "$${x}"] : k => i }
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", 100 + each.value)
  mode      = "manual"
  setpoint  = 20.5
}

thermostat "suite" {
  for_each  = { for i, k in ["\u001b[2J"] : k => i }
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", 200 + each.value)
  mode      = "manual"
  setpoint  = 19
}

output "title" { value = "\u001b]0;owned\u0007\u009b31m \u202e & <b>" }
