provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "room" {
  count     = 2
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", count.index)
  mode      = "manual"
  setpoint  = 20
}
