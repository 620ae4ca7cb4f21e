variable "secret" {
  default   = "first-secret"
  sensitive = true
}

import {
  to = thermostat.room[var.secret]
  id = "1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001"
}
