plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

variable "v" {}
variable "v" {}

output "o" {
  value = 1
}

output "o" {
  value = 2
}

module "m" {
  source = "./m"
}

module "m" {
  source = "./m"
}

check "c" {
  assert {
    condition     = true
    error_message = "Never."
  }
}

check "c" {
  assert {
    condition     = true
    error_message = "Never."
  }
}

locals {
  l = 1
}

locals {
  l = 2
}
