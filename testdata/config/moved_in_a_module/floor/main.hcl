moved {
  from = thermostat.hall
  to   = thermostat.hall
}

moved {
  from = thermostat.hall
  to   = var.hall
}
