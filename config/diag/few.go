package diag

import (
	"fmt"
	"strings"
)

// Few lists up to five names and counts the rest: a text for a person must not
// grow with the house.
func Few(names []string) string { return First(names, 5) }

// First lists the first names, most at the most, and counts the rest.
func First(names []string, most int) string {
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
