# What to leave behind is recorded whatever was read.
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
  drift     = "warn"

  on_remove {
    mode = "protection"
  }
}

thermostat "kitchen" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "manual"
  setpoint  = 20
  drift     = "adopt"

  on_remove {
    mode = "protection"
  }
}
