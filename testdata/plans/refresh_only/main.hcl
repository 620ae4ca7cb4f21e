# Only what was read is taken in.
provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = 22
}

thermostat "kept" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "manual"
  setpoint  = 20
  drift     = "warn"
}

thermostat "pending" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  mode      = "manual"
  setpoint  = 22
  drift     = "adopt"
}

thermostat "same" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "manual"
  setpoint  = 20
}

thermostat "wished" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000005"
  mode      = "manual"
  setpoint  = 20
}

thermostat "landed" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000006"
  mode      = "manual"
  setpoint  = 20
}

thermostat "lost" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000007"
  mode      = "manual"
  setpoint  = 20
}

thermostat "new" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000008"
  mode      = "manual"
  setpoint  = 20
}

thermostat "away" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000010"
  mode      = "off"
  until     = "2026-11-21T18:00:00"
}
