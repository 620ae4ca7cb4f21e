package state

import (
	"slices"
	"strings"
)

// The files beside the state.
const (
	journalSuffix = ".journal"
	backupSuffix  = ".backup"
	lockSuffix    = ".lock"
	infoSuffix    = ".lock.info"
	leasesSuffix  = ".leases"
)

// Companion tells whether a path has a name that belongs to a file beside some
// state, so that nothing else may be written there.
func Companion(path string) bool {
	return slices.ContainsFunc([]string{journalSuffix, backupSuffix, lockSuffix, infoSuffix, leasesSuffix},
		func(suffix string) bool { return strings.HasSuffix(path, suffix) })
}

// IgnorePatterns are the patterns, as in .gitignore, of what stands beside a state
// file of that name and does not belong into version control: all but the state.
// The name may be a pattern itself.
func IgnorePatterns(name string) []string {
	return []string{name + lockSuffix, name + infoSuffix, name + journalSuffix, name + backupSuffix, name + ".*" + backupSuffix, "." + name + "*.tmp"}
}

// HasJournal tells whether there is the journal of a run that goes on or was killed,
// also where the path of the state is a link. Errors are *Error.
func (s *Store) HasJournal() (bool, error) {
	f, err := filesOf(s.fsys, s.path)
	if err != nil {
		return false, err
	}
	return f.exists(f.journal)
}
