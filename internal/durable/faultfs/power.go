package faultfs

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// disk is what would be left if the power went.
type disk struct {
	live    folder   // as programs see it
	flushed folder   // what is on the disk for certain
	pending []change // of names, not flushed, oldest first
}

// folder is files by their full path.
type folder map[string]*node

// node is a file, whatever its names. It is only ever appended to.
type node struct {
	content  []byte
	flushed  int  // bytes that are on the disk for certain
	doubtful bool // a flush failed: no later one is believed
}

// change is a file that got a name, lost one, or both at once.
type change struct {
	from, to string // "" for none
	node     *node
}

// dir is the folder it happens in: nothing is renamed from one to another here.
func (c change) dir() string {
	if c.to != "" {
		return filepath.Dir(c.to)
	}
	return filepath.Dir(c.from)
}

func (c change) applyTo(f folder) {
	if f[c.from] == c.node {
		delete(f, c.from)
	}
	if c.to != "" {
		f[c.to] = c.node
	}
}

func (d *disk) change(c change) {
	c.applyTo(d.live)
	d.pending = append(d.pending, c)
}

// flush makes the changes of names in a folder certain.
func (d *disk) flush(dir string) {
	var rest []change
	for _, c := range d.pending {
		if c.dir() == dir {
			c.applyTo(d.flushed)
		} else {
			rest = append(rest, c)
		}
	}
	d.pending = rest
}

// PowerCut puts into an empty folder the files as they could be after a power
// cut now: each change of a name that was not flushed is there or is not; of
// what was written to a file and not flushed, the end may be missing and parts
// may be zeros. It may be called again, with another source of chance.
func (f *FS) PowerCut(t testing.TB, chance *rand.Rand, into string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	left := maps.Clone(f.flushed)
	for _, c := range f.pending {
		if chance.IntN(2) == 0 {
			c.applyTo(left)
		}
	}
	for name, n := range left {
		if err := os.WriteFile(filepath.Join(into, filepath.Base(name)), n.afterCut(chance), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (n *node) afterCut(chance *rand.Rand) []byte {
	left := bytes.Clone(n.content)
	if chance.IntN(2) == 0 {
		left = left[:n.flushed+chance.IntN(len(left)-n.flushed+1)]
	}
	sector := 1 + chance.IntN(200)
	for start := n.flushed; start < len(left); start += sector {
		if chance.IntN(3) == 0 {
			clear(left[start:min(start+sector, len(left))])
		}
	}
	return left
}
