plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

thermostat "quoted" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode = "protection"

  lifecycle {
    ignore_changes = ["setpoint", until]
  }
}

thermostat "unknown" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode = "protection"

  lifecycle {
    ignore_changes = [setpont, module_id, drift, all, setpoint.x, thermostat.hall.setpoint, 1]
  }
}

thermostat "one" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000003"
  mode = "protection"

  lifecycle {
    ignore_changes = setpoint
  }
}

thermostat "text" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000004"
  mode = "protection"

  lifecycle {
    ignore_changes = "all"
  }
}

thermostat "null" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000005"
  mode = "protection"

  lifecycle {
    ignore_changes = null
  }
}
