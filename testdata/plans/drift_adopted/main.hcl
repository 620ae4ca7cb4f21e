# What was adopted stays until the declaration changes, of which drift is a part.
provider "smarther" { time_zone = "Europe/Rome" }

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "changed" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = 21
  drift     = "adopt"
}

thermostat "stays" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "manual"
  setpoint  = 20
  drift     = "adopt"
}

thermostat "again" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  mode      = "manual"
  setpoint  = 20
  drift     = "adopt"
}

thermostat "back" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "manual"
  setpoint  = 20
  drift     = "adopt"
}

thermostat "enforced" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000005"
  mode      = "manual"
  setpoint  = 20
}

thermostat "unread" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000006"
  mode      = "manual"
  setpoint  = 20
  drift     = "adopt"
}
