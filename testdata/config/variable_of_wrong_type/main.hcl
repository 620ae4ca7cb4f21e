variable "night" {
  type = number
}

variable "rooms" {
  type = map(object({ setpoint = number }))
}

variable "tags" {
  type    = list(string)
  default = "x"
}

variable "odd" {
  type    = strng
  default = 1
}

plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

