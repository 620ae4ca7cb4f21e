locals {
  comfort = 20 +
}
