// Notes drafts release notes from the commits since the last tag: a line for
// each, under the part of the project that it changes most.
//
//	notes VERSION   prints Markdown; run it anywhere in the repository
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: notes VERSION")
		os.Exit(1)
	}
	text, err := draft(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "notes:", err)
		os.Exit(1)
	}
	fmt.Print(text)
}

func draft(version string) (string, error) {
	from, err := git("describe", "--abbrev=0", "--match=v*", "HEAD^")
	if err != nil {
		from = "" // the first release
	}
	commits := "HEAD"
	if from != "" {
		commits = from + "..HEAD"
	}
	date, err := git("log", "-1", "--format=%cs")
	if err != nil {
		return "", err
	}
	log, err := git("log", "--reverse", "--no-merges", "--numstat", "--format="+mark+"%s", commits)
	if err != nil {
		return "", err
	}
	return compose(version, date, from, parse(log)), nil
}

func git(args ...string) (string, error) {
	out, err := exec.Command("git", args...).Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		err = fmt.Errorf("git %s: %w: %s", args[0], err, failed.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
