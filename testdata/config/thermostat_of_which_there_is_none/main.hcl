plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "counted" {
  count     = 0
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "protection"
}

thermostat "keyed" {
  for_each  = {}
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "protection"
}

output "counted" {
  value = thermostat.counted.mode
}

output "keyed" {
  value = thermostat.keyed.mode
}

output "fine" {
  value = [one(thermostat.counted[*].mode), one(values(thermostat.keyed)[*].mode)]
}
