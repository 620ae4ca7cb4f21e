package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"setpoint/internal/durable"
)

// journalSuffix follows the house file's name in that of its journal.
const journalSuffix = ".journal"

// smallestFold is the size in bytes up to which a journal just grows.
const smallestFold = 4 << 20

// store keeps the house on the disk: the house file, replaced whole, and beside
// it a journal of the changes since then, one line each, so that a write costs
// the same in a large house as in a small one. A killed process loses nothing of
// it; a power cut may cost the last lines.
//
// It is not safe for concurrent use.
type store struct {
	path    string
	stale   bool     // the house has changes that are in neither file
	journal *os.File // nil: the next change makes a new one
	size    int64    // of the journal
	fold    int64    // at which size the house is written whole again
}

// openStore reads a house and what its journal adds to it. It writes nothing.
func openStore(path string) (*store, house, error) {
	s, none := &store{path: path}, house{plants: map[string]*plant{}}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return s, none, fmt.Errorf("house file %s: %w; make its folder first", path, err)
	}
	text, err := os.ReadFile(path)
	h := none
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return s, none, fmt.Errorf("read the house file: %w", err)
	default:
		if h, err = parseHouse(text); err != nil {
			return s, none, fmt.Errorf("house file %s cannot be used: %w: mend it, or move it away to start with an empty house", path, err)
		}
	}
	lines, err := os.ReadFile(path + journalSuffix)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, h, nil
	case err != nil:
		return s, none, fmt.Errorf("read the journal of the house: %w", err)
	}
	if s.stale, err = replay(lines, digest(text), &h); err != nil {
		return s, none, fmt.Errorf("%s cannot be used: %w: remove it to go on with the house file alone", path+journalSuffix, err)
	}
	return s, h, nil
}

// outdate says that the house has changes that nobody has saved. A store that is
// nil keeps nothing.
func (s *store) outdate() {
	if s != nil {
		s.stale = true
	}
}

// add saves one change, which is in the house already. Where the files do not
// have all that went before, it writes the house whole.
func (s *store) add(e entry, h house) error {
	if s.stale || s.journal == nil || s.size > s.fold {
		return s.rewrite(h)
	}
	line, err := e.line()
	if err != nil {
		return err
	}
	n, err := s.journal.Write(line)
	s.size += int64(n)
	if err != nil {
		s.stale = true
	}
	return err
}

// rewrite writes the house whole and begins a new journal.
func (s *store) rewrite(h house) error {
	s.stale = true
	content, err := s.replace(h)
	if err != nil {
		return err
	}
	s.journal, err = os.OpenFile(s.path+journalSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	line, err := json.Marshal(journalHead{Journal: journalVersion, House: digest(content)})
	if err != nil {
		return err
	}
	n, err := s.journal.Write(append(line, '\n'))
	if err != nil {
		return err
	}
	s.stale, s.size, s.fold = false, int64(n), max(smallestFold, 2*int64(len(content)))
	return nil
}

// replace writes the house file and lets go of the journal, which no longer fits.
func (s *store) replace(h house) ([]byte, error) {
	content, err := h.encode()
	if err != nil {
		return nil, err
	}
	if err := durable.ReplaceBytes(durable.OS(), s.path, h.permissions(), content); err != nil {
		return nil, err
	}
	if s.journal == nil {
		return content, nil
	}
	old := s.journal
	s.journal = nil
	return content, old.Close()
}

// close leaves the house file alone behind, with all of the house in it.
func (s *store) close(h house) error {
	if s.journal == nil && !s.stale {
		return nil
	}
	s.stale = true
	if _, err := s.replace(h); err != nil {
		return err
	}
	if err := os.Remove(s.path + journalSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.stale = false
	return nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
