package summary

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"strings"

	"setpoint/config/diag"
)

// mostMarkdown is how long a comment may be, in bytes: GitHub takes 65,536
// characters. To count bytes is on the safe side.
const mostMarkdown = 65_536

// Markdown draws a summary as a comment of a merge request. It begins with
// a comment that nobody sees and that is the same for every run of one folder and
// state, so that a later one can take its place. What is too long for a comment is
// cut between rows, and it is said how much that was.
func Markdown(s *Summary) string {
	head := s.marker() + "\n### " + s.title() + "\n\n"
	if where := s.where(); where != "" {
		head += where + "\n\n"
	}
	var foot string
	switch {
	case s.Account != nil:
		head += paragraph(s.Account.Line)
		if s.Account.Next != "" {
			head += "**What next:** " + paragraph(s.Account.Next)
		}
		for _, note := range s.Account.Notes {
			head += paragraph(note)
		}
	case s.Plan != nil:
		head += paragraph(s.Plan.Line)
	case s.Record != nil:
		head += paragraph(s.Record.Line)
	}
	if s.Plan != nil {
		foot = fmt.Sprintf("<sub>Planned %s. Digest of these steps: `%s`.</sub>\n", diag.Minute(s.Plan.Made), s.Plan.Digest)
	}
	var b strings.Builder
	b.WriteString(head)
	fit(&b, s.sections(), mostMarkdown-len(head)-len(foot))
	b.WriteString(foot)
	return b.String()
}

// marker is the hidden line that the comments of one folder and state begin with.
func (s *Summary) marker() string {
	folder := s.Folder
	if folder == "" {
		folder = "."
	}
	state := path.Clean(s.State)
	begin := beginMarker
	if s.Record != nil { // no run may take its place
		begin += "show "
	}
	return fmt.Sprintf("%sfolder=%s state=%s -->", begin, inComment(folder), inComment(state))
}

// beginMarker is what every comment begins with.
const beginMarker = "<!-- setpoint "

// IsMarkdown tells whether a file's content is such a report, so that another one
// may take its place.
func IsMarkdown(content []byte) bool { return bytes.HasPrefix(content, []byte(beginMarker)) }

// inComment is text that cannot end an HTML comment, as in an address of the web.
func inComment(text string) string {
	const most = 500 // as long as paths are; a comment has an end
	text = strings.ReplaceAll(url.PathEscape(text), "%2F", "/")
	return cut(strings.ReplaceAll(text, "--", "-%2D"), most)
}

func (s *Summary) where() string {
	var parts []string
	if s.Folder != "" {
		parts = append(parts, "Folder "+code(cut(s.Folder, mostName)))
	}
	if s.State != "" {
		parts = append(parts, "state "+code(cut(s.State, mostName)))
	}
	return diag.Capital(strings.Join(parts, ", "))
}

// title is what happened in a few words and numbers.
func (s *Summary) title() string {
	name := "setpoint " + s.Command
	errors, _ := s.Diagnostics.Count()
	switch {
	case s.Record != nil:
		return name + ": " + diag.Plural(len(s.Record.Rows), "thermostat")
	case s.Account != nil:
		return name + ": " + s.Account.title()
	case errors > 0:
		return name + " failed: " + diag.Plural(errors, "error")
	case s.Interrupted:
		return name + ": interrupted"
	case s.Plan == nil:
		return fmt.Sprintf("%s: ended with exit code %d", name, s.Exit)
	case !s.Plan.HasChanges:
		return name + ": no changes"
	}
	c := s.Plan.Counts
	return name + ": " + numbers(number{c.Import, "to import", false}, number{c.Add, "to add", true}, number{c.Change, "to change", true},
		number{c.Destroy, "to destroy", true}, number{c.Forget, "to forget", false}, number{c.Move, "moved", false})
}

func (a *Account) title() string {
	c := a.Counts
	if a.Complete {
		return numbers(number{c.Imported, "imported", false}, number{c.Added, "added", true}, number{c.Changed, "changed", true},
			number{c.Destroyed, "destroyed", true}, number{c.Forgotten, "forgotten", false})
	}
	return "not complete, " + numbers(number{c.Applied, "done", true}, number{c.Failed, "failed", false}, number{c.Unknown, "unknown", false},
		number{c.Expired, "expired", false}, number{c.NotAttempted, "not attempted", false})
}

// number is a count with its word, left out where it is 0 unless it is always said.
type number struct {
	count  int
	word   string
	always bool
}

func numbers(all ...number) string {
	var parts []string
	for _, n := range all {
		if n.always || n.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.count, n.word))
		}
	}
	return strings.Join(parts, ", ")
}
