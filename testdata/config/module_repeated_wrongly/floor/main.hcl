variable "setpoint" {
  default = 20
}

output "corridor" {
  value = 18
}

output "not_in_a_module" {
  value = count.index
}
