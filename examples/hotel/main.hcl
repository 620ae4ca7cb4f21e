# A hotel with four floors of a hundred rooms, from one CSV file.
#
#   setpoint apply --chdir examples/hotel --simulate

provider "smarther" {
  time_zone = "Europe/Rome"
}

variable "season" {
  description = "winter: each room at its own comfort; summer: cooling to 25 °C; closed: frost protection."
  type        = string
  default     = "winter"

  validation {
    condition     = contains(["winter", "summer", "closed"], var.season)
    error_message = "There is no season \"${var.season}\": it is winter, summer or closed."
  }
}

plant "hotel" {
  id       = "9b6d2f80-0000-4000-8000-000000000001"
  function = var.season == "summer" ? "cooling" : "heating"
}

locals {
  rows = csvdecode(file("rooms.csv"))
  # The rooms of each floor: "1" => [row, row, …].
  floors = { for row in local.rows : row.floor => row... }
}

module "floor" {
  source   = "./modules/floor"
  for_each = local.floors

  plant_id    = plant.hotel.id
  season      = var.season
  rooms       = { for row in each.value : row.room => row }
  corridor_id = "7c1e0b52-0000-4000-8000-00000000${each.key}999"
}

output "rooms" {
  description = "How many rooms each floor has."
  value       = { for number, floor in module.floor : number => floor.rooms }
}
