variable "plant_id" {}

thermostat "room" {
  plant_id  = var.plant_id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode      = "protection"
}

thermostat "hall" {
  plant_id  = var.plant_id
  module_id = "2a9d5c0f-0000-4000-8000-000000000002"
  mode      = "protection"
}
