# What is declared anew is sent over what somebody else has set, unless that is the same.
provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "changed" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = 21
}

thermostat "done" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "manual"
  setpoint  = 21
}

thermostat "wished" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  mode      = "manual"
  setpoint  = 21
  drift     = "warn"
}

thermostat "new" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "manual"
  setpoint  = 20
}
