package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/internal/durable"
)

// fmtFlags say what fmt does with what it finds.
type fmtFlags struct {
	check, diff, recursive bool
}

func (a *app) fmtCommand() *cobra.Command {
	var f fmtFlags
	cmd := &cobra.Command{
		Use:   "fmt [PATH…]",
		Short: "Bring files into canonical style",
		Long: `Rewrites *.hcl files in canonical style, files of variables included, and lists those it changed. A PATH is a file, a
folder, or - for standard input, whose result goes to standard output; without one it is the folder here.

Spaces and line-up change; comments, line ends and what is meant stay. A file with syntax errors is left as it is.
JSON (*.hcl.json) is not formatted.`,
		Example: `  setpoint fmt
  setpoint fmt --diff --check         # show what would change
  setpoint fmt --check --recursive    # in a pipeline: exit code 3 if a file is not formatted
  setpoint fmt - < draft.hcl`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			return a.format(args, f)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.check, "check", false, "write nothing; exit with 3 if a file would change")
	flags.BoolVar(&f.diff, "diff", false, "show what changes")
	flags.BoolVarP(&f.recursive, "recursive", "r", false, "folders with all that is in them")
	return cmd
}

func (a *app) format(paths []string, f fmtFlags) error {
	var list diag.List
	changed := false
	seen := map[string]bool{} // a file may be named twice, or lie in a folder that is named too
	for _, path := range paths {
		if path == "-" {
			was, diags := a.formatInput(f)
			list = append(list, diags...)
			changed = changed || was
			continue
		}
		files, diags := formattable(path, f.recursive)
		list = append(list, diags...)
		for _, file := range files {
			if seen[filepath.Clean(file)] {
				continue
			}
			seen[filepath.Clean(file)] = true
			was, diags := a.formatFile(file, f)
			list = append(list, diags...)
			changed = changed || was
		}
	}
	switch {
	case list.HasErrors():
		return &exitError{code: codeError, diags: list}
	case f.check && changed:
		return exit(codeUnformatted)
	}
	return nil
}

// formattable lists the files of a path that fmt formats, and what of it cannot
// be looked into.
func formattable(path string, recursive bool) (files []string, list diag.List) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, formatTrouble("Not readable", path, err)
	case !info.IsDir() && !strings.HasSuffix(path, ".hcl"):
		return nil, formatTrouble("Not formatted", path, errors.New("only *.hcl files are"))
	case !info.IsDir():
		return []string{path}, nil
	}
	_ = filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error { // it gives the errors one by one
		hidden := strings.HasPrefix(entry.Name(), ".") && at != path
		switch {
		case err != nil:
			list = append(list, formatTrouble("Not readable", at, err)...)
		case entry.IsDir() && at != path && (hidden || !recursive):
			return filepath.SkipDir
		case !entry.IsDir() && !hidden && strings.HasSuffix(entry.Name(), ".hcl"):
			files = append(files, at)
		}
		return nil
	})
	return files, list
}

// formatInput formats standard input and tells whether that changes it. The
// result, or with --diff the difference, goes to standard output.
func (a *app) formatInput(f fmtFlags) (changed bool, list diag.List) {
	const name = "standard input"
	source, err := io.ReadAll(a.Stdin)
	if err != nil {
		return false, formatTrouble("Not readable", name, err)
	}
	result, list := formatted(source, name)
	if list.HasErrors() {
		return false, list
	}
	switch {
	case f.diff:
		err = a.answer(difference(name, source, result))
	case !f.check:
		err = a.document(string(result))
	}
	if err != nil {
		return true, formatTrouble("Not written", name, err)
	}
	return !bytes.Equal(source, result), list
}

// formatFile formats one file and tells whether that changes it.
func (a *app) formatFile(path string, f fmtFlags) (changed bool, list diag.List) {
	info, err := os.Stat(path)
	if err != nil {
		return false, formatTrouble("Not readable", path, err)
	}
	if !info.Mode().IsRegular() {
		return false, formatTrouble("Not formatted", path, errors.New("not a regular file"))
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return false, formatTrouble("Not readable", path, err)
	}
	result, list := formatted(source, path)
	if list.HasErrors() || bytes.Equal(source, result) {
		return false, list
	}
	if !f.check {
		if err := durable.ReplaceBytes(a.Files, path, info.Mode().Perm(), result); err != nil {
			return true, formatTrouble("Not written", path, err)
		}
	}
	text := path + "\n"
	if f.diff {
		text += difference(path, source, result)
	}
	if err := a.answer(text); err != nil {
		return true, formatTrouble("Not listed", path, err)
	}
	return true, list
}

func difference(name string, source, result []byte) string {
	return string(diff.Diff("old/"+name, source, "new/"+name, result))
}

func formatTrouble(summary, name string, err error) diag.List {
	if told := (*exitError)(nil); errors.As(err, &told) {
		return told.diags
	}
	return diag.List{{Severity: diag.Error, Summary: summary, Detail: fmt.Sprintf("%s: %s.", name, cause(err))}}
}

// formatted is the canonical style of a source. One with syntax errors is left
// alone: formatting it could make it worse.
func formatted(source []byte, name string) ([]byte, diag.List) {
	if list := config.CheckSyntax(source, name); list.HasErrors() {
		return nil, list
	}
	return hclwrite.Format(source), nil
}
