variable "inner" {
  default = 1
}
