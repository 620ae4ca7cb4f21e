package state

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"setpoint/config/diag"
	"setpoint/internal/durable"
)

// Store is the record at one path. It holds nothing open and is safe for
// concurrent use.
type Store struct {
	fsys    durable.FS
	path    string
	version string
	remote  Remote // nil: the state is the file
	prepare func() error
}

// NewStore names the state file, which need not exist, and the version of
// setpoint that will be said to have written it.
func NewStore(fsys durable.FS, path, setpointVersion string) *Store {
	return &Store{fsys: fsys, path: path, version: setpointVersion}
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
	// Waiting counts the thermostats of which a journal here says what the Remote that
	// has the state was not told yet: a run goes on, or one could not tell it.
	Waiting int
}

// Read reads state and journal, takes no lock and writes nothing. Errors are
// *Error with the way out.
func (s *Store) Read() (*Snapshot, error) {
	f, err := filesOf(s.fsys, s.path)
	if err != nil {
		return nil, err
	}
	if s.remote != nil {
		return s.readRemote(f)
	}
	l, err := f.load()
	if err != nil {
		return nil, err
	}
	if l.state == nil {
		return &Snapshot{State: s.none(), Absent: true}, nil
	}
	if l.fold == nil {
		return &Snapshot{State: l.state}, nil
	}
	return &Snapshot{State: l.fold.state(), InFlight: l.fold.inFlight()}, nil
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
// folded already; the other way round its records would be missed. What the
// writer recorded after the journal was read is then missing from it, so that
// it may look as if the state did not come from it: then it is read again.
func (f files) load() (*loaded, error) {
	journal, err := f.readJournal()
	for {
		if err != nil {
			return nil, err
		}
		l, refused := f.loadWith(journal)
		if e, ok := errors.AsType[*Error](refused); !ok || e.Kind != KindJournalBehind {
			return l, refused
		}
		var again []byte
		if again, err = f.readJournal(); err == nil && again != nil && bytes.Equal(again, journal) {
			return nil, refused
		}
		journal = again
	}
}

// readJournal is nil where there is none, and not nil where it is empty.
func (f files) readJournal() ([]byte, error) {
	journal, _, err := f.readRegular(f.journal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return append([]byte{}, journal...), err
}

func (f files) loadWith(journal []byte) (*loaded, error) {
	l := &loaded{journal: journal != nil, perm: newFilePerm}
	backup, err := f.exists(f.backup)
	if err != nil {
		return nil, err
	}
	data, perm, err := f.readRegular(f.state)
	if errors.Is(err, fs.ErrNotExist) {
		return l, f.orphaned(l.journal, backup)
	}
	if err != nil {
		return nil, err
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
	remedy := "Restore it from version control: git checkout -- " + diag.ShellWord(f.state)
	if journal {
		there = append(there, f.journal)
	}
	if backup {
		there = append(there, f.backup)
		remedy += fmt.Sprintf("; or the version before the last one: cp %s %s", diag.ShellWord(f.backup), diag.ShellWord(f.state))
	}
	remove := "rm"
	for _, path := range there {
		remove += " " + diag.ShellWord(path)
	}
	exist := " still exists"
	if len(there) > 1 {
		exist = " still exist"
	}
	return &Error{Kind: KindOrphaned, Path: f.state,
		Detail: "the state is gone, but it was there: " + strings.Join(there, " and ") + exist,
		Remedy: remedy + ". Only if the whole house is to be taken as never set before: " + remove}
}

// commit makes next the state and ends the journal that led to it. A crash
// between any two steps loses nothing and doubles nothing:
//
//  1. Encode, which also checks: a state that could not be read is never written.
//  2. The present state becomes the backup. A crash here leaves state and
//     journal as they were; the next start folds again.
//  3. next becomes the state, in one rename. A crash before it is as after 2.
//     After it the serial of the state is beyond the journal's base, and the
//     journal adds nothing to it, by which every reader knows that it is in it.
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
			return nil, false, err
		}
	}
	if err := f.replaceState(perm, content); err != nil {
		return nil, false, err
	}
	return content, true, f.removeJournal()
}

type digest [sha256.Size]byte

func digestOf(data []byte) digest { return sha256.Sum256(data) }
