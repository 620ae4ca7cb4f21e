module "wing" {
  source   = "./floor"
  for_each = toset(["east", "west"])
}

module "annex" {
  source = "./floor"
  count  = 2
}

module "floor" {
  source = "./floor"
}

output "a" {
  value = module.wing.corridor
}

output "b" {
  value = module.annex.corridor
}

output "c" {
  value = module.floor["east"].corridor
}

output "d" {
  value = module.floor[0].corridor
}
