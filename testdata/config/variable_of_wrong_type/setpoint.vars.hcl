night = "warm"
rooms = {
  hall = { setpoint = "warm" }
}
