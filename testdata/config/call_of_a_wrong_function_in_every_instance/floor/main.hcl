locals {
  call = flor(1.5)
  read = file("none.csv")
}
