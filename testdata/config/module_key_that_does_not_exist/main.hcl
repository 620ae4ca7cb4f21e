module "wing" {
  source   = "./floor"
  for_each = toset(["east", "west"])
}

module "annex" {
  source = "./floor"
  count  = 2
}

module "none" {
  source = "./floor"
  count  = 0
}

locals {
  north = "north"
}

output "a" {
  value = module.wing["north"].corridor
}

output "b" {
  value = module.wing[local.north].corridor
}

output "c" {
  value = module.annex[2].corridor
}

output "d" {
  value = module.none[0].corridor
}

output "e" {
  value = module.annex["east"].corridor
}
