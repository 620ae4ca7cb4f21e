provider "smarther" {
  rate_limit  = -1
  parallelism = 0
  timeout     = "30"
  retry {
    attempts = 0
    min_wait = "2h"
  }
}

plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

