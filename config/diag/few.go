package diag

import (
	"fmt"
	"strings"
)

// Few lists up to five names and counts the rest: a text for a person must not
// grow with the house.
func Few(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
