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
		if d := levenshtein.Distance(strings.ToLower(given), strings.ToLower(name), nil); d < bestDistance && d < len(name) {
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
