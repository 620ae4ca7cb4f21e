module "floor" {
  source = "./floor"
}

module "here" {
  source = "./."
}

module "room" {
  source = "./room"
}
