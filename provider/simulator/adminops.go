package simulator

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// adminState tells how things stand.
func (c *Cloud) adminState(map[string]string, []byte) (any, error) {
	now := c.clock.now()
	_, login := c.Login()
	c.meter.mu.Lock()
	c.meter.turn(now)
	limits, used := c.meter.limits, c.meter.used
	c.meter.mu.Unlock()
	c.mu.Lock()
	blocked, plants, thermostats := c.blocked, len(c.house.plants), 0
	for _, p := range c.house.plants {
		thermostats += len(p.Thermostats)
	}
	c.mu.Unlock()
	return map[string]any{
		"now": now.UTC(), "login": login, "blocked": blocked, "plants": plants, "thermostats": thermostats,
		"faults": len(c.Faults()), "calls": len(c.Calls()),
		"limits": adminLimits{&limits.DailyQuota, &used, &limits.Burst, new(duration(c.meter.window()))},
	}, nil
}

// The years that the clock can be set to.
const (
	firstYear = 1973
	lastYear  = 2200
)

// adminClock sets the clock, or moves it.
func (c *Cloud) adminClock(_ map[string]string, body []byte) (any, error) {
	var in struct {
		Now     *time.Time `json:"now"`
		Advance *duration  `json:"advance"`
	}
	if err := readAdmin(body, &in); err != nil {
		return nil, err
	}
	var next time.Time
	switch {
	case in.Now != nil && in.Advance == nil:
		next = *in.Now
	case in.Advance != nil && in.Now == nil:
		next = c.Now().Add(time.Duration(*in.Advance))
	default:
		return nil, errors.New(`set the clock: give either now, as in "2026-12-24T12:00:00Z", or advance, as in "1h"`)
	}
	if year := next.UTC().Year(); year < firstYear || year > lastYear { // further off than a Duration holds
		return nil, fmt.Errorf("set the clock: the year %d is not within %d and %d", year, firstYear, lastYear)
	}
	c.SetClock(next)
	return map[string]any{"now": c.Now().UTC()}, nil
}

func (c *Cloud) adminFaults(map[string]string, []byte) (any, error) {
	type item struct {
		ID    int `json:"id"`
		Calls int `json:"calls"`
		Hits  int `json:"hits"`
		faultFields
	}
	list := []item{}
	for _, f := range c.Faults() {
		list = append(list, item{f.ID, f.Calls, f.Hits, f.Fault.fields()})
	}
	return map[string]any{"faults": list}, nil
}

func (c *Cloud) adminAddFaults(_ map[string]string, body []byte) (any, error) {
	faults, err := ParseFaults(body)
	if err != nil {
		return nil, err
	}
	ids, err := c.AddFaults(faults...)
	return map[string]any{"ids": ids}, err
}

// adminSetFaults puts faults in the place of those that there are: every call
// meets the ones or the others.
func (c *Cloud) adminSetFaults(_ map[string]string, body []byte) (any, error) {
	faults, err := ParseFaults(body)
	if err != nil {
		return nil, err
	}
	return map[string]any{"ids": c.script.replace(faults, c.clock.now())}, nil
}

func (c *Cloud) adminClearFaults(map[string]string, []byte) (any, error) {
	return done{}, c.ClearFaults()
}

func (c *Cloud) adminClearFault(ids map[string]string, _ []byte) (any, error) {
	id, err := strconv.Atoi(ids["{id}"])
	if err != nil {
		return nil, fmt.Errorf("clear faults: %q is no fault's number", ids["{id}"])
	}
	return done{}, c.ClearFaults(id)
}

type adminLimits struct {
	DailyQuota  *int      `json:"daily_quota"`
	Used        *int      `json:"used"`
	Burst       *int      `json:"burst"`
	BurstWindow *duration `json:"burst_window"`
}

// adminLimits changes the limits that are named.
func (c *Cloud) adminLimits(_ map[string]string, body []byte) (any, error) {
	var in adminLimits
	if err := readAdmin(body, &in); err != nil {
		return nil, err
	}
	c.meter.mu.Lock()
	limits := c.meter.limits
	c.meter.mu.Unlock()
	if in.DailyQuota != nil {
		limits.DailyQuota = *in.DailyQuota
	}
	if in.Burst != nil {
		limits.Burst = *in.Burst
	}
	if in.BurstWindow != nil {
		limits.BurstWindow = time.Duration(*in.BurstWindow)
	}
	err := c.SetLimits(limits)
	if in.Used != nil {
		err = errors.Join(err, c.SpendQuota(*in.Used))
	}
	return done{}, err
}

func (c *Cloud) adminBlock(_ map[string]string, body []byte) (any, error) {
	var in struct {
		Status int `json:"status"`
	}
	if err := readAdmin(body, &in); err != nil {
		return nil, err
	}
	return done{}, c.SetBlocked(in.Status)
}

func (c *Cloud) adminUnblock(map[string]string, []byte) (any, error) { return done{}, c.SetBlocked(0) }

func (c *Cloud) adminCalls(map[string]string, []byte) (any, error) {
	return map[string]any{"calls": append([]Call{}, c.Calls()...)}, nil
}

func (c *Cloud) adminForgetCalls(map[string]string, []byte) (any, error) {
	c.ForgetCalls()
	return done{}, nil
}

// adminLogin changes what is named of the login, or makes one.
func (c *Cloud) adminLogin(_ map[string]string, body []byte) (any, error) {
	now, _ := c.Login()
	next := now
	next.SecretCreated, next.ReplyURLs = time.Time{}, slices.Clone(now.ReplyURLs)
	if err := readAdmin(body, &next); err != nil {
		return nil, err
	}
	return done{}, c.SetLogin(next)
}
