# What setpoint keeps your thermostats at. In short:
#   setpoint plan               shows what would change
#   setpoint apply              shows it, asks, does it
#   setpoint apply --simulate   rehearses it against a simulated house

provider "smarther" {
  # The clocks of your plants; needed for boosts and for every "until".
  time_zone = "Europe/Rome"

  # Key and token come from the environment:
  #   SMARTHER_SUBSCRIPTION_KEY   your profile at the vendor's developer portal
  #   SMARTHER_ACCESS_TOKEN       of a login to that portal
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
  setpoint = 20.5 # °C, 3 to 40
  # until  = "2030-01-06T18:00:00"   # plant-local time; without it, for ever

  # What to leave behind when this block is removed; without it the thermostat
  # keeps what it has.
  on_remove {
    mode    = "automatic"
    program = 1
  }
}

# The other modes:
#   mode = "automatic"    program = 1          one of its weekly programs, 0 to 11
#   mode = "boost"        boost_minutes = 30   30, 60 or 90
#   mode = "off"                               may have an until
#   mode = "protection"                        against frost; may have an until
