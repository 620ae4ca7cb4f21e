moved {
  from = thermostat.hall
}

moved {
  to = thermostat.hall
}

moved {
}

moved {
  from = "thermostat.hall"
  to   = hall
}

moved {
  from = thermostat.hall
  to   = thermostat.hall
}

moved {
  from = thermostat.room["a"]
  to   = thermostat.room["\u0061"]
}

moved {
  from = thermostat.hall
  to   = module.hall
}

moved {
  from = module.hall
  to   = module.floor.thermostat.hall
}

moved {
  from = thermostat.hall.setpoint
  to   = thermostats.hall
}

moved {
  from = thermostat.room[each.key]
  to   = thermostat.room[local.key]
}

moved {
  from = thermostat.room[-1]
  to   = thermostat.room[1.5]
}

moved {
  form = thermostat.hall
  to   = thermostat.room[*]
}

moved "name" {
  from = thermostat.hall
  to   = thermostat.room
}
