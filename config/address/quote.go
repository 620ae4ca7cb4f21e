package address

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote writes a text as an HCL string literal, template openers escaped, so
// that it can be pasted into a configuration.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case unicode.IsPrint(r) || r == utf8.RuneError:
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// unquote reads a string literal without templates and gives what follows it.
func unquote(s string) (text, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); {
		switch c := s[i]; {
		case c == '"':
			return b.String(), s[i+1:], nil
		case c == '\n' || c == '\r':
			return "", "", fmt.Errorf("a line ends inside the quotes in %q", s)
		case (c == '$' || c == '%') && strings.HasPrefix(s[i+1:], "{"):
			return "", "", fmt.Errorf("a template inside the quotes in %q", s)
		case (c == '$' || c == '%') && strings.HasPrefix(s[i+1:], string(c)+"{"):
			b.WriteByte(c)
			b.WriteByte('{')
			i += 3
		case c == '\\':
			r, n, err := unescape(s[i+1:])
			if err != nil {
				return "", "", err
			}
			b.WriteRune(r)
			i += 1 + n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return "", "", fmt.Errorf("no closing quote in %q", s)
}

func unescape(s string) (r rune, length int, err error) {
	if s == "" {
		return 0, 0, fmt.Errorf("nothing after a backslash")
	}
	switch s[0] {
	case '"', '\\':
		return rune(s[0]), 1, nil
	case 'n':
		return '\n', 1, nil
	case 'r':
		return '\r', 1, nil
	case 't':
		return '\t', 1, nil
	case 'u', 'U':
		digits := map[byte]int{'u': 4, 'U': 8}[s[0]]
		if len(s) > digits {
			if n, err := strconv.ParseUint(s[1:1+digits], 16, 31); err == nil && utf8.ValidRune(rune(n)) {
				return rune(n), 1 + digits, nil
			}
		}
	}
	return 0, 0, fmt.Errorf("unknown escape \\%c", s[0])
}
