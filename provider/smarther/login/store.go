package login

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"setpoint/internal/durable"
)

// What can be wrong with a credentials file. A *fileError wraps one of them or
// what the system said.
var (
	// ErrNoFile: nobody has logged in.
	ErrNoFile = errors.New("there is no credentials file")
	// errTooOpen: others than its owner can read or change it.
	errTooOpen = errors.New("others than its owner can read or change it")
)

// fileError is a credentials file that cannot be used.
type fileError struct {
	Op     string // "read", "write", "lock" or "remove"
	Path   string
	Remedy string // a whole sentence
	Err    error
}

// Error names operation, file, what is wrong and what to do.
func (e *fileError) Error() string {
	return fmt.Sprintf("%s credentials in %s: %v. %s", e.Op, e.Path, e.Err, e.Remedy)
}

// Unwrap gives the cause below.
func (e *fileError) Unwrap() error { return e.Err }

// Path is where the credentials file is: the place that the environment
// variable SMARTHER_CREDENTIALS_FILE names, else setpoint/credentials.json in the
// user's configuration folder.
func Path(getenv func(string) string) (string, error) {
	if path := getenv(variableFile); path != "" {
		return path, nil
	}
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("the place of the credentials file is not known: %w. Set %s to its path", err, variableFile)
	}
	return filepath.Join(folder, "setpoint", "credentials.json"), nil
}

// Store is a credentials file. It is replaced whole, with mode 0600, and locked
// across processes while it is changed. Processes that share it need no more
// than the same path. It is safe for concurrent use.
type Store struct {
	path string
	fs   durable.FS
}

// NewStore looks at nothing yet. fsys is durable.OS() but in tests.
func NewStore(path string, fsys durable.FS) *Store { return &Store{path, fsys} }

// Path is the path that it was made with.
func (s *Store) Path() string { return s.path }

// Load reads the file. Its errors name the file and what to do; ErrNoFile is in
// them where there is no file. A file of the user's own that others can read is
// refused, as ssh refuses such keys.
func (s *Store) Load() (Credentials, error) {
	info, err := s.fs.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Credentials{}, s.failed("read", "Run setpoint login.", ErrNoFile)
	case err != nil:
		return Credentials{}, s.failed("read", "Make it readable, or name another file with "+variableFile+".", cause(err))
	case !info.Mode().IsRegular():
		return Credentials{}, s.failed("read", "Name a file with "+variableFile+".", errors.New("it is not a regular file"))
	case tooOpen(info):
		return Credentials{}, s.failed("read", "Run chmod 600 on it. If others may have read it, run setpoint login for new tokens.", errTooOpen)
	}
	content, err := s.fs.ReadFile(s.path)
	if err != nil {
		return Credentials{}, s.failed("read", "Make it readable, or name another file with "+variableFile+".", cause(err))
	}
	c, err := decode(content)
	switch {
	case errors.Is(err, errNewer):
		return Credentials{}, s.failed("read", "Use that version, or name another file with "+variableFile+" and run setpoint login.", err)
	case err != nil:
		return Credentials{}, s.failed("read", "Remove it and run setpoint login, or put back a copy.", err)
	}
	return c, nil
}

// Save replaces whatever is there, which need not be readable, and makes its
// folder. It waits for the lock as long as ctx lasts.
func (s *Store) Save(ctx context.Context, c Credentials) (err error) {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	return s.write(c)
}

// Remove removes the file, with all that writing it may have left behind. That
// there is none is no error.
func (s *Store) Remove(ctx context.Context) (err error) {
	if _, err := s.fs.Stat(filepath.Dir(s.path)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	path, err := durable.FollowLinks(s.fs, s.path)
	if err == nil {
		err = durable.RemoveLeftovers(s.fs, path)
	}
	if err == nil {
		if err = s.fs.Remove(path); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	if err == nil {
		err = s.fs.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return s.failed("remove", "Remove it yourself: it holds credentials.", cause(err))
	}
	return nil
}

// write replaces the file; the lock must be held.
func (s *Store) write(c Credentials) error {
	content, err := encode(c)
	if err != nil {
		return s.failed("write", "Run setpoint login.", err)
	}
	path, err := durable.FollowLinks(s.fs, s.path)
	if err == nil { // what a killed process left holds credentials too
		err = durable.RemoveLeftovers(s.fs, path)
	}
	if err == nil {
		err = durable.ReplaceBytes(s.fs, path, 0o600, content)
	}
	if err != nil {
		return s.failed("write", "Make its folder writable, or name another file with "+variableFile+".", cause(err))
	}
	return nil
}

func (s *Store) failed(op, remedy string, err error) *fileError {
	return &fileError{Op: op, Path: s.path, Remedy: remedy, Err: err}
}

// cause is what the system said, without the path that is told already.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
