package state

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"setpoint/config/diag"
)

// Kind is a kind of trouble with the record. Callers switch on it, never on wording.
type Kind int

// Every Kind.
const (
	// KindEmpty: the file has no content.
	KindEmpty Kind = iota + 1
	// KindConflict: the file holds the markers of an unresolved merge.
	KindConflict
	// KindNotJSON: the file is no JSON.
	KindNotJSON
	// KindTrailing: something follows the record.
	KindTrailing
	// KindNotRegular: the path is a folder, a device, a pipe.
	KindNotRegular
	// KindNewer: written in a format that only a newer setpoint reads.
	KindNewer
	// KindShape: JSON, but not of the shape of a state: a part is missing, unknown or wrong.
	KindShape
	// KindDuplicate: one name stands twice in one object.
	KindDuplicate
	// KindLineage: the lineage is missing or malformed.
	KindLineage
	// KindAddress: a thermostat stands under what is no canonical address.
	KindAddress
	// KindEntry: the entry of a thermostat is invalid.
	KindEntry
	// KindOutput: an output is invalid.
	KindOutput
	// KindAbsent: there is no state, and none was to be created.
	KindAbsent
	// KindOrphaned: there is no state, but its journal or backup is there.
	KindOrphaned
	// KindChanged: somebody else changed the state or began a journal meanwhile.
	KindChanged
	// KindJournalDamaged: the journal is damaged before its last record.
	KindJournalDamaged
	// KindJournalAhead: the journal belongs to a later version of the state.
	KindJournalAhead
	// KindJournalBehind: the journal belongs to an earlier version of the state,
	// which the present one does not come from: it lacks what the journal holds.
	KindJournalBehind
	// KindJournalLineage: the journal belongs to another state.
	KindJournalLineage
	// KindJournalFailed: a record could not be written; what of it is on disk is uncertain.
	KindJournalFailed
	// KindFile: the system failed an operation on a file. Err says how.
	KindFile
	// KindLocked: another process holds the lock.
	KindLocked
	// KindRemote: what holds the state for several machines cannot be reached,
	// refuses, or has not confirmed what it was told. Err says more.
	KindRemote
	// KindLockLost: the lock on a remote state is another's, so nothing more may be
	// started.
	KindLockLost
	// KindLockKept: the lock on a remote state could not be given back. Nothing is lost
	// by that.
	KindLockKept
	// KindOlder: the remote state is older than what this folder has seen of it, or
	// does not come from that.
	KindOlder
	// KindMisuse: the caller broke the rules of a Session.
	KindMisuse
)

// Error is how the record is refused. Where several things are wrong with one
// file, they are joined (errors.Join).
type Error struct {
	Kind    Kind
	Path    string // the file
	Line    int    // from 1; 0 where none can be named
	Column  int    // from 1, in characters; 0 where none can be named
	Address string // of the thermostat, "" for none

	Detail string    // what is wrong
	Remedy string    // what to do about it, a whole sentence without the stop
	Holder *LockInfo // who holds the lock, nil if that is not known or not the trouble
	Err    error     // the cause below, if there is one
}

// Error names file, place, what is wrong and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Path)
	if e.Line > 0 {
		fmt.Fprintf(&b, ", line %d", e.Line)
	}
	if e.Column > 0 {
		fmt.Fprintf(&b, ", column %d", e.Column)
	}
	b.WriteString(": ")
	if e.Address != "" {
		b.WriteString(e.Address + ": ")
	}
	b.WriteString(e.Detail)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Remedy != "" {
		b.WriteString(". " + e.Remedy)
	}
	return b.String()
}

// Unwrap gives the cause below.
func (e *Error) Unwrap() error { return e.Err }

// failed is what the system says of a file; an *Error stays as it is.
func failed(path, trouble string, err error) *Error {
	if known, ok := err.(*Error); ok {
		return known
	}
	remedy := "Mend the cause and run the command again"
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		remedy = "Make room on the disk and run the command again"
	case errors.Is(err, fs.ErrPermission):
		remedy = "Give this user the right to the file and its folder, and run the command again"
	}
	return &Error{Kind: KindFile, Path: path, Detail: trouble, Err: err, Remedy: remedy}
}

// restore is the way out of a damaged state file.
func restore(path string) string {
	return fmt.Sprintf("Restore it from version control (git checkout -- %s) or take the version before the last change, which does not know what was done since: cp %s %s",
		diag.ShellWord(path), diag.ShellWord(path+backupSuffix), diag.ShellWord(path))
}

// join is the way out of a state file that git could not merge. Git counts from
// the root of the repository unless a path begins with a dot.
func join(path string) string {
	folder, name := filepath.Split(path)
	var made, words string
	for i, side := range []string{"base.json", "ours.json", "theirs.json"} {
		made += fmt.Sprintf("git show :%d:%s > %s && ", i+1, diag.ShellWord("./"+filepath.ToSlash(name)), side)
		words += " " + side
	}
	text := made + "setpoint state merge" + words + " && cp ours.json " + diag.ShellWord(name) + " && git add " + diag.ShellWord(name)
	if folder != "" {
		text = "cd " + diag.ShellWord(folder) + " && " + text
	}
	return text
}
