thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "manual"
  setpoint  = 20.5
}

plant "home" {
  id = "1f3c6b1e-0000-4000-8000-000000000009"
}

locals {
  a = 1
}

locals {
  a = 2
}
