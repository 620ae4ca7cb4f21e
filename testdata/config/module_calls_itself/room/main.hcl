module "again" {
  source = "../room"
}
