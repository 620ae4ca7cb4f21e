package main

import (
	"fmt"
	"slices"
	"strings"
)

// source is one package as it was found: its name in the table's terms, what its
// files import and where they end the process. Test files count for imports only.
type source struct {
	pkg     string
	imports []imported
	exits   []string // file:line of each mention of os.Exit
}

// imported is one import of one file.
type imported struct {
	path string // as the table has it for packages of the module, else the import path
	own  bool   // of this module
	test bool   // in a test file
	at   string // file:line, the file relative to the module's root
}

// check gives every offence of the packages against the rules, in their order.
func check(sources []source, rows []row, bans []ban) []string {
	floors := map[string]row{}
	for _, r := range rows {
		floors[r.pkg] = r
	}
	var offences []string
	for _, s := range sources {
		from, known := floors[s.pkg]
		if !known {
			offences = append(offences, fmt.Sprintf("%s has no floor: give it a row and a reason in .ci/floors/table.go", s.pkg))
			continue
		}
		for _, i := range s.imports {
			for _, offence := range checkImport(from, i, floors, bans) {
				offences = append(offences, i.at+": "+offence)
			}
		}
		for _, at := range s.exits {
			if file, _, _ := strings.Cut(at, ":"); file != exitFile {
				offences = append(offences, fmt.Sprintf("%s: %s uses os.Exit, which is for %s alone: return an error instead", at, s.pkg, exitFile))
			}
		}
	}
	return offences
}

// checkImport gives what is wrong with one import. A test may import its own
// floor as well, and is free of the bans: it checks the package from outside.
func checkImport(from row, i imported, floors map[string]row, bans []ban) []string {
	if i.own {
		to, known := floors[i.path]
		switch {
		case !known:
			return nil // reported where the package itself is checked
		case i.test && to.floor > from.floor:
			return []string{fmt.Sprintf("%s imports %s in a test: floor %d may only test with its own floor and those below it", from.pkg, i.path, from.floor)}
		case !i.test && to.floor >= from.floor:
			return []string{fmt.Sprintf("%s imports %s: floor %d may only import floors below it", from.pkg, i.path, from.floor)}
		}
		return nil
	}
	if i.test {
		return nil
	}
	var offences []string
	if from.stdOnly && !isStandard(i.path) {
		offences = append(offences, fmt.Sprintf("%s imports %s: it may only import the standard library", from.pkg, i.path))
	}
	for _, b := range bans {
		if b.covers(from.pkg, i.path) {
			offences = append(offences, fmt.Sprintf("%s imports %s: %s; %s", from.pkg, i.path, b.why, b.instead))
		}
	}
	return offences
}

// covers tells whether the ban keeps the import out of the package.
func (b ban) covers(pkg, path string) bool {
	if path != b.imported && !strings.HasPrefix(path, b.imported+"/") {
		return false
	}
	return slices.Contains(b.never, pkg) || len(b.only) > 0 && !slices.Contains(b.only, pkg)
}

// isStandard tells the standard library from modules: a module that can be
// downloaded has a dot in the first element of its path.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}
