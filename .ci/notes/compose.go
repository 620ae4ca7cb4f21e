package main

import (
	"fmt"
	"strconv"
	"strings"
)

// mark begins the line of a commit in the log; no path begins with it.
const mark = "\x01"

// commit is what a commit says and how many lines it changes in each part.
type commit struct {
	subject string
	lines   map[string]int
}

// headings are the parts of the project in the order of the notes. The first
// whose folder a path begins with has it.
func headings() []struct{ folder, title string } {
	return []struct{ folder, title string }{
		{"config/", "Configuration"},
		{"plan/", "Plan and state"},
		{"apply/", "Apply"},
		{"provider/", "Cloud, login and simulator"},
		{"internal/cli/", "Command line"},
		{"examples/", "Documentation and examples"},
		{"README.md", "Documentation and examples"},
		{"", "Under the hood"},
	}
}

// parse reads git log --numstat with subjects behind the mark.
func parse(log string) []commit {
	var all []commit
	for line := range strings.Lines(log) {
		line = strings.TrimSuffix(line, "\n")
		if subject, ok := strings.CutPrefix(line, mark); ok {
			all = append(all, commit{subject: subject, lines: map[string]int{}})
			continue
		}
		fields := strings.SplitN(line, "\t", 3)
		if len(fields) != 3 || len(all) == 0 {
			continue
		}
		added, _ := strconv.Atoi(fields[0]) // "-" for what is not text
		removed, _ := strconv.Atoi(fields[1])
		all[len(all)-1].lines[part(fields[2])] += added + removed
	}
	return all
}

// part is the heading of a file. What only tests read is under the hood.
func part(path string) string {
	if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata/") {
		path = ""
	}
	for _, h := range headings() {
		if strings.HasPrefix(path, h.folder) {
			return h.title
		}
	}
	return ""
}

// title is the part that the commit changes most; what is under the hood counts
// only where there is nothing else.
func (c commit) title() string {
	best, most := part(""), 0
	for _, h := range headings() {
		if n := c.lines[h.title]; n > most && h.folder != "" {
			best, most = h.title, n
		}
	}
	return best
}

func compose(version, date, from string, commits []commit) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# setpoint %s (%s)\n\n", version, date)
	since := ""
	if from != "" {
		since = " since " + from
	}
	fmt.Fprintf(&b, "A draft from %d commits%s: keep what a user would notice.\n", len(commits), since)
	last := ""
	for _, h := range headings() {
		if h.title == last {
			continue
		}
		last = h.title
		first := true
		for _, c := range commits {
			if c.title() != h.title {
				continue
			}
			if first {
				fmt.Fprintf(&b, "\n## %s\n\n", h.title)
				first = false
			}
			fmt.Fprintf(&b, "- %s\n", c.subject)
		}
	}
	return b.String()
}
