// Package summary holds what a run planned, did and found wrong as one data
// form, and draws the reports that code hosts show from it: a comment in
// Markdown, the workflow commands and outputs of GitHub Actions, and the
// merge-request widget of GitLab.
//
// It draws what it is given. It does not know plans, runs or configurations,
// reads no environment and writes no file.
package summary

import (
	"cmp"
	"path"
	"path/filepath"
	"strings"
	"time"

	"setpoint/config/diag"
)

// Summary is one run of a command. Texts in it may come from configurations and
// servers; the drawings escape them.
type Summary struct {
	Command string // "plan", "apply" or "destroy"; "state" where that is shown
	// Folder is the folder of the configuration relative to the root of the
	// repository, with slashes; "" for the root and where there is no repository.
	Folder string
	// State is the path of the state as the run knows it. Folder and State together
	// tell the comments of one merge request apart.
	State       string
	Exit        int  // the exit code
	Interrupted bool // a person or a pipeline ended the run
	Diagnostics diag.List
	Plan        *Plan    // nil: the run ended before there was one
	Account     *Account // nil: nothing was carried out
	Record      *Record  // a state that is shown; nil in a run
}

// Plan is what is to change.
type Plan struct {
	Line       string // all in one line
	Counts     Counts
	HasChanges bool
	Digest     string
	Made       time.Time // UTC
	Rows       []Row     // what is done to thermostats, in the plan's order
	Outside    []Row     // what was changed outside
	Unread     []Row     // what could not be read
	Outputs    []Output  // those that change
}

// Counts are the numbers of a plan: steps by what they do, calls if each succeeds
// at once, and calls with all retries.
type Counts struct {
	Add, Change, Destroy, Forget, Import, Move int
	Calls, MostCalls                           int
}

// Account is what became of a run.
type Account struct {
	Line       string // all in one line
	Complete   bool
	Counts     AccountCounts
	Calls      int   // the attempts made
	Unfinished []Row // with the outcome as Reason, those that need most attention first
	Done       []Row
	Next       string   // why it ended early and what to do; "" for nothing
	Notes      []string // what else is to be known
}

// AccountCounts are the steps by outcome, and those applied by what they did.
type AccountCounts struct {
	Applied, Unchanged, Failed, NotAttempted, Expired, Unknown int
	Imported, Added, Changed, Destroyed, Forgotten             int
}

// Row is a thermostat, or several alike.
type Row struct {
	Sign   byte     // + ~ - > < of what is done to it
	Name   string   // the address; of several alike that of their block, or "" where they have none in common
	Keys   []string // of several alike: what tells them apart
	Text   string   // before and after in plain words
	Reason string
	File   string // where it is declared, as the configuration names it; "" for nowhere
	Line   int    // from 1; 0 for nowhere
	// Members are, of several alike, each by itself.
	Members []Row
	// Grave tells that the row is an error, not only worth knowing.
	Grave bool
}

// count is the number of thermostats in a row.
func (r *Row) count() int { return max(len(r.Keys), 1) }

func count(rows []Row) int {
	n := 0
	for i := range rows {
		n += rows[i].count()
	}
	return n
}

// Record is a state: thermostats with what they are set to, and how certain that
// is as Reason.
type Record struct {
	Line    string // all in one line
	Rows    []Row
	Outputs []Output // with the value as After
}

// Output is an output that changes. A value is an expression, but a text of several
// lines as it is; "" where there is none.
type Output struct{ Name, Before, After string }

// place is a file relative to the root of the repository, "" where it is outside.
func (s *Summary) place(file string) string {
	if file == "" || filepath.IsAbs(file) {
		return ""
	}
	inside := path.Join(s.Folder, filepath.ToSlash(file))
	if inside == ".." || strings.HasPrefix(inside, "../") {
		return ""
	}
	return inside
}

// shownPlace is a file for people, wherever it is.
func (s *Summary) shownPlace(file string) string {
	return cmp.Or(s.place(file), filepath.ToSlash(file))
}
