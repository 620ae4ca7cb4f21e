# What has an end to come is somebody's wish; ends are compared to the minute.
provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = 20
}

thermostat "boosted" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "manual"
  setpoint  = 20
  drift     = "adopt"
}

thermostat "over" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  mode      = "manual"
  setpoint  = 20
}

thermostat "own" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "manual"
  setpoint  = 20
  until     = "2026-12-24T18:00:00"
}

thermostat "longer" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000005"
  mode      = "manual"
  setpoint  = 20
  until     = "2026-12-24T18:00:00"
}
