variable "setpoint" {
  type     = number
  nullable = false
  default  = null
}
