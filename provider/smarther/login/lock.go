package login

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"setpoint/internal/durable"

	"github.com/gofrs/flock"
)

// errHeld is a lock that another process does not give back.
var errHeld = errors.New("another process holds its lock")

// lockPause is how often a held lock is tried again.
const lockPause = 50 * time.Millisecond

// lock takes the lock on a file beside the credentials, waiting as long as ctx
// lasts. The lock file is never renamed or removed: a lock on a file that is no
// longer at its path would keep nobody out. The system gives the lock back when
// the process dies.
func (s *Store) lock(ctx context.Context) (unlock func() error, err error) {
	path, err := durable.FollowLinks(s.fs, s.path)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err != nil {
		return nil, s.failed("lock", "Make its folder writable, or name another file with "+variableFile+".", cause(err))
	}
	held := flock.New(path+".lock", flock.SetPermissions(0o600))
	for {
		ok, err := held.TryLock()
		switch {
		case err != nil:
			return nil, s.failed("lock", "Make its folder writable, or name another file with "+variableFile+".", cause(err))
		case ok:
			return held.Unlock, nil
		}
		select {
		case <-ctx.Done():
			return nil, s.failed("lock", "Wait for it to end, or end it: the lock goes with it.", errHeld)
		case <-time.After(lockPause):
		}
	}
}
