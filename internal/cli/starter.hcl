# What setpoint keeps your thermostats at. In short:
#   setpoint plan               shows what would change
#   setpoint apply              shows it, asks, does it
#   setpoint apply --simulate   rehearses it against a simulated house

provider "smarther" {
  # The clocks of your plants; needed for boosts and for every "until".
  time_zone = "Europe/Rome"

  # Secrets do not belong into files. Key and token come from the environment:
  #   SMARTHER_SUBSCRIPTION_KEY   your profile at the vendor's developer portal
  #   SMARTHER_ACCESS_TOKEN       of a login to that portal
  # or from variables that say sensitive = true.
}

# A value to change without looking for its places:
#   setpoint apply --var comfort=21
variable "comfort" {
  description = "What the rooms we live in are kept at, in °C."
  type        = number
  default     = 20.5
}

# A plant is a house, a flat, a building. Put your own id here.
plant "home" {
  id       = "00000000-0000-4000-8000-000000000000"
  function = "heating" # or "cooling"; for all thermostats of the plant
}

# One block for each thermostat, with its own module_id.
thermostat "living_room" {
  plant_id  = plant.home.id
  module_id = "00000000-0000-4000-8000-000000000001"

  mode     = "manual"
  setpoint = var.comfort # °C, 3 to 40
  # until  = "2030-01-06T18:00:00"   # on the plant's clock; without it, for ever

  # What to leave behind when this block is removed; without it the thermostat
  # keeps what it has.
  on_remove {
    mode    = "automatic"
    program = 1
  }
}

# Values can refer to others: always two degrees below the living room.
thermostat "bedroom" {
  plant_id  = plant.home.id
  module_id = "00000000-0000-4000-8000-000000000002"
  mode      = "manual"
  setpoint  = thermostat.living_room.setpoint - 2
}

# The other modes:
#   mode = "automatic"    program = 1          one of its weekly programs, 0 to 11
#   mode = "boost"        boost_minutes = 30   30, 60 or 90; once, when the block changes
#   mode = "off"                               may have an until
#   mode = "protection"                        against frost; may have an until

# One block for many thermostats. Each gets its key as a name:
# thermostat.room["kitchen"]
#
# thermostat "room" {
#   for_each = {
#     kitchen = { module_id = "00000000-0000-4000-8000-000000000003", setpoint = 19 }
#     study   = { module_id = "00000000-0000-4000-8000-000000000004", setpoint = 20 }
#   }
#   plant_id  = plant.home.id
#   module_id = each.value.module_id
#   mode      = "manual"
#   setpoint  = each.value.setpoint
# }
