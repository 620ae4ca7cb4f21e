variable "day" {
  type    = number
  default = 19

  validation {
    condition     = var.day > var.night
    error_message = "By day (${var.day} °C) it must be warmer than by night (${var.night} °C)."
  }
}

variable "night" {
  type    = number
  default = 21
}
