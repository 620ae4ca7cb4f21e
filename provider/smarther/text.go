package smarther

import "setpoint/provider/smarther/exchange"

// text is how answers are read where the cloud is not strict about types.
type text = exchange.Text
