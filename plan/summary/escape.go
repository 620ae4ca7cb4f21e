package summary

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"setpoint/config/diag"
)

// breakWord is a space without width. Code hosts look for mentions, references
// and links in the text that remains after all escapes are resolved: this keeps
// them from finding any. In foreign text it cannot occur, as what cannot be seen
// is written as its code.
const breakWord = "&#8203;"

// printable is foreign text without what cannot be seen.
func printable(text string) string {
	return diag.Printable(strings.ToValidUTF8(text, "\ufffd"))
}

// prose makes foreign text harmless in the midst of a line: read back it is the
// text as it was.
func prose(text string) string {
	text = printable(text)
	var b strings.Builder
	for i, r := range text {
		switch r {
		case '*', '_', '[', ']', '~', '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteString(entity(r))
		}
		if beginsReference(r, text[i+utf8.RuneLen(r):]) {
			b.WriteString(breakWord)
		}
	}
	return strings.ReplaceAll(b.String(), "www.", "www"+breakWord+".")
}

// paragraph is prose on lines of its own, with an empty one behind; nothing
// where there is none.
func paragraph(text string) string {
	text = strings.TrimSpace(cut(text, mostText))
	if text == "" {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(text)
	number, _, _ := strings.Cut(text, " ")
	if !unicode.IsLetter(first) && strings.Trim(number, "0123456789") != "" { // a list or the like could begin here
		return breakWord + prose(text) + "\n\n"
	}
	return prose(text) + "\n\n"
}

// lines is prose with its line ends kept.
func lines(text string) string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, prose(line))
		}
	}
	return strings.Join(all, "<br/>")
}

// entity is a character that neither Markdown nor HTML nor a table takes for its own.
func entity(r rune) string {
	switch r {
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '&':
		return "&amp;"
	case '|':
		return "&#124;"
	case '\\':
		return "&#92;"
	case '`':
		return "&#96;"
	}
	return string(r)
}

// beginsReference tells whether a code host may take a character and what
// follows it for a mention, a reference, an emoji, a formula or a link.
func beginsReference(r rune, rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	switch r {
	case '@', '#', '!', '~', '$', '%', '&':
		return rest != "" && !unicode.IsSpace(next)
	case ':':
		return next == '/' || next == '+' || next == '-' || unicode.IsLetter(next)
	case '[':
		return next == '['
	}
	return false
}

// code is foreign text in a fixed-width face, where code hosts look for nothing.
func code(text string) string {
	text = printable(text)
	if text == "" {
		return ""
	}
	if !strings.ContainsAny(text, "`|\\") && text == strings.TrimSpace(text) {
		return "`" + text + "`"
	}
	var b strings.Builder
	indented := true
	for _, r := range text {
		indented = indented && r == ' '
		switch r {
		case ' ':
			if indented {
				b.WriteString("&nbsp;") // others are shown as one, or as none
				continue
			}
			b.WriteByte(' ')
		case '*', '_', '[', ']', '~', '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '@': // of which an address is made, also in such a face
			b.WriteString("@" + breakWord)
		case ':': // and of these two a link
			b.WriteString("&#58;")
		case '.':
			b.WriteString("&#46;")
		default:
			b.WriteString(entity(r))
		}
	}
	return "<code>" + b.String() + "</code>"
}

// cut shortens text to so many characters, "…" included.
func cut(text string, most int) string {
	n := 0
	for i := range text {
		if n++; n == most {
			if rest := text[i:]; utf8.RuneCountInString(rest) > 1 {
				return text[:i] + "…"
			}
		}
	}
	return text
}
