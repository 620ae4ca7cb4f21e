variable "plant_id" {}
variable "room" {}

thermostat "room" {
  plant_id  = var.plant_id
  module_id = var.room
  mode      = "protection"

  lifecycle {
    precondition {
      condition     = var.plant_id == ""
      error_message = "Never."
    }
  }
}

output "o" {
  value = 1

  precondition {
    condition     = var.plant_id == ""
    error_message = "Never."
  }
}
