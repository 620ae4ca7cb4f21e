provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "boost" {
  plant_id      = plant.home.id
  module_id     = "2a9d5c0f-0000-4000-8000-000000000001"
  mode          = "boost"
  boost_minutes = 60
}

thermostat "end_away" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "manual"
  setpoint  = 20
}

thermostat "function" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  function  = "cooling"
  mode      = "manual"
  setpoint  = 24
}

thermostat "program" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "automatic"
  program   = 2
}

thermostat "setpoint_and_end" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000005"
  mode      = "manual"
  setpoint  = 20
  until     = "2026-12-24T18:00:00"
}

thermostat "setpoint_of_temporary" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000006"
  mode      = "manual"
  setpoint  = 21
  until     = "2026-12-24T18:00:00"
}
