variable "setpoint" {
  type    = number
  default = 40

  validation {
    condition     = var.setpoint <= 25
    error_message = "At most 25 °C."
  }
}

variable "night" {
  type    = number
  default = 16

  validation {
    condition     = var.night < var.setpoint
    error_message = "By night it must be colder than by day."
  }
}
