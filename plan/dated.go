package plan

import (
	"cmp"
	"time"
)

// RecordName is the address that the record has the step's thermostat under
// before the step.
func (s *Step) RecordName() string { return cmp.Or(s.Moved, s.Address.String()) }

// Older tells whether a step was made from an older record than another one. Both
// have one (Before). Of two records of one second the one whose name sorts first
// counts as newer, so that of the records of a device exactly one is the newest.
func (s *Step) Older(than *Step) bool {
	return dated{s.RecordName(), s.Before.At}.older(dated{than.RecordName(), than.Before.At})
}

// dated is a record's name and when it was made.
type dated struct {
	name string
	at   time.Time
}

func (d dated) older(than dated) bool {
	return cmp.Or(d.at.Compare(than.at), cmp.Compare(than.name, d.name)) < 0
}
