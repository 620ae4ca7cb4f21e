package state

import (
	"context"
	"time"

	"setpoint/internal/durable"
)

// Remote is where several machines keep one state: a lock, and a place whose
// content is only ever replaced whole. It knows nothing of what the content
// means. Its errors are *Error; it is safe for concurrent use.
//
// A Store with a Remote keeps a working copy at its path, on which sessions run
// as they do on a file, journal included. What is promised when:
//
//   - After a call's Intent and Result the journal of the working copy has it, on
//     disk, as without a Remote. What the Remote has of it follows within
//     seconds (pushEvery) or after some results (pushResults), whichever is earlier.
//   - The journal goes only after the Remote has confirmed a state that has all of
//     it. Until then the next Open in the same folder takes it up, on top of what
//     the Remote holds then.
//   - There no clock is believed, as those of two machines differ, and a lock can be
//     forced from a run that lives. Where both set a thermostat differently, or others
//     may have set one and given it up since, its outcome is unknown, with what was
//     confirmed as what was before; the next apply sends it again.
//   - A Remote that has an older state than this folder has seen, or another one of the
//     same serial, is refused (KindOlder). It is not noticed once others went on from
//     the older one to a later serial.
//   - Whoever reads in the same folder sees the journal along with what the Remote
//     holds. Elsewhere nobody can see more than the Remote has.
//   - Where the Remote says that the lock is another's, no call starts any more;
//     what is in flight is still recorded.
//
// A folder that is lost with a journal in it costs what the Remote had not been
// told: a few seconds of a run, if it could be reached.
type Remote interface {
	// Place names it in messages.
	Place() string
	// Locks tells whether it has a lock at all.
	Locks() bool
	// Lock takes the lock under info.ID, also where it is held under this ID
	// already. Where another has it the error is KindLocked, with the Holder where
	// that is known. Any other error leaves open whether the lock was taken.
	Lock(ctx context.Context, info LockInfo) error
	// Unlock gives the lock of that ID back.
	Unlock(ctx context.Context, info LockInfo) error
	// Read is the present content, nil for none.
	Read(ctx context.Context) ([]byte, error)
	// Write replaces the content, in the name of the lock of that ID, "" for none.
	// nil means that the Remote has said so, or was read back and has it. KindLockLost:
	// it refused, as the lock is not that ID's. Any other error leaves open which
	// content it has.
	Write(ctx context.Context, id string, content []byte) error
}

// NewRemoteStore is NewStore for a state that a Remote holds. path is that of
// the working copy, in a folder of its own, which prepare makes, durably: it is
// called by Open before anything is written.
func NewRemoteStore(fsys durable.FS, path, setpointVersion string, remote Remote, prepare func() error) *Store {
	return &Store{fsys: fsys, path: path, version: setpointVersion, remote: remote, prepare: prepare}
}

// Path is that of the state file, or of the working copy.
func (s *Store) Path() string { return s.path }

// Remote is what holds the state; nil where it is a file.
func (s *Store) Remote() Remote { return s.remote }

// The rhythm in which a Remote is told how far a run is.
const (
	pushEvery    = 5 * time.Second
	pushResults  = 25 // results of calls
	pushPatience = 10 * time.Second
)

// lastExchange is how long exchanges with a Remote may go on after
// OpenOptions.Hurry is done.
const lastExchange = 400 * time.Millisecond

// The waits for the lock of a Remote double from the first to the longest.
const (
	firstRemoteWait   = time.Second
	longestRemoteWait = 16 * time.Second
)
