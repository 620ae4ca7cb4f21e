package diag

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Plural counts things in words: 1 call, 2 calls.
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Minute is an instant in UTC, cut off to the minute.
func Minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Second is an instant in UTC, cut off to the second.
func Second(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// Capital makes text begin as a sentence does, unless it begins with the name of a
// file or the like, which keeps its letters.
func Capital(text string) string {
	word, _, _ := strings.Cut(text, " ")
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 || strings.ContainsAny(strings.TrimRight(word, ".:,"), "./\"") {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
