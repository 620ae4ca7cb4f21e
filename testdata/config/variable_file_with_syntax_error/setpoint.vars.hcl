night = 17
token = "canary-4711
