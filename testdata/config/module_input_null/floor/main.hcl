variable "setpoint" {
  type     = number
  nullable = false
}

variable "night" {
  type     = number
  default  = null
  nullable = false
}

variable "day" {
  type     = number
  default  = 20
  nullable = "no"
}
