variable "setpoint" {
  type = number
}
