package report

import (
	"fmt"
	"time"

	"setpoint/provider"
)

// Pauses tells a pause of all calls once, and not once for every call in flight
// that is refused meanwhile: each of them asks for a pause that ends a little
// later. The zero Pauses has told nothing. It is not for concurrent use.
type Pauses struct {
	until time.Time // of what was told last
}

// Line is what is to be said of a pause until the given instant, on one line
// without its end, and "" where it has been said. A pause that lasts a second
// longer than was said, and half as long again, is news.
func (p *Pauses) Line(until time.Time, err error, now time.Time) string {
	if left := p.until.Sub(now); left > 0 && until.Sub(p.until) < max(time.Second, left/2) {
		return ""
	}
	p.until = until
	reason, _ := provider.Reason(err)
	return oneLine(fmt.Sprintf("All calls pause for %s: %s", Duration(until.Sub(now)), reason))
}
