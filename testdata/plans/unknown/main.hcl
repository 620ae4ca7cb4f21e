provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "boost_running" {
  plant_id      = plant.home.id
  module_id     = "2a9d5c0f-0000-4000-8000-000000000001"
  mode          = "boost"
  boost_minutes = 60
}

thermostat "boost_over" {
  plant_id      = plant.home.id
  module_id     = "2a9d5c0f-0000-4000-8000-000000000002"
  mode          = "boost"
  boost_minutes = 30
}

thermostat "changed" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  mode      = "manual"
  setpoint  = 20.5
}

thermostat "first" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "off"
  until     = "2026-12-24T18:00:00"
}

thermostat "same" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000005"
  mode      = "manual"
  setpoint  = 20
}
