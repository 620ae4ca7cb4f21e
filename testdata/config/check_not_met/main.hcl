plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

variable "token" {
  default   = "first-secret"
  sensitive = true
}

thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode     = "manual"
  setpoint = 23
}

check "saving" {
  assert {
    condition     = thermostat.hall.setpoint <= 21
    error_message = "The hall is at ${thermostat.hall.setpoint} °C."
  }
  assert {
    condition     = thermostat.hall.mode != "manual"
    error_message = "By hand."
  }
  assert {
    condition     = var.token == ""
    error_message = "The token is ${var.token}."
  }
  assert {
    condition     = true
    error_message = "Never."
  }
}
