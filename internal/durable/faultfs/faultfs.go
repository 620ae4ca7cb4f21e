// Package faultfs is a file system for tests that fails when told to: an
// operation that errs, a write cut short, a program stopped between two
// operations, a power cut that takes what was not flushed.
//
// It works on real files, so that others see what is done, and remembers which
// of it has been flushed. It knows nothing of what is in the files, and no
// program contains it.
package faultfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"setpoint/internal/durable"
)

// ErrStopped is what a stopped program would see, could it look.
var ErrStopped = errors.New("the program has stopped")

// Kind is a kind of operation.
type Kind string

// The kinds. Look is Lstat and Stat.
const (
	Look    Kind = "look"
	Read    Kind = "read"
	Create  Kind = "create"
	Write   Kind = "write"
	Chmod   Kind = "chmod"
	Sync    Kind = "sync"
	Close   Kind = "close"
	Rename  Kind = "rename"
	Remove  Kind = "remove"
	SyncDir Kind = "syncdir"
)

// Fault says which operation goes wrong, and how.
type Fault struct {
	At      int   // the At-th operation, from 1
	Kind    Kind  // counted among those of this kind only; "": among all
	Err     error // what it returns; nil where Stop
	Torn    bool  // of a write: half of it is done all the same
	Lost    bool  // of a sync: what it should have flushed is gone at once
	Lasting bool  // all those after it go wrong too
	Stop    bool  // the program stops: nothing is done from here on, but what Torn says
}

// FS fails by its faults. All of them are set before it is used.
type FS struct {
	Faults []Fault
	// Before, where it is not nil, is called before each operation.
	Before func(kind Kind, name string)

	real durable.FS

	mu      sync.Mutex
	stopped bool
	hitKind Kind // of the first operation that went wrong
	hitName string
	counts  map[Kind]int
	written map[string]int
	disk
}

// New works on the files of a folder; what is in it is taken as flushed.
func New(t testing.TB, dir string) *FS {
	t.Helper()
	f := &FS{real: durable.OS(), counts: map[Kind]int{}, written: map[string]int{}, disk: disk{live: folder{}, flushed: folder{}}}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n := &node{content: content, flushed: len(content)}
		f.live[name], f.flushed[name] = n, n
	}
	return f
}

// Fired is the first operation that went wrong and its file, "" for none.
func (f *FS) Fired() (kind Kind, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hitKind, f.hitName
}

// Restart is the next program on the same disk, with faults and counts of its own.
func (f *FS) Restart(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Faults, f.stopped, f.hitKind, f.hitName = faults, false, "", ""
	clear(f.counts)
}

// Count is how many operations of a kind were asked for; "" is all.
func (f *FS) Count(kind Kind) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.counts[kind]
}

// Written is how many bytes went into files of this name; a temporary file
// counts under its own.
func (f *FS) Written(name string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.written[name]
}

// begin counts an operation and gives the fault that hits it, nil for none. It
// returns with mu held.
func (f *FS) begin(kind Kind, name string) *Fault {
	if f.Before != nil {
		f.Before(kind, name)
	}
	f.mu.Lock()
	f.counts[kind]++
	f.counts[""]++
	if f.stopped {
		return &Fault{Err: ErrStopped}
	}
	for _, fault := range f.Faults {
		if fault.Kind != "" && fault.Kind != kind {
			continue
		}
		n := f.counts[fault.Kind]
		if n != fault.At && (n < fault.At || !fault.Lasting) {
			continue
		}
		if f.hitKind == "" {
			f.hitKind, f.hitName = kind, name
		}
		if fault.Stop {
			f.stopped, fault.Err = true, ErrStopped
		}
		fault.Err = &fs.PathError{Op: string(kind), Path: name, Err: fault.Err}
		return &fault
	}
	return nil
}

// do runs an operation that nothing needs to be remembered of.
func do[T any](f *FS, kind Kind, name string, run func(string) (T, error)) (T, error) {
	fault := f.begin(kind, name)
	defer f.mu.Unlock()
	if fault != nil {
		var none T
		return none, fault.Err
	}
	return run(name)
}

// Lstat implements durable.FS.
func (f *FS) Lstat(name string) (fs.FileInfo, error) { return do(f, Look, name, f.real.Lstat) }

// Stat implements durable.FS.
func (f *FS) Stat(name string) (fs.FileInfo, error) { return do(f, Look, name, f.real.Stat) }

// ReadFile implements durable.FS.
func (f *FS) ReadFile(name string) ([]byte, error) { return do(f, Read, name, f.real.ReadFile) }

// ReadDir implements durable.FS.
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) { return do(f, Read, name, f.real.ReadDir) }

// CreateTemp implements durable.FS.
func (f *FS) CreateTemp(dir, pattern string) (durable.File, error) {
	return f.create(filepath.Join(dir, pattern), func() (durable.File, error) { return f.real.CreateTemp(dir, pattern) })
}

// CreateNew implements durable.FS.
func (f *FS) CreateNew(name string, perm fs.FileMode) (durable.File, error) {
	return f.create(name, func() (durable.File, error) { return f.real.CreateNew(name, perm) })
}

func (f *FS) create(name string, run func() (durable.File, error)) (durable.File, error) {
	fault := f.begin(Create, name)
	defer f.mu.Unlock()
	if fault != nil {
		return nil, fault.Err
	}
	real, err := run()
	if err != nil {
		return nil, err
	}
	n := &node{}
	f.change(change{to: real.Name(), node: n})
	return &file{f, n, real}, nil
}

// Rename implements durable.FS.
func (f *FS) Rename(from, to string) error {
	fault := f.begin(Rename, to)
	defer f.mu.Unlock()
	if fault != nil {
		return fault.Err
	}
	if err := f.real.Rename(from, to); err != nil {
		return err
	}
	f.change(change{from: from, to: to, node: f.live[from]})
	return nil
}

// Remove implements durable.FS.
func (f *FS) Remove(name string) error {
	fault := f.begin(Remove, name)
	defer f.mu.Unlock()
	if fault != nil {
		return fault.Err
	}
	if err := f.real.Remove(name); err != nil {
		return err
	}
	f.change(change{from: name, node: f.live[name]})
	return nil
}

// SyncDir implements durable.FS.
func (f *FS) SyncDir(dir string) error {
	fault := f.begin(SyncDir, dir)
	defer f.mu.Unlock()
	if fault != nil {
		return fault.Err
	}
	f.flush(dir)
	return nil
}

// file is an open file.
type file struct {
	fs   *FS
	node *node
	real durable.File
}

func (o *file) Name() string { return o.real.Name() }

func (o *file) Write(p []byte) (int, error) {
	fault := o.fs.begin(Write, o.Name())
	defer o.fs.mu.Unlock()
	if fault != nil && fault.Torn {
		n, err := o.write(p[:len(p)/2])
		return n, errors.Join(fault.Err, err)
	}
	if fault != nil {
		return 0, fault.Err
	}
	return o.write(p)
}

func (o *file) write(p []byte) (int, error) {
	n, err := o.real.Write(p)
	o.node.content = append(o.node.content, p[:n]...)
	o.fs.written[o.Name()] += n
	return n, err
}

func (o *file) Chmod(perm fs.FileMode) error {
	fault := o.fs.begin(Chmod, o.Name())
	defer o.fs.mu.Unlock()
	if fault != nil {
		return fault.Err
	}
	return o.real.Chmod(perm)
}

// Sync does not flush the real file: no test cuts the real power.
func (o *file) Sync() error {
	fault := o.fs.begin(Sync, o.Name())
	defer o.fs.mu.Unlock()
	n := o.node
	switch {
	case fault == nil:
		if !n.doubtful {
			n.flushed = len(n.content)
		}
		return nil
	case errors.Is(fault.Err, ErrStopped):
		return fault.Err
	}
	// The system has given up the pages: a later flush that succeeds does not
	// cover them.
	n.doubtful = true
	if fault.Lost {
		n.content = n.content[:n.flushed]
		if err := os.Truncate(o.Name(), int64(n.flushed)); err != nil {
			return fmt.Errorf("lose what was not flushed: %w", err)
		}
	}
	return fault.Err
}

// Close closes the real file also where it fails, as the system does.
func (o *file) Close() error {
	fault := o.fs.begin(Close, o.Name())
	defer o.fs.mu.Unlock()
	err := o.real.Close()
	if fault != nil {
		return fault.Err
	}
	return err
}
