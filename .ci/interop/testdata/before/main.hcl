provider "smarther" {
  time_zone = "Europe/Rome"
}

variable "token" {
  default   = "canary-secret-77f1"
  sensitive = true
}

plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

thermostat "lounge" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manual"
  setpoint  = 19.5
}

thermostat "hall" {
  count     = 2
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-00000000001${count.index}"
  mode      = "manual"
  setpoint  = 18
}

thermostat "garage" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "protection"
}

thermostat "attic" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  mode      = "manual"
  setpoint  = 16
  on_remove {
    mode = "protection"
  }
}

thermostat "lumber_room" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode      = "manual"
  setpoint  = 15
}

thermostat "bath" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000005"
  mode      = "manual"
  setpoint  = 22
}

module "floor" {
  source   = "./floor"
  for_each = toset(["1", "2"])
  plant_id = plant.home.id
  number   = each.key
}

output "lounge" {
  value = thermostat.lounge.setpoint
}

output "token" {
  value     = var.token
  sensitive = true
}
