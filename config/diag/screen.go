package diag

import "github.com/mattn/go-runewidth"

// Screen measures text in columns. The library's default follows the locale, and the
// same text must look the same everywhere.
func Screen() *runewidth.Condition { return &runewidth.Condition{StrictEmojiNeutral: true} }
