removed {
  from = thermostat.a

  lifecycle {
    destroy = false
  }
  on_remove {
    mode = "automatc"
  }
}
