terraform {
  required_version = "1.0"
}

resource "smarther_thermostat" "hall" {
}

data "file" "x" {
}

module "m" {
  source  = "./m"
  version = "1.0"
}
