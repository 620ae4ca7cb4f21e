# Many that were changed alike are one line, with when they were read.
provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "room" {
  count     = 12
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", count.index + 1)
  mode      = "manual"
  setpoint  = 20
}
