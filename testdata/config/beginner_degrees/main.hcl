thermostat "hall" {
  mode     = "manual"
  setpoint = 20.5°C
}
