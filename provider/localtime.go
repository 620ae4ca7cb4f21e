package provider

import (
	"fmt"
	"time"
)

// LocalTime is a wall-clock time without zone, to the second, as a thermostat's
// own clock shows it. The zero value means no time at all. Values are
// comparable with ==.
type LocalTime struct {
	sec int64 // since 0001-01-01T00:00:00 on the wall clock
}

const (
	localLayout = "2006-01-02T15:04:05"
	yearOne     = -62135596800 // time.Time{}.Unix()
)

// ParseLocalTime reads YYYY-MM-DDThh:mm:ss, two digits everywhere but in the year.
func ParseLocalTime(s string) (LocalTime, error) {
	t, err := time.Parse(localLayout, s)
	if err != nil || len(s) != len(localLayout) {
		return LocalTime{}, fmt.Errorf("%q is not a time of the form YYYY-MM-DDThh:mm:ss", s)
	}
	l := LocalTime{t.Unix() - yearOne}
	if l.IsZero() {
		return LocalTime{}, fmt.Errorf("%q is the time that stands for none", s)
	}
	return l, nil
}

// WallClock is what a clock on the wall shows at t in t's own location,
// fractions of a second cut off.
func WallClock(t time.Time) LocalTime {
	_, offset := t.Zone()
	return LocalTime{t.Unix() + int64(offset) - yearOne}
}

// IsZero tells whether there is no time.
func (l LocalTime) IsZero() bool { return l.sec == 0 }

// Sub is the difference on the wall clock, whatever daylight saving does between.
func (l LocalTime) Sub(o LocalTime) time.Duration { return time.Duration(l.sec-o.sec) * time.Second }

// Add moves the hands of the clock.
func (l LocalTime) Add(d time.Duration) LocalTime { return LocalTime{l.sec + int64(d/time.Second)} }

// In lists the instants at which a wall clock in the zone shows this time, in
// order: one as a rule, none where a daylight-saving change skips it, two where
// one repeats it.
func (l LocalTime) In(zone *time.Location) []time.Time {
	wall := l.sec + yearOne
	var found []time.Time
	// Offsets in force a day before and a day after are the only candidates: no
	// zone changes its offset twice in two days and keeps it a secret to both.
	for _, probe := range []int64{wall - 86400, wall + 86400} {
		_, offset := time.Unix(probe, 0).In(zone).Zone()
		t := time.Unix(wall-int64(offset), 0).In(zone)
		if WallClock(t) == l && (len(found) == 0 || !found[0].Equal(t)) {
			found = append(found, t)
		}
	}
	if len(found) == 2 && found[1].Before(found[0]) {
		found[0], found[1] = found[1], found[0]
	}
	return found
}

// Time is the same reading of the clock in UTC: for formatting, not an instant.
func (l LocalTime) Time() time.Time { return time.Unix(l.sec+yearOne, 0).UTC() }

// String has the form the cloud is sent, YYYY-MM-DDThh:mm:ss; "" if zero.
func (l LocalTime) String() string {
	if l.IsZero() {
		return ""
	}
	return l.Time().Format(localLayout)
}
