variable "secret" {
  default   = "off"
  sensitive = true
}

removed {
}

removed {
  from = "thermostat.hall"
}

removed {
  from = thermostat.a

  lifecycle {
    destroy = false
  }
  on_remove {
    mode = "automatic"
  }
}

removed {
  from = thermostat.b

  lifecycle {
    destroy = var.secret
  }
}

removed {
  from = thermostat.c

  on_remove {
    mode = "boost"
  }
}

removed {
  from = thermostat.d

  on_remove {
    setpoint = 20
  }
}

removed {
  from = thermostat.e

  on_remove {
    mode     = "manual"
    setpoint = 50
    function = "heatng"
    until    = "2026-12-24T18:00:00"
  }
}

removed {
  from = thermostat.f

  on_remove {
    mode = var.secret
  }
}

removed {
  from = thermostat.g

  on_remove {
    mode = local.mode
  }
  on_remove {
    mode = "off"
  }
}

removed {
  from = thermostat.h

  on_remove {
    mode     = "manual"
  }
  lifecycle {
    destory = true
  }
}

removed {
  from = thermostat.i

  on_remove {
    mode = each.key
  }
  provisioner "local-exec" {
  }
}
