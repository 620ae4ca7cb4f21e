package durable

import (
	"io"
	"io/fs"
	"os"
)

// FS is the operations on files whose failure or loss matters. OS gives the
// real ones; a test gives ones that fail. Paths are those of the system, on
// which symbolic links are followed too. It is safe for concurrent use.
type FS interface {
	Lstat(name string) (fs.FileInfo, error)
	Stat(name string) (fs.FileInfo, error)
	ReadFile(name string) ([]byte, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	// CreateTemp makes a new file in the folder, readable by its owner only;
	// the last * of the pattern is filled in.
	CreateTemp(dir, pattern string) (File, error)
	// CreateNew makes a file to be appended to; fs.ErrExist where there is one.
	CreateNew(name string, perm fs.FileMode) (File, error)
	Rename(from, to string) error
	Remove(name string) error
	// SyncDir makes the names in a folder durable: files made, renamed or removed there.
	SyncDir(dir string) error
}

// File is a file being written. Its names in the folder are not durable with
// it: that takes SyncDir.
type File interface {
	io.Writer
	Name() string
	Chmod(perm fs.FileMode) error
	Sync() error
	Close() error
}

// OS is the file system of the machine.
func OS() FS { return osFS{} }

type osFS struct{}

func (osFS) Lstat(name string) (fs.FileInfo, error)     { return os.Lstat(name) }
func (osFS) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }
func (osFS) ReadFile(name string) ([]byte, error)       { return os.ReadFile(name) }
func (osFS) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (osFS) Rename(from, to string) error               { return os.Rename(from, to) }
func (osFS) Remove(name string) error                   { return os.Remove(name) }
func (osFS) SyncDir(dir string) error                   { return syncDir(dir) }

func (osFS) CreateTemp(dir, pattern string) (File, error) {
	return asFile(os.CreateTemp(dir, pattern))
}

func (osFS) CreateNew(name string, perm fs.FileMode) (File, error) {
	return asFile(os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, perm))
}

// asFile keeps a nil *os.File from becoming a File that is not nil.
func asFile(f *os.File, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}
