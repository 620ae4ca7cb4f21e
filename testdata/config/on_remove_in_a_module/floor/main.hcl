variable "plant_id" {}

removed {
  from = thermostat.hall

  on_remove {
    mode = "manual"
  }
}
