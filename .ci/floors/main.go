// Command floors holds the imports of a module against the table of floors:
//
//	floors DIR
//
// Every package stands on a floor and imports lower floors only, so that no
// package can come to depend on what is built upon it. The table also keeps
// some imports to the packages they belong to, and os.Exit to one file. The
// command prints each offence and fails if there is one.
//
// It knows nothing of what the packages do.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "floors:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("usage: floors DIR, where DIR holds the module's go.mod")
	}
	sources, err := load(args[0])
	if err != nil {
		return err
	}
	if len(sources) == 0 {
		return fmt.Errorf("no packages in %s", args[0])
	}
	if offences := check(sources, table(), bans()); len(offences) > 0 {
		for _, o := range offences {
			if _, err := fmt.Fprintln(out, o); err != nil {
				return err
			}
		}
		return fmt.Errorf("%d offences; the floors and their reasons stand in .ci/floors/table.go", len(offences))
	}
	_, err = fmt.Fprintf(out, "%d packages, every import points down\n%s", len(sources), absent(sources, table()))
	return err
}

// absent names the rows that wait for their package, which is no offence.
func absent(sources []source, rows []row) string {
	var names []string
	for _, r := range rows {
		if !slices.ContainsFunc(sources, func(s source) bool { return s.pkg == r.pkg }) {
			names = append(names, r.pkg)
		}
	}
	if names == nil {
		return ""
	}
	return "not there yet: " + strings.Join(names, ", ") + "\n"
}
