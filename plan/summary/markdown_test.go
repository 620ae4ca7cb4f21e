package summary

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/config/diag"
)

// hostile are texts that mean something somewhere.
func hostile() []string {
	return []string{
		"plain", "a|b", "`code`", "``", "\\", "\\|", "a\\", "<script>alert(1)</script>", "--><b>", "<!-- x", "</td></tr></table>", "</details>",
		"@everyone and a@b.example", "#12 org/repo#3 !4 ~label %2 &5 $6 :smile:", "https://evil.example/?a=b&c", "www.evil.example", "` www.evil.example", "| https://evil.example/?a", "` a@b.example", "[x](https://evil.example)", "![x](y)", "[[wiki]]",
		"**bold** _it_ ~~gone~~", "line\nline", "line\r\n| a | b |\n|---|---|", "\n\n# heading\n", "- item", "> quote", "    code", "---", "\u202eevil\u2066", "\x00\x1b[2J",
		"\xff\xfe", "&lt;&#124;&nbsp;", "$`x`$", "| --- |", "...", "äöü 客房 🔥", "a  b", " lead and trail ", "```\nfence\n```", "<", "&", "\u2028x\u0085y", "{{7*7}}", "=SUM(A1)", "\t",
	}
}

// everywhere is a summary that has a text wherever one can come from outside.
func everywhere(text string) *Summary {
	row := Row{Sign: '~', Name: text, Text: text, Reason: text, File: text, Line: 3}
	return &Summary{
		Command: "plan", Folder: text, State: text,
		Diagnostics: diag.List{
			{Severity: diag.Error, Summary: text, Detail: text, Address: text, Range: &diag.Range{Filename: text, Start: diag.Pos{Line: 3}},
				Snippet: &diag.Snippet{Values: []diag.Value{{Traversal: text, Statement: text}}}},
			{Severity: diag.Warning, Summary: text, Detail: text},
		},
		Plan: &Plan{
			Line: text, HasChanges: true, Digest: "0123456789abcdef", Made: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
			Rows:    []Row{row, {Sign: '+', Name: text, Keys: []string{text, "z"}, Members: []Row{row, row}}},
			Outside: []Row{row}, Unread: []Row{row}, Outputs: []Output{{Name: text, Before: text, After: text}},
		},
	}
}

// TestMarkdownIsAsMeant reads what is drawn: exactly these tables, whatever the
// texts are.
func TestMarkdownIsAsMeant(t *testing.T) {
	for _, text := range hostile() {
		checkMarkdown(t, text)
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text != "" && len(text) <= 48 { // longer ones are cut, which is another test's matter
			checkMarkdown(t, text)
		}
	})
}

func checkMarkdown(t *testing.T, text string) {
	t.Helper()
	s := everywhere(text)
	c := readComment(t, Markdown(s))
	all := shown(printable(text))
	broken := lineShown(text)
	at := ""
	if text != "" {
		at = shown(printable(s.shownPlace(text) + ":3"))
	}
	values := ""
	if v := lineShown(text + " " + text + "."); v != "" {
		values = v
	}
	row := []string{"~", all, all, all, at}
	want := [][][]string{
		{{shown(all + " " + broken + " " + values), shown(all + " " + at)}},
		{row, {"+", shown(all + " (2): " + printable(text) + ", z"), "", "", ""}},
		{{all, all, at}},
		{{all, all, at}},
		{{shown(all + " " + broken), ""}},
		{{all, linesShown(text), linesShown(text)}},
		{{all, all, at}, {all, all, at}},
	}
	if diff := cmp.Diff(want, c.tables); diff != "" {
		t.Fatalf("%q (-want +read):\n%s\n%s", text, diff, Markdown(s))
	}
	if len(c.found) > 0 || len(c.hidden) != 1 || c.folded != 1 || c.title != "setpoint plan failed: 1 error" {
		t.Fatalf("%q: %q is found, %q hidden, %d folded, title %q:\n%s", text, c.found, c.hidden, c.folded, c.title, Markdown(s))
	}
	if first, _, _ := strings.Cut(Markdown(s), "\n"); !strings.HasPrefix(first, "<!-- setpoint folder=") || !strings.HasSuffix(first, " -->") {
		t.Fatalf("%q: the marker is %q", text, first)
	}
}

// lineShown is text of several lines as it is shown.
func lineShown(text string) string {
	var all []string
	for line := range strings.Lines(text) {
		all = append(all, printable(strings.TrimSpace(line)))
	}
	return shown(strings.Join(all, " "))
}

// linesShown is a text each of whose lines is shown as it is.
func linesShown(text string) string {
	if !strings.Contains(text, "\n") {
		return shown(printable(text))
	}
	var all []string
	for line := range strings.SplitSeq(text, "\n") {
		all = append(all, printable(strings.TrimSuffix(line, "\r")))
	}
	return shown(strings.Join(all, " "))
}

// TestMarkdownKeepsLines holds that an output of several lines is read as such, with
// what indents them, and cannot fill the comment.
func TestMarkdownKeepsLines(t *testing.T) {
	long := strings.Repeat("x\n", 99)
	for text, want := range map[string]string{
		"rooms:\r\n  - hall | 20\n\n  - `a`": "`rooms:`<br/><code>&nbsp;&nbsp;- hall &#124; 20</code><br/><br/><code>&nbsp;&nbsp;- &#96;a&#96;</code>",
		`"one\nline"`:                        "<code>&quot;one&#92;nline&quot;</code>",
		long:                                 strings.Repeat("`x`<br/>", 30) + "and 70 more lines",
	} {
		s := &Summary{Command: "plan", Plan: &Plan{Outputs: []Output{{Name: "o", After: text}}}}
		if got := Markdown(s); !strings.Contains(strings.ReplaceAll(got, `"`, "&quot;"), "\n| `o` |  | "+want+" |\n") {
			t.Errorf("%q becomes\n%s", text, got)
		}
	}
}

// TestMarkdownIsCut holds that a comment is never longer than a host takes, that
// it ends between rows, that each section keeps its first rows, and that what is
// left out is counted.
func TestMarkdownIsCut(t *testing.T) {
	s := everywhere("x")
	s.Plan.Rows, s.Plan.Outside = nil, nil
	for i := range 10_000 {
		s.Plan.Rows = append(s.Plan.Rows, Row{Sign: '~', Name: fmt.Sprintf("thermostat.room[%d]", i), Text: "heating, manual 19 → 20 °C", Reason: "declared differently", File: "main.hcl", Line: i + 1})
		s.Plan.Outside = append(s.Plan.Outside, Row{Name: fmt.Sprintf("thermostat.room[%d]", i), Text: strings.Repeat("|", 100)})
	}
	text := Markdown(s)
	if len(text) > mostMarkdown || len(text) < mostMarkdown-2000 {
		t.Errorf("%d bytes", len(text))
	}
	c := readComment(t, text)
	if len(c.tables) != 6 {
		t.Fatalf("%d tables", len(c.tables))
	}
	changes, outside := c.tables[1], c.tables[2]
	if len(outside) != guaranteed {
		t.Errorf("%d rows of what was changed outside", len(outside))
	}
	if last := changes[len(changes)-1]; last[1] != fmt.Sprintf("thermostat.room[%d]", len(changes)-1) || last[4] != fmt.Sprintf("x/main.hcl:%d", len(changes)) {
		t.Errorf("the last row is %q", last)
	}
	for _, note := range []string{
		fmt.Sprintf("*%d more thermostats left out: this comment is full.*", 10_000-len(changes)),
		fmt.Sprintf("*%d more thermostats left out: this comment is full.*", 10_000-len(outside)),
	} {
		if !strings.Contains(text, note) {
			t.Errorf("not said: %s", note)
		}
	}
	if !strings.HasSuffix(text, "`0123456789abcdef`.</sub>\n") {
		t.Errorf("ends with %q", text[len(text)-100:])
	}
}

// TestMarkdownIsCutAnywhere fills a comment with rows of the worst kind.
func TestMarkdownIsCutAnywhere(t *testing.T) {
	long := strings.Repeat("|", 5000)
	s := everywhere(long)
	for range 200 {
		s.Diagnostics = append(s.Diagnostics, s.Diagnostics[0])
		s.Diagnostics[len(s.Diagnostics)-1].Range = &diag.Range{Filename: "f.hcl", Start: diag.Pos{Line: len(s.Diagnostics), Byte: len(s.Diagnostics)}}
		s.Plan.Rows = append(s.Plan.Rows, s.Plan.Rows...)[:min(400, 2*len(s.Plan.Rows))]
	}
	s.Plan.Line = "a line of ours"
	text := Markdown(s)
	if len(text) > mostMarkdown {
		t.Errorf("%d bytes", len(text))
	}
	if c := readComment(t, text); len(c.found) > 0 || c.folded != 1 {
		t.Errorf("%q is found, %d folded", c.found, c.folded)
	}
}

func TestTitles(t *testing.T) {
	none := &Plan{}
	changes := &Plan{HasChanges: true, Counts: Counts{Add: 1, Forget: 2}}
	failed := diag.List{{Severity: diag.Error}, {Severity: diag.Error}, {Severity: diag.Warning}}
	for want, s := range map[string]*Summary{
		"setpoint plan: no changes":                                          {Command: "plan", Plan: none},
		"setpoint plan: 1 to add, 0 to change, 0 to destroy, 2 to forget":    {Command: "plan", Plan: changes},
		"setpoint plan failed: 2 errors":                                     {Command: "plan", Diagnostics: failed, Exit: 1},
		"setpoint apply failed: 2 errors":                                    {Command: "apply", Plan: changes, Diagnostics: failed, Exit: 1},
		"setpoint apply: interrupted":                                        {Command: "apply", Plan: changes, Exit: 130, Interrupted: true},
		"setpoint plan: ended with exit code 1":                              {Command: "plan", Exit: 1},
		"setpoint apply: 1 imported, 0 added, 2 changed, 0 destroyed":        {Command: "apply", Plan: changes, Account: &Account{Complete: true, Counts: AccountCounts{Imported: 1, Changed: 2}}},
		"setpoint apply: not complete, 0 done, 1 failed, 3 not attempted":    {Command: "apply", Plan: changes, Account: &Account{Counts: AccountCounts{Failed: 1, NotAttempted: 3}}, Diagnostics: failed},
		"setpoint destroy: not complete, 2 done, 1 unknown, 1 not attempted": {Command: "destroy", Plan: changes, Account: &Account{Counts: AccountCounts{Applied: 2, Unknown: 1, NotAttempted: 1}}, Exit: 130, Interrupted: true},
		"setpoint state: 1 thermostat":                                       {Command: "state", Record: &Record{Rows: []Row{{Name: "a"}}}},
	} {
		if got := readComment(t, Markdown(s)).title; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestMarker holds that the hidden line depends on folder and state alone.
func TestMarker(t *testing.T) {
	one, other := everywhere("x"), everywhere("x")
	other.Plan, other.Command, other.Diagnostics, other.Exit = nil, "apply", nil, 4
	if one.marker() != other.marker() {
		t.Errorf("%s and %s", one.marker(), other.marker())
	}
	seen := map[string]bool{}
	for _, s := range []*Summary{{Folder: "a", State: "b"}, {Folder: "a/b", State: "b"}, {State: "b"}, {Folder: "a", State: "c"}, {Folder: "a state=b", State: ""}, {Folder: "a--b", State: "b"}, {Folder: "a-%2Db", State: "b"}} {
		if seen[s.marker()] {
			t.Errorf("%s twice", s.marker())
		}
		seen[s.marker()] = true
		if !IsMarkdown([]byte(Markdown(s))) {
			t.Errorf("not known again: %s", s.marker())
		}
	}
}
