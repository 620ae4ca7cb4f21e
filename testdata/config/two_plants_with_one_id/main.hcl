plant "home" {
  id        = "1f3c6b1e-0000-4000-8000-000000000001"
  time_zone = "Europe/Rome"
  function  = "heating"
}

plant "office" {
  id = "1F3C6B1E-0000-4000-8000-000000000001"
}
