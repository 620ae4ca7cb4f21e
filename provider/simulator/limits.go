package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Limits say how many API calls the cloud takes, of all clients together. The
// zero value is no limit. The login endpoints are not limited.
type Limits struct {
	// DailyQuota is how many calls it takes between one midnight UTC and the next;
	// the real cloud's is 500. Above it: 403. 0 means no quota.
	DailyQuota int

	// Burst is how many calls it takes within any BurstWindow. Above it: 429,
	// which does not count towards the quota. 0 means no burst limit.
	Burst int

	// BurstWindow, 0 means 10 s.
	BurstWindow time.Duration
}

// defaultBurstWindow is the length of the window for Limits.Burst.
const defaultBurstWindow = 10 * time.Second

func (l Limits) problems() []string {
	var found []string
	if l.DailyQuota < 0 {
		found = append(found, fmt.Sprintf("daily quota %d is negative", l.DailyQuota))
	}
	if l.Burst < 0 {
		found = append(found, fmt.Sprintf("burst %d is negative", l.Burst))
	}
	if l.BurstWindow < 0 {
		found = append(found, fmt.Sprintf("burst window %s is negative", l.BurstWindow))
	}
	return found
}

// meter counts calls against the limits. It is safe for concurrent use.
type meter struct {
	mu     sync.Mutex
	limits Limits
	day    time.Time   // midnight UTC at which used began
	used   int         // calls since then
	recent []time.Time // calls within the burst window
}

// admit counts a call, or refuses it.
func (m *meter) admit(now time.Time) *answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(now)
	if m.limits.Burst > 0 && len(m.recent) >= m.limits.Burst {
		free := m.recent[len(m.recent)-m.limits.Burst].Add(m.window())
		return new(limited(http.StatusTooManyRequests, free.Sub(now)))
	}
	if m.limits.DailyQuota > 0 && m.used >= m.limits.DailyQuota {
		return new(limited(http.StatusForbidden, m.day.AddDate(0, 0, 1).Sub(now)))
	}
	m.add(now)
	return nil
}

// count counts a call that nothing refuses.
func (m *meter) count(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(now)
	m.add(now)
}

func (m *meter) add(now time.Time) {
	m.used++
	if m.limits.Burst > 0 {
		m.recent = append(m.recent, now)
	}
}

// turn begins a new day where there is one, also after the clock was set back,
// and forgets the calls that the burst window has left behind.
func (m *meter) turn(now time.Time) {
	if day := now.UTC().Truncate(24 * time.Hour); !day.Equal(m.day) {
		m.day, m.used = day, 0
	}
	m.recent = slices.DeleteFunc(m.recent, func(t time.Time) bool { return t.After(now) || now.Sub(t) >= m.window() })
}

func (m *meter) window() time.Duration {
	if m.limits.BurstWindow > 0 {
		return m.limits.BurstWindow
	}
	return defaultBurstWindow
}

// limited refuses a call for a time, told in whole seconds, one at least.
func limited(status int, wait time.Duration) answer {
	seconds := max(1, int((wait+time.Second-1)/time.Second))
	f := Fault{Status: status, RetryAfter: strconv.Itoa(seconds)}
	return f.answer(time.Time{})
}

// SetLimits changes the limits; what was used of the quota today stays used.
func (c *Cloud) SetLimits(l Limits) error {
	if err := joinProblems(l.problems()); err != nil {
		return fmt.Errorf("set the limits: %w", err)
	}
	c.meter.mu.Lock()
	defer c.meter.mu.Unlock()
	c.meter.limits = l
	return nil
}

// SpendQuota says how many calls of today's quota are used, as if by another
// client of the same user.
func (c *Cloud) SpendQuota(used int) error {
	if used < 0 {
		return fmt.Errorf("spend the quota: %d calls is negative", used)
	}
	c.meter.mu.Lock()
	defer c.meter.mu.Unlock()
	c.meter.turn(c.clock.now())
	c.meter.used = used
	return nil
}
