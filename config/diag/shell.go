package diag

import "strings"

// ShellWord makes text one word of a POSIX shell, so that a command in a diagnostic
// can be copied whatever folders and keys are called.
func ShellWord(text string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-:", r)
	}
	if text != "" && strings.TrimLeftFunc(text, safe) == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
