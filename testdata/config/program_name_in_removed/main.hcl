plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}

removed {
  from = thermostat.hall

  on_remove {
    mode    = "automatic"
    program = "At Home"
  }
}
