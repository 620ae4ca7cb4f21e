provider "smarther" {
  timeout = "soon"
}
