package state

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Store is the record at one path. It holds nothing open and is safe for
// concurrent use.
type Store struct {
	path    string
	version string
}

// NewStore names the state file, which need not exist, and the version of
// setpoint that will be said to have written it.
func NewStore(path, setpointVersion string) *Store {
	return &Store{path: path, version: setpointVersion}
}

// Snapshot is the record as a reader without the lock sees it.
type Snapshot struct {
	// State has the journal folded in. Where Absent, it is empty and without lineage.
	State *State
	// Absent: there is no state file, nor any sign that there was one.
	Absent bool
	// InFlight lists the addresses, sorted, whose call has no result: it is
	// running now, or its process died. Their entries are Unknown.
	InFlight []string
}

// Read reads state and journal and writes nothing. Errors are *Error with the
// way out, or what the system says of reading the files.
func (s *Store) Read() (*Snapshot, error) {
	l, err := filesOf(s.path).load()
	if err != nil {
		return nil, err
	}
	if l.state == nil {
		empty := New(s.version)
		empty.Lineage = ""
		return &Snapshot{State: empty, Absent: true}, nil
	}
	if l.fold == nil {
		return &Snapshot{State: l.state}, nil
	}
	return &Snapshot{State: l.fold.state(), InFlight: l.fold.inFlight()}, nil
}

// Create writes an empty state with a new lineage, under the lock. It refuses
// with KindExists or KindOrphaned where there is one, or was.
func Create(path, setpointVersion string) (created *State, err error) {
	f := filesOf(path)
	lock, err := takeLock(context.Background(), f, 0, newLockInfo("init", nil))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	l, err := f.load()
	if err != nil {
		return nil, err
	}
	if l.state != nil {
		return nil, &Error{Kind: KindExists, Path: path, Detail: "there is a state already, which is left as it is",
			Remedy: "Use it, or name another file with --state"}
	}
	s := New(setpointVersion)
	content, err := Encode(s)
	if err != nil {
		return nil, err
	}
	return s, f.replaceState(newFilePerm, content)
}

// loaded is what the files say.
type loaded struct {
	state *State // nil: absent
	data  []byte // of the state file
	perm  fs.FileMode
	fold  *folder // the journal on top of the state; nil if it adds nothing
	// journal tells that a journal file is there, whatever is in it.
	journal bool
}

// load reads the journal first and the state after it. If a writer folds in
// between, the state read is the newer one and the journal is recognised as
// folded already; the other way round its records would be missed.
func (f files) load() (*loaded, error) {
	journal, _, err := readRegular(f.journal)
	l := &loaded{journal: err == nil, perm: newFilePerm}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	backup, err := exists(f.backup)
	if err != nil {
		return nil, fmt.Errorf("look for a backup: %w", err)
	}
	data, perm, err := readRegular(f.state)
	if errors.Is(err, fs.ErrNotExist) {
		return l, f.orphaned(l.journal, backup)
	}
	if err != nil {
		return nil, fmt.Errorf("read the state: %w", err)
	}
	l.data, l.perm = data, perm
	if l.state, err = Decode(f.state, data); err != nil {
		return nil, err
	}
	content, err := parseJournal(f.journal, journal)
	if err != nil || content == nil {
		return l, err
	}
	l.fold, err = content.foldOnto(f, l.state)
	return l, err
}

// orphaned refuses an absent state whose companions are still there; nil if
// there are none.
func (f files) orphaned(journal, backup bool) error {
	if !journal && !backup {
		return nil
	}
	var there []string
	remedy := "Restore it from version control: git checkout -- " + shellQuote(f.state)
	if journal {
		there = append(there, f.journal)
	}
	if backup {
		there = append(there, f.backup)
		remedy += fmt.Sprintf("; or the version before the last one: cp %s %s", shellQuote(f.backup), shellQuote(f.state))
	}
	remove := "rm"
	for _, path := range there {
		remove += " " + shellQuote(path)
	}
	return &Error{Kind: KindOrphaned, Path: f.state,
		Detail: "the state is gone, but it was there: " + strings.Join(there, " and ") + " still exist",
		Remedy: remedy + ". Only if the whole house is to be taken as never set before: " + remove}
}

// commit makes next the state and ends the journal that led to it. A crash
// between any two steps loses nothing and doubles nothing:
//
//  1. Encode, which also checks: a state that could not be read is never written.
//  2. The present state becomes the backup. A crash here leaves state and
//     journal as they were; the next start folds again.
//  3. next becomes the state, in one rename. A crash before it is as after 2.
//     After it the serial of the state is beyond the journal's base, by which
//     every reader knows that the journal is in it already.
//  4. The journal goes. It must not go earlier: until 3 is on disk it is all
//     there is of the run.
//
// replaced tells whether step 3 was done.
func (f files) commit(perm fs.FileMode, present []byte, next *State) (content []byte, replaced bool, err error) {
	if content, err = Encode(next); err != nil {
		return nil, false, err
	}
	if present != nil {
		if err := f.replaceBackup(perm, present); err != nil {
			return nil, false, fmt.Errorf("keep the state before as backup: %w", err)
		}
	}
	if err := f.replaceState(perm, content); err != nil {
		return nil, false, err
	}
	return content, true, f.removeJournal()
}

type digest [sha256.Size]byte

func digestOf(data []byte) digest { return sha256.Sum256(data) }
