plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

variable "setpoint" {
  type    = number
  default = 50

  validation {
    condition     = var.setpoint <= 25
    error_message = "At most 25 °C."
  }
}

locals {
  night = var.setpoint - 3
}

thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode     = "manual"
  setpoint = var.setpoint
}

thermostat "room" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode     = "manual"
  setpoint = local.night
}
