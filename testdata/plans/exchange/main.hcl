provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "a" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "manual"
  setpoint  = 20
  on_remove { mode = "protection" }
}

thermostat "moved_house" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000005"
  mode      = "protection"
}

thermostat "over" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000009"
  mode      = "off"
  until     = "2026-11-21T10:00:00"
}
