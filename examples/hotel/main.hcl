# Forty rooms in two plants, from one CSV file.
#
#   setpoint apply --chdir examples/hotel --simulate

provider "smarther" {
  time_zone = "Europe/Rome"
}

variable "season" {
  description = "winter: rooms at their own comfort; summer: plants cool, rooms at 25 °C; closed: frost protection."
  type        = string
  default     = "winter"
}

locals {
  # A room number is a text: 101 is no quantity.
  rooms = { for row in csvdecode(file("rooms.csv")) : row.room => row }

  plant_ids = {
    grand = plant.grand.id
    annex = plant.annex.id
  }

  mode = var.season == "closed" ? "protection" : "manual"
  setpoints = {
    winter = { for name, room in local.rooms : name => room.comfort }
    summer = { for name, room in local.rooms : name => 25 }
    closed = { for name, room in local.rooms : name => null }
  }
}

plant "grand" {
  id       = "9b6d2f80-0000-4000-8000-000000000001"
  function = var.season == "summer" ? "cooling" : "heating"
}

plant "annex" {
  id       = "9b6d2f80-0000-4000-8000-000000000002"
  function = var.season == "summer" ? "cooling" : "heating"
}

thermostat "room" {
  for_each  = local.rooms
  plant_id  = local.plant_ids[each.value.plant]
  module_id = each.value.module_id
  mode      = local.mode
  setpoint  = local.setpoints[var.season][each.key]

  # A room that leaves the list is left on its weekly program.
  on_remove {
    mode    = "automatic"
    program = 1
  }
}

output "rooms" {
  value = length(local.rooms)
}
