plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "automatic"
  program   = "At Home"
}

thermostat "room" {
  for_each = {
    "1" = "2a9d5c0f-0000-4000-8000-000000000002"
    "2" = "2a9d5c0f-0000-4000-8000-000000000003"
  }
  plant_id  = plant.home.id
  module_id = each.value
  mode      = "automatic"
  program   = "At Home"
}
