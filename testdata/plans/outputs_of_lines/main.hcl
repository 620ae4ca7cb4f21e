provider "smarther" { time_zone = "Europe/Rome" }

output "added" { value = "first\n\n  second \"quoted\" \u001b[31m\n\tthird" }
output "changed" { value = "one\ntwo\nthree\nvier\nfive\nsix" }
output "to_lines" { value = "a\nb" }
output "to_list" { value = ["a\nb"] }
output "end_only" { value = "a\nb\n" }
output "long" { value = join("\n", [for n in range(30) : format("line %d of a text that is longer than the screen is wide, as some texts are wont to be, again and again", n)]) }
output "crossed" {
  value     = "a\nhunter2"
  sensitive = true
}
