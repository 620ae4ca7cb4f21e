plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

thermostat "hall" {
  plant_id  = plant.home
  module_id = "hall"
  mode      = "var.mode"
}

thermostat "kitchen" {
  plant_id  = "plant.home.id"
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "manual"
  setpoint  = "20,5 °C"
  provider  = smarther
  timeouts {}
}

thermostat "bath" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  mode      = "manual"
  setpoint  = "thermostat.kitchen.setpoint"
}

thermostat "attic" {
  for_each  = toset([1, 2])
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "protection"
}

comfort = 20
