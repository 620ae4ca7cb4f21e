plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

thermostat "room" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  for_each = { hall = 20 }
  mode     = "manual"
  setpoint = each.value
}

output "missing" {
  value = thermostat.room.setpoint
}

output "misspelt" {
  value = thermostat.room["hal"].setpoint
}
