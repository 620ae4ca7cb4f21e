variable "secret" {
  default   = "west"
  sensitive = true
}

module "both" {
  source   = "./floor"
  for_each = {}
  count    = 1
}

module "list" {
  source   = "./floor"
  for_each = ["a", "b"]
}

module "none" {
  source   = "./floor"
  for_each = null
}

module "secret" {
  source   = "./floor"
  for_each = toset([var.secret])
}

module "negative" {
  source = "./floor"
  count  = -1
}

module "half" {
  source = "./floor"
  count  = 1.5
}

module "each" {
  source   = "./floor"
  setpoint = each.value
}

module "within" {
  source   = "./floor"
  for_each = { a = each.key }
}

output "no_follow_up" {
  value = [module.list["a"].corridor, module.negative[0].corridor, module.both[*].corridor]
}
