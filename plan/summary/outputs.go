package summary

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// StepOutputs draws a summary as the lines of the file that GitHub Actions reads
// the outputs of a step from. Numbers of a plan are there where there was one,
// those of a run where something was carried out; markdown is the whole comment, see
// Markdown.
func StepOutputs(s *Summary, markdown string) string {
	var b strings.Builder
	number := func(name string, n int) { writeOutput(&b, name, strconv.Itoa(n)) }
	number("exit_code", s.Exit)
	errors, warnings := s.Diagnostics.Count()
	number("errors", errors)
	number("warnings", warnings)
	if p := s.Plan; p != nil {
		writeOutput(&b, "has_changes", strconv.FormatBool(p.HasChanges))
		writeOutput(&b, "digest", p.Digest)
		number("add", p.Counts.Add)
		number("change", p.Counts.Change)
		number("destroy", p.Counts.Destroy)
		number("forget", p.Counts.Forget)
		number("import", p.Counts.Import)
		number("move", p.Counts.Move)
		number("calls", p.Counts.Calls)
		number("most_calls", p.Counts.MostCalls)
		number("changed_outside", count(p.Outside))
	}
	if a := s.Account; a != nil {
		writeOutput(&b, "complete", strconv.FormatBool(a.Complete))
		number("applied", a.Counts.Applied)
		number("unchanged", a.Counts.Unchanged)
		number("failed", a.Counts.Failed)
		number("not_attempted", a.Counts.NotAttempted)
		number("expired", a.Counts.Expired)
		number("unknown", a.Counts.Unknown)
		number("calls_made", a.Calls)
	}
	writeOutput(&b, "title", s.title())
	writeOutput(&b, "markdown", markdown)
	return b.String()
}

// writeOutput writes one output between two lines that cannot occur in it.
func writeOutput(b *strings.Builder, name, value string) {
	if !strings.ContainsAny(value, "\r\n") {
		b.WriteString(name + "=" + value + "\n")
		return
	}
	end := delimiter(value)
	b.WriteString(name + "<<" + end + "\n" + strings.TrimSuffix(value, "\n") + "\n" + end + "\n")
}

// delimiter is a line that a text does not contain. It depends on the whole
// text, so that nobody who writes a part of it can know it, and if by some chance
// it is in there all the same, another one is taken.
func delimiter(text string) string {
	sum := sha256.Sum256([]byte(text))
	for {
		if end := "end_" + hex.EncodeToString(sum[:]); !strings.Contains(text, end) {
			return end
		}
		sum = sha256.Sum256(sum[:])
	}
}
