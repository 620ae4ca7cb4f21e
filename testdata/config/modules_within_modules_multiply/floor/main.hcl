module "room" {
  source = "../room"
  count  = 1000000
}
