package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"slices"
)

// digest identifies everything that was read, in whatever order it was read.
type digest struct {
	entries []string
}

func (d *digest) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	d.entries = append(d.entries, fmt.Sprintf("%q %x\n", filepath.ToSlash(name), sum))
}

func (d *digest) sum() string {
	slices.Sort(d.entries)
	d.entries = slices.Compact(d.entries)
	hash := sha256.New()
	for _, entry := range d.entries {
		_, _ = io.WriteString(hash, entry) // a hash never fails
	}
	return hex.EncodeToString(hash.Sum(nil))
}
