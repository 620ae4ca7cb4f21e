package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"setpoint/config/address"
	"setpoint/config/diag"
)

func width(text string) int { return diag.Screen().StringWidth(text) }

func fill(text string, to int) string { return diag.Screen().FillRight(text, to) }

// truncate cuts text to so many columns, "…" included.
func truncate(text string, to int) string { return diag.Screen().Truncate(text, to, "…") }

// cut lists names as far as they fit, at least the beginning of the first.
func cut(names []string, room int) string {
	const least, more = 8, ", …"
	var b strings.Builder
	used := 0
	for i, name := range names {
		next := name
		if i > 0 {
			next = ", " + name
		}
		need := used + width(next)
		if i < len(names)-1 {
			need += width(more)
		}
		if need > room {
			if i == 0 {
				b.WriteString(truncate(name, max(room-width(more), least)))
			}
			if i > 0 || len(names) > 1 {
				b.WriteString(more)
			}
			break
		}
		b.WriteString(next)
		used += width(next)
	}
	return b.String()
}

// keyText is a key as it stands in its address, without brackets and quotes.
func keyText(k address.Key) string {
	text, ok := k.Value().(string)
	switch {
	case !ok:
		return fmt.Sprint(k.Value())
	case text == "":
		return `""`
	}
	text = address.Quote(text)
	return text[1 : len(text)-1]
}

// readable is JSON on one line, without the escapes that only matter in a web
// page.
func readable(value json.RawMessage) string {
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber() // every digit
	var v any
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if dec.Decode(&v) != nil || enc.Encode(v) != nil {
		return string(value)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func paint(text string, symbol byte, color bool) string {
	if !color {
		return text
	}
	code := "31"
	switch symbol {
	case '+':
		code = "32"
	case '~':
		code = "33"
	case '>', '<':
		code = "36"
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
