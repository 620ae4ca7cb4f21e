package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

const journalVersion = 1

// journalHead is the first line of a journal. A journal counts only beside the
// house file that it was begun with, so that one that is folded already, and one
// beside a file that a person has changed since, does nothing.
type journalHead struct {
	Journal int    `json:"journal"`
	House   string `json:"house"` // SHA-256 of the house file
}

// entry is one change: what a thermostat is in now, or the login as it is now.
type entry struct {
	Plant  string   `json:"plant,omitempty"`
	Module string   `json:"module,omitempty"`
	Status *Status  `json:"status,omitempty"`
	Login  *account `json:"login,omitempty"`
}

func (e entry) line() ([]byte, error) {
	line, err := json.Marshal(e)
	return append(line, '\n'), err
}

// replay makes the changes of a journal to the house, and tells whether there
// were any. A last line without an end is one whose write was cut short; nobody
// was told that it is done.
func replay(text []byte, houseDigest string, h *house) (changed bool, err error) {
	head, rest, whole := bytes.Cut(text, []byte("\n"))
	if !whole {
		return false, nil
	}
	var first journalHead
	if err := json.Unmarshal(head, &first); err != nil {
		return false, fmt.Errorf("line 1: %w", err)
	}
	if first.Journal != journalVersion {
		return false, fmt.Errorf("line 1: the version of the journal is %d, not %d", first.Journal, journalVersion)
	}
	if first.House != houseDigest {
		return false, nil
	}
	for number := 2; ; number++ {
		var line []byte
		if line, rest, whole = bytes.Cut(rest, []byte("\n")); !whole {
			return changed, nil
		}
		var e entry
		err := json.Unmarshal(line, &e)
		if err == nil {
			err = h.apply(e)
		}
		if err != nil {
			return changed, fmt.Errorf("line %d: %w", number, err)
		}
		changed = true
	}
}

// apply makes one change.
func (h *house) apply(e entry) error {
	if e.Login != nil {
		h.login = e.Login
		return joinProblems(e.Login.problems())
	}
	p := h.plants[e.Plant]
	if p == nil {
		return fmt.Errorf("there is no plant %s in the house", e.Plant)
	}
	t, ok := p.Thermostats[e.Module]
	if !ok {
		return fmt.Errorf("there is no thermostat %s in plant %s", e.Module, e.Plant)
	}
	if e.Status == nil {
		return errors.New("it changes nothing")
	}
	t.Status = e.Status.in(p.zone)
	p.Thermostats[e.Module] = t
	return joinProblems(t.problems())
}
