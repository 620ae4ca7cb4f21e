variable "plant_id" {}

output "broken" {
  value = [1, 2
}
