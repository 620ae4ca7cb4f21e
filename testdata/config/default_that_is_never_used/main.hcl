variable "night" {
  type    = number
  default = "cold"
}

module "floor" {
  source   = "./floor"
  setpoint = 20
}
