package diag

import (
	"fmt"
	"strings"
	"unicode"
)

// Printable keeps foreign text (of configurations, of servers) from moving the
// cursor, hiding itself or turning the reading direction: a tab becomes four
// spaces, so that carets stand where they should, and anything else that cannot
// be seen is written as its code.
func Printable(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\t':
			b.WriteString("    ")
		case !hidden(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func hidden(r rune) bool { return !unicode.IsPrint(r) }
