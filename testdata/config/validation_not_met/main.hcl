plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

variable "day" {
  type    = number
  default = 19

  validation {
    condition     = var.day <= 22
    error_message = "By day at most 22 °C."
  }
  validation {
    condition     = var.day != 19
    error_message = <<-EOT
      Not 19.
      Anything else.
    EOT
  }
}

variable "mode" {
  default = "warm"

  validation {
    condition     = contains(["manual", "off"], var.mode)
    error_message = "Choose manual or off."
  }
}

thermostat "hall" {
  plant_id  = plant.home.id
  module_id = "2a9d5c0f-0000-4000-8000-000000000001"
  mode = var.mode
}
