variable "plant_id" {}
variable "module_id" {}

thermostat "room" {
  plant_id  = var.plant_id
  module_id = var.module_id
  mode      = "protection"
}
