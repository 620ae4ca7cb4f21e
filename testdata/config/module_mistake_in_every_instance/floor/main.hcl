variable "plant_id" {}
variable "number" {}

locals {
  typo   = var.nubmer
  lookup = { a = 1 }["b"]
}

plant "away" {
  id        = "not an id"
  time_zone = "Europe/Rom"
}

thermostat "room" {
  plant_id  = var.plant_id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "manuel"
}

output "wrong" {
  value = thermostat.rom.setpoint
}
