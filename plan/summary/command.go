package summary

import (
	"fmt"
	"strconv"
	"strings"
)

// longestMessage bounds one annotation, in characters.
const longestMessage = 2000

// commands writes annotations of a kind as workflow commands, not more than GitHub
// shows.
func commands(kind string, all []annotation) string {
	left := 0
	if len(all) > mostAnnotations {
		left = len(all) - mostAnnotations + 1
		all = all[:mostAnnotations-1]
	}
	var b strings.Builder
	for i := range all {
		b.WriteString(all[i].command(kind))
	}
	if left > 0 {
		more := annotation{title: fmt.Sprintf("%d more", left), text: []string{
			fmt.Sprintf("GitHub shows %d of a kind. The summary of the step and its log have all of them.", mostAnnotations)}}
		b.WriteString(more.command(kind))
	}
	return b.String()
}

// command is the workflow command of an annotation. Columns count from 1, their
// end is included.
func (a *annotation) command(kind string) string {
	var properties []string
	add := func(name, value string) { properties = append(properties, name+"="+property(value)) }
	if a.file != "" {
		add("file", printable(a.file))
		add("line", strconv.Itoa(a.line))
		if a.endLine > a.line {
			add("endLine", strconv.Itoa(a.endLine))
		}
		if a.columns[0] > 0 {
			add("col", strconv.Itoa(a.columns[0]))
			add("endColumn", strconv.Itoa(a.columns[1]))
		}
	}
	add("title", cut(printable(a.title), mostName))
	text := strings.Join(a.text, "\n")
	var clean []string
	for line := range strings.SplitSeq(cut(text, longestMessage), "\n") {
		clean = append(clean, printable(line))
	}
	return "::" + kind + " " + strings.Join(properties, ",") + "::" + message(strings.TrimSpace(strings.Join(clean, "\n"))) + "\n"
}

// message escapes what follows the second double colon.
func message(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// property escapes a value before the second double colon.
func property(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
