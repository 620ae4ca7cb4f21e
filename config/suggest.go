package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// suggest completes a message about a name that does not exist: with the name
// that was probably meant, else with the names there are, else with nothing.
func suggest(given string, names []string) string {
	names = slices.Clone(names)
	slices.Sort(names)
	best, bestDistance := "", 3
	for _, name := range names {
		a, b := strings.ToLower(given), strings.ToLower(name)
		d := levenshtein.Distance(a, b, nil)
		// Of a short word every letter counts: "data" is no misspelt "path".
		if d > 1 && len(name) < 6 && !sameLetters(a, b) || name == given {
			continue
		}
		if d < bestDistance && d < len(name) {
			best, bestDistance = name, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf(" Did you mean %q?", best)
	case len(names) > 0 && len(names) <= 8:
		return fmt.Sprintf(" There is: %s.", strings.Join(names, ", "))
	}
	return ""
}

// sameLetters tells whether two words differ in the order of their letters only.
func sameLetters(a, b string) bool {
	x, y := []byte(a), []byte(b)
	slices.Sort(x)
	slices.Sort(y)
	return string(x) == string(y)
}

// list writes names as a person would: "a", "b" or "c".
func list[T ~string](names []T, last string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", string(n))
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " " + last + " " + quoted[len(quoted)-1]
}
