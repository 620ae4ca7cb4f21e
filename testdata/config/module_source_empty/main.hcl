module "empty" {
  source = ""
}

module "none" {
  source = null
}
