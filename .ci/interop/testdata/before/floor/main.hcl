variable "plant_id" {}

variable "number" {}

thermostat "room" {
  for_each  = toset(["a", "b"])
  plant_id  = var.plant_id
  module_id = "2a9d5c0f-0000-4000-8000-0000000001${var.number}${each.key}"
  mode      = "automatic"
  program   = 1
}

check "rooms" {
  assert {
    condition     = length(thermostat.room) > 2
    error_message = "Floor ${var.number} has only ${length(thermostat.room)} rooms."
  }
}
