setpoint {
  required_version = ">= 99"
}

provider "smarther" {
  rate_limit = "x"
}

import {
  to = thermostat.hall
  id = "x"
}
