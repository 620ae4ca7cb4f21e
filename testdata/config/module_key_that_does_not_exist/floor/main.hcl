output "corridor" {
  value = 18
}
