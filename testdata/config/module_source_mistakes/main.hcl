module "missing" {
  plant_id = "x"
}

module "registry" {
  source = "legrand/floor/smarther"
}

module "git" {
  source = "git::https://example.com/floor.git"
}

module "bare" {
  source = "modules/floor"
}

module "nowhere" {
  source = "./modules/flor"
}

module "outside" {
  source = "../.."
}

module "file" {
  source = "./main.hcl"
}

module "hollow" {
  source = "./hollow"
}

module "reference" {
  source = local.source
}

module "list" {
  source = ["./modules/floor"]
}

locals {
  source = "./modules/floor"
}
