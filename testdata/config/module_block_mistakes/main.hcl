module "floor" {
  source = "./floor"

  providers {
  }

  depends_on = thermostat.hall
  for_eech   = toset([])
}

module "two" "names" {
  source = "./floor"
}

module {
  source = "./floor"
}

module "3" {
  source = "./floor"
}

moduel "x" {
  source = "./floor"
}
