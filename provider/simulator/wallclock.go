package simulator

import "time"

// A wall time is what a clock without a zone shows, to the second. It is held as
// a time.Time in UTC whose fields are those of the clock's face.

const (
	wallLayout   = "2006-01-02T15:04:05"
	offsetLayout = "2006-01-02T15:04:05-07:00"
)

// instantsShowing lists the instants at which a clock in the zone shows the wall
// time, in order: one as a rule, none where a daylight-saving change skips it,
// two where one repeats it.
func instantsShowing(wall time.Time, zone *time.Location) []time.Time {
	before, after := offsetsAround(wall, zone)
	var found []time.Time
	// The larger offset is the earlier instant.
	for _, offset := range []time.Duration{max(before, after), min(before, after)} {
		t := wall.Add(-offset).In(zone)
		_, seconds := t.Zone()
		if time.Duration(seconds)*time.Second == offset && (len(found) == 0 || !found[0].Equal(t)) {
			found = append(found, t)
		}
	}
	return found
}

// nextReaching is the first instant after now at which a clock in the zone
// reaches the wall time, and whether there is one. A time that a daylight-saving
// change skips is reached at the change.
func nextReaching(wall time.Time, zone *time.Location, now time.Time) (time.Time, bool) {
	shown := instantsShowing(wall, zone)
	if len(shown) == 0 {
		before, _ := offsetsAround(wall, zone)
		change, _ := wall.Add(-before).In(zone).ZoneBounds()
		shown = append(shown, change)
	}
	for _, t := range shown {
		if t.After(now) {
			return t, true
		}
	}
	return time.Time{}, false
}

// offsetsAround is the zone's offset from UTC a day before and a day after the
// wall time.
func offsetsAround(wall time.Time, zone *time.Location) (before, after time.Duration) {
	_, b := wall.AddDate(0, 0, -1).In(zone).Zone()
	_, a := wall.AddDate(0, 0, 1).In(zone).Zone()
	return time.Duration(b) * time.Second, time.Duration(a) * time.Second
}
