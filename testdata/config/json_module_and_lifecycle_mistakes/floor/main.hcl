variable "setpoint" {
  default = 1
}
