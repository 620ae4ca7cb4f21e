night  = 16
nights = 3
