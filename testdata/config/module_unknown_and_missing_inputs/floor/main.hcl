variable "plant_id" {
  type = string
}

variable "name" {}

variable "setpoint" {
  type    = number
  default = 19
}
