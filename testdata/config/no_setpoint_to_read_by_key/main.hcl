plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

locals {
  rooms = {
    a = "2a9d5c0f-0000-4000-8000-000000000011"
    b = "2a9d5c0f-0000-4000-8000-000000000012"
  }
}

thermostat "hall" {
  for_each  = local.rooms
  plant_id  = plant.home.id
  module_id = each.value
  mode      = each.key == "a" ? "manual" : "automatic"
  setpoint  = each.key == "a" ? 20 : null
  program   = each.key == "a" ? null : 1
}

thermostat "static" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = thermostat.hall["b"].setpoint
}

thermostat "dynamic" {
  for_each  = { b = "2a9d5c0f-0000-4000-8000-000000000022" }
  plant_id  = plant.home.id
  module_id = each.value
  mode      = "manual"
  setpoint  = thermostat.hall[each.key].setpoint
}

locals {
  loop  = [for t in thermostat.hall : t.setpoint]
  splat = values(thermostat.hall)[*].setpoint
}
