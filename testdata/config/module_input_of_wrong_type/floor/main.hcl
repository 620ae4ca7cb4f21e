variable "setpoint" {
  type = number
}

variable "rooms" {
  type = map(object({ setpoint = number }))
}

variable "names" {
  type = list(string)
}
