module "floor" {
  source = "./floor"
  for_each = toset(["1", "2", "3"])

  setpoint = "warm"
  rooms    = { hall = { setpoint = [] } }
  names    = { a = "x" }
}

module "wing" {
  source   = "./floor"
  setpoint = 20
  rooms    = { hall = { setpont = 20 } }
  names    = []
}
