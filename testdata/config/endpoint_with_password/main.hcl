provider "smarther" {
  endpoint = "https://anna:canary-4711@api.example.com/"
}
