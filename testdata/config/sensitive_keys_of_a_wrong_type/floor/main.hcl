variable "rooms" {
  type = map(number)
}
