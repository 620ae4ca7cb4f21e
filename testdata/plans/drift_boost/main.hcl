# A boost that somebody ended is not started again.
provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "ended" {
  plant_id      = plant.home.id
  module_id     = "2a9d5c0f-0000-4000-8000-000000000001"
  mode          = "boost"
  boost_minutes = 60
}

thermostat "running" {
  plant_id      = plant.home.id
  module_id     = "2a9d5c0f-0000-4000-8000-000000000002"
  mode          = "boost"
  boost_minutes = 60
}
