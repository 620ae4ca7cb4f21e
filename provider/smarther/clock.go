package smarther

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock keeps the last difference seen between this machine's clock and the
// cloud's.
type clock struct{ last atomic.Pointer[time.Duration] }

// observe compares the Date of an answer, which stands for the whole second
// after it, with the span of the call on the local clock.
func (c *clock) observe(h http.Header, start, end time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	var ahead time.Duration
	switch {
	case date.Add(time.Second).Before(start):
		ahead = start.Sub(date.Add(time.Second))
	case date.After(end):
		ahead = end.Sub(date)
	}
	c.last.Store(&ahead)
}

func (c *clock) skew() (time.Duration, bool) {
	if last := c.last.Load(); last != nil {
		return *last, true
	}
	return 0, false
}
