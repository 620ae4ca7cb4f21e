package state

import (
	"errors"
	"fmt"

	"setpoint/config/diag"
)

// waiting is how many thermostats the journal of the working copy c has news of that
// the remote does not have; 0 for none.
func (c *copied) waiting(next, remote *State) int {
	if c.fold == nil || remote == nil {
		return 0
	}
	return differences(next, remote)
}

func differences(a, b *State) int {
	n := 0
	for address := range a.Thermostats {
		if !sameEntry(entryOf(a, address), entryOf(b, address)) {
			n++
		}
	}
	for address := range b.Thermostats {
		if entryOf(a, address) == nil {
			n++
		}
	}
	return n
}

func sameEntry(a, b *Entry) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Equal(*b))
}

// unreached adds to what a remote did instead of answering that results wait for it
// in this folder. What is wrong with the working copy is told when the remote answers.
func (f files) unreached(err error) error {
	c, unread := f.loadCopy()
	if unread != nil || c.fold == nil {
		return err
	}
	n := c.waiting(c.fold.state(), c.state)
	if n == 0 {
		return err
	}
	return mendEach(err, func(e *Error) {
		if e.Kind == KindRemote {
			e.Remedy += fmt.Sprintf(". What a run recorded of %s waits in this folder: the next setpoint apply here tells the server. To see it now: setpoint show --state %s",
				diag.Plural(n, "thermostat"), diag.ShellWord(f.state))
		}
	})
}

// mendEach changes copies of all *Error that are joined in err.
func mendEach(err error, mend func(*Error)) error {
	all := []error{err}
	if joined, many := err.(interface{ Unwrap() []error }); many {
		all = joined.Unwrap()
	}
	mended := make([]error, len(all))
	for i, err := range all {
		mended[i] = err
		if e, ok := err.(*Error); ok {
			changed := *e
			mend(&changed)
			mended[i] = &changed
		}
	}
	if len(mended) == 1 {
		return mended[0]
	}
	return errors.Join(mended...)
}
