plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

locals {
  summer = true
}

thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  for_each = { only = 1 }
  mode     = "manual"
  setpoint = 20

  lifecycle {
    precondition {
      condition     = !local.summer
      error_message = "In summer ${each.key} is not heated."
    }
    precondition {
      condition     = each.value > 1
      error_message = "More than one."
    }
  }
}

thermostat "room" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode     = "manual"
  setpoint = 20

  lifecycle {
    precondition {
      condition     = local.sumer
      error_message = "Misspelt."
    }
    precondition {
      condition     = thermostat.room.setpoint > 3
      error_message = "Refers to itself."
    }
    precondition {
      condition     = self.setpoint > 3
      error_message = "Refers to itself."
    }
  }
}

output "setpoint" {
  value = 20

  precondition {
    condition     = local.summer == false
    error_message = "Only in winter."
  }
  precondition {
    condition     = 1
    error_message = "No condition."
  }
}
