provider "smarter" {
}
