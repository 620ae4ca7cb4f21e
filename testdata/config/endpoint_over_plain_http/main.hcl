provider "smarther" {
  endpoint = "http://api.example.com/smarther/v2.0"
}
