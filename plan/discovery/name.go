package discovery

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longestName is how many letters of an official name go into the name of a
// block. The whole name stands in a comment.
const longestName = 40

// wish is what something would like to be called in the configuration.
type wish struct {
	base   string // of its official name
	longer string // with the plant's name, where several plants have one of that base
	plant  string // id of the plant
	key    string // what makes it unique; decides who gets the name first
}

// assignNames gives everything a name of its own that is not taken. The same
// wishes get the same names in whatever order they come.
func assignNames(wishes []wish, taken func(string) bool) []string {
	plantOf, shared := map[string]string{}, map[string]bool{}
	for _, w := range wishes {
		if plant, met := plantOf[w.base]; met && plant != w.plant {
			shared[w.base] = true
		}
		plantOf[w.base] = w.plant
	}
	order := make([]int, len(wishes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(wishes[i].key, wishes[j].key) })
	names, used := make([]string, len(wishes)), map[string]bool{}
	free := func(name string) bool { return !used[name] && !taken(name) }
	var late []int
	preferred := func(w wish) string {
		if shared[w.base] || taken(w.base) {
			return w.longer
		}
		return w.base
	}
	for _, i := range order { // whoever is the first of its name has it as it is
		name := preferred(wishes[i])
		if !free(name) {
			late = append(late, i)
			continue
		}
		names[i], used[name] = name, true
	}
	next := map[string]int{}
	for _, i := range late {
		base := preferred(wishes[i])
		n := max(next[base], 2)
		for !free(fmt.Sprintf("%s_%d", base, n)) {
			n++
		}
		names[i] = fmt.Sprintf("%s_%d", base, n)
		used[names[i]], next[base] = true, n+1
	}
	return names
}

// identifier makes a name for the configuration of an official one: Latin
// letters in lower case, digits, and underscores for all else. Kind stands for
// what has no such letter, and before what cannot begin a name.
func identifier(official, kind string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(official) {
		if unicode.Is(unicode.Mn, r) { // the accent of the letter before
			continue
		}
		text, known := latin(unicode.ToLower(r))
		if !known {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			text = "_" + text
		}
		gap = false
		if b.Len()+len(text) > longestName {
			break
		}
		b.WriteString(text)
	}
	name := b.String()
	switch {
	case name == "":
		return kind
	case name[0] >= '0' && name[0] <= '9' || isReserved(name):
		return kind + "_" + name
	}
	return name
}

// isReserved tells words that mean something else in expressions, or would read
// like it.
func isReserved(word string) bool {
	return slices.Contains([]string{
		"true", "false", "null", "for", "in", "if", "else", "endif", "endfor",
		"var", "local", "module", "path", "each", "count", "self", "plant", "thermostat",
	}, word)
}

const (
	greek         = "αβγδεζηθικλμνξοπρσςτυφχψω"
	greekLatin    = "a v g d e z i th i k l m n x o p r s s t y f ch ps o"
	cyrillic      = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ"
	cyrillicLatin = "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya i yi ye g"
	other         = "ßæœøđðþłı"
	otherLatin    = "ss ae oe o d d th l i"
)

// latin writes a letter or digit in lower case with Latin letters, if it is
// known how. That can be none.
func latin(r rune) (text string, known bool) {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return string(r), true
	}
	for _, script := range []struct{ letters, latin string }{{other, otherLatin}, {greek, greekLatin}, {cyrillic, cyrillicLatin}} {
		n := 0
		for _, letter := range script.letters {
			if letter == r {
				return strings.TrimSuffix(strings.Fields(script.latin)[n], "-"), true
			}
			n++
		}
	}
	return "", false
}
