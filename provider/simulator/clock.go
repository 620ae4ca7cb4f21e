package simulator

import (
	"sync"
	"time"
)

// clock is the simulator's own. It runs as fast as its base and can be set to
// any instant. It is safe for concurrent use.
type clock struct {
	base func() time.Time

	mu    sync.Mutex
	ahead time.Duration // of the base
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base().Add(c.ahead)
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = t.Sub(c.base())
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// Now is what the simulator's clock shows.
func (c *Cloud) Now() time.Time { return c.clock.now() }

// SetClock sets the simulator's clock, forward or back; it runs on from there.
// Modes with an end, tokens, the client secret, limits and faults with a time
// go by it. What a client waits for is real time all the same.
func (c *Cloud) SetClock(t time.Time) { c.clock.set(t) }

// Advance moves the simulator's clock on, or back where d is negative.
func (c *Cloud) Advance(d time.Duration) { c.clock.advance(d) }
