# One floor: its rooms, and a corridor one degree below the coolest of them.

variable "plant_id" {
  type = string
}

variable "season" {
  type = string
}

variable "corridor_id" {
  description = "The corridor's thermostat."
  type        = string
}

variable "rooms" {
  description = "By room number: the room's thermostat and what its guests find comfortable in winter, in °C."
  type = map(object({
    module_id = string
    comfort   = optional(number, 21)
  }))
}

locals {
  mode = var.season == "closed" ? "protection" : "manual"
}

thermostat "room" {
  for_each  = var.rooms
  plant_id  = var.plant_id
  module_id = each.value.module_id
  mode      = local.mode
  setpoint  = { winter = each.value.comfort, summer = 25, closed = null }[var.season]

  # A room that leaves the list is left on its weekly program.
  on_remove {
    mode    = "automatic"
    program = 1
  }
}

thermostat "corridor" {
  plant_id  = var.plant_id
  module_id = var.corridor_id
  mode      = local.mode
  setpoint  = local.mode == "manual" ? min([for room in thermostat.room : room.setpoint]...) - 1 : null

  lifecycle {
    prevent_destroy = true
  }
}

output "rooms" {
  value = length(thermostat.room)
}
