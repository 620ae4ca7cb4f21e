# A temporary status that has run out is no drift, whatever came after it, also while the thermostats were read.
provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "away" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "off"
  until     = "2026-11-21T18:00:00"
}

thermostat "boosted" {
  plant_id      = plant.home.id
  module_id     = "2a9d5c0f-0000-4000-8000-000000000002"
  mode          = "boost"
  boost_minutes = 30
}

thermostat "meanwhile" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  mode      = "manual"
  setpoint  = 20
  until     = "2026-11-22T11:02:00"
}
