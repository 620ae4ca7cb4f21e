package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"
)

// LockInfo says who holds a lock. It stands in a file beside the lock, and
// means nothing where the lock is not held.
type LockInfo struct {
	ID        string    `json:"id"`
	Who       string    `json:"who"` // user@host
	Host      string    `json:"host"`
	PID       int       `json:"pid"` // 0 where it is not known
	Operation string    `json:"operation"`
	Created   time.Time `json:"created"` // UTC, whole seconds
	JobURL    string    `json:"job_url,omitempty"`
}

// String is the holder in one line.
func (i LockInfo) String() string {
	doing := i.Operation
	if i.PID != 0 {
		doing += fmt.Sprintf(", process %d", i.PID)
	}
	text := fmt.Sprintf("%s (%s) since %s, lock ID %s", i.Who, doing, i.Created.Format(time.RFC3339), i.ID)
	if i.JobURL != "" {
		text += ", " + i.JobURL
	}
	return text
}

// The waits for a held lock double from the first to the longest.
const (
	firstLockWait   = 100 * time.Millisecond
	longestLockWait = time.Second
)

// heldLock is a lock that the operating system gives back when the process dies.
type heldLock struct {
	files files
	flock *flock.Flock
}

// takeLock takes the lock, waiting at most timeout for it. The lock file is
// never renamed or removed: a lock on a file that is no longer at its path
// would keep nobody out.
func takeLock(ctx context.Context, f files, timeout time.Duration, info LockInfo) (*heldLock, error) {
	lock := flock.New(f.lock, flock.SetPermissions(newFilePerm))
	deadline := time.Now().Add(timeout)
	for wait := firstLockWait; ; wait = min(2*wait, longestLockWait) {
		ok, err := lock.TryLock()
		if err != nil {
			return nil, &Error{Kind: KindFile, Path: f.lock, Detail: "the state cannot be locked", Err: err,
				Remedy: "Make sure that its folder exists and can be written, or name another file with --state"}
		}
		if ok {
			break
		}
		left := time.Until(deadline)
		if left <= 0 {
			return nil, f.locked(nil)
		}
		select {
		case <-ctx.Done():
			return nil, f.locked(context.Cause(ctx))
		case <-time.After(min(wait, left)):
		}
	}
	content, err := marshal(info, "  ")
	if err == nil {
		err = f.writeInfo(content)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	return &heldLock{f, lock}, nil
}

// release gives the lock back. The information goes first: once the lock is
// free, a file there is the next holder's.
func (l *heldLock) release() error {
	return errors.Join(l.files.removeInfo(), l.flock.Unlock())
}

// locked names the holder, as far as it has said who it is.
func (f files) locked(cause error) *Error {
	e := &Error{Kind: KindLocked, Path: f.state, Err: cause, Detail: "the state is locked by another process",
		Remedy: "Wait for it to end, or give --lock-timeout (such as 5m) to wait here. If that process hangs, end it: the lock goes with it"}
	content, _, err := f.readRegular(f.info)
	var info LockInfo
	if err == nil && json.Unmarshal(content, &info) == nil && info.ID != "" {
		e.Holder, e.Detail = &info, "the state is locked by "+info.String()
	}
	return e
}

// NewLockInfo is this process as the holder of a lock with a new ID. getenv may be
// nil.
func NewLockInfo(operation string, getenv func(string) string) LockInfo {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	name := fmt.Sprintf("uid %d", os.Getuid())
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username
	}
	return LockInfo{
		ID: uuid.NewString(), Who: name + "@" + host, Host: host, PID: os.Getpid(),
		Operation: operation, Created: wholeSecond(time.Now()), JobURL: jobURL(getenv),
	}
}

// jobURL is the page of the CI job that this process runs in, "" for none.
func jobURL(getenv func(string) string) string {
	if getenv == nil {
		return ""
	}
	server, repository, run := getenv("GITHUB_SERVER_URL"), getenv("GITHUB_REPOSITORY"), getenv("GITHUB_RUN_ID")
	if server != "" && repository != "" && run != "" {
		return server + "/" + repository + "/actions/runs/" + run
	}
	for _, name := range []string{"CI_JOB_URL", "BUILD_URL"} {
		if url := getenv(name); url != "" {
			return url
		}
	}
	return ""
}
