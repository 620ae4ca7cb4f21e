variable "plant_id" {}
