module "floor" {
  source = "../floor"
}

module "root" {
  source = "../"
}
