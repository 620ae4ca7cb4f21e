package summary

import (
	"fmt"
	"strings"

	"setpoint/config/diag"
)

// guaranteed is how many rows of each section get room before any section gets
// more: many changes must not hide what was changed outside.
const guaranteed = 10

// fit writes as much of the sections as there is room for, in bytes: whole rows,
// the first ones, and how many of a section are left out. A section without rows
// is not written.
func fit(b *strings.Builder, all []section, room int) {
	shown := make([]int, len(all))
	for i := range all {
		if len(all[i].rows) > 0 {
			room -= len(all[i].head()) + len(all[i].foot(0))
		}
	}
	for _, most := range []int{guaranteed, 1 << 30} {
		for i := range all {
			rows := all[i].rows
			for shown[i] < min(most, len(rows)) && len(rows[shown[i]].text) <= room {
				room -= len(rows[shown[i]].text)
				shown[i]++
			}
		}
	}
	for i := range all {
		s := &all[i]
		if len(s.rows) == 0 {
			continue
		}
		b.WriteString(s.head())
		for _, row := range s.rows[:shown[i]] {
			b.WriteString(row.text)
		}
		b.WriteString(s.foot(shown[i]))
	}
}

// head is what stands before the rows.
func (s *section) head() string {
	var b strings.Builder
	switch {
	case s.folded:
		b.WriteString("<details><summary>" + s.title + "</summary>\n\n")
	case s.title != "":
		b.WriteString("#### " + s.title + "\n\n")
	}
	b.WriteString("| " + strings.Join(s.columns, " | ") + " |\n|" + strings.Repeat("---|", len(s.columns)) + "\n")
	return b.String()
}

// foot is what stands behind so many rows.
func (s *section) foot(shown int) string {
	left := 0
	for _, row := range s.rows[shown:] {
		left += row.count
	}
	text := "\n"
	if left > 0 {
		text += fmt.Sprintf("*%s left out: this comment is full.*\n\n", diag.Plural(left, "more "+s.what))
	}
	if s.folded {
		text += "</details>\n\n"
	}
	return text
}
