# A reading of what was sent settles a call that was never answered.
provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "landed" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = 20
}

thermostat "lost" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "manual"
  setpoint  = 20
}

thermostat "boosted" {
  plant_id      = plant.home.id
  module_id     = "2a9d5c0f-0000-4000-8000-000000000003"
  mode          = "boost"
  boost_minutes = 60
}

thermostat "first" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "manual"
  setpoint  = 20
}

thermostat "other" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000005"
  mode      = "manual"
  setpoint  = 21
}
