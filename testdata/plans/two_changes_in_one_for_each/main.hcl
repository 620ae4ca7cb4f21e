provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "room" {
  for_each  = { for i, k in ["a", "b", "c", "d", "e", "f", "g", "h", "i"] : k => i }
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", 100 + each.value)
  mode      = "manual"
  setpoint  = each.value < 5 ? 20.5 : 18
}
