package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"

	"setpoint/config/diag"
)

// IsConfigFile tells whether a file of that name belongs to a configuration:
// *.hcl and *.hcl.json, but nothing hidden, no variable and no test files.
func IsConfigFile(name string) bool {
	base := strings.TrimSuffix(name, ".json")
	if strings.HasPrefix(name, ".") || !strings.HasSuffix(base, ".hcl") {
		return false
	}
	return !strings.HasSuffix(base, ".vars.hcl") && !strings.HasSuffix(base, ".test.hcl")
}

// Exists tells whether the folder holds a configuration.
func Exists(dir string) (bool, error) {
	names, err := configFiles(dir)
	return len(names) > 0, err
}

func configFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if IsConfigFile(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// parseDir parses every configuration file of a folder, side by side. The folder
// is relative to the configuration's; because is what calls it as a module, nil
// for the root. It gives what undamaged files declare, in the order of their
// names; nil where there are none.
func (e *evaluation) parseDir(dir string, because *hcl.Range) []declarations {
	names, err := configFiles(filepath.Join(e.options.Dir, filepath.FromSlash(dir)))
	if err != nil || len(names) == 0 {
		e.report(e.nothingToParse(dir, because, err))
		return nil
	}
	for i := range names {
		names[i] = path.Join(dir, names[i])
	}
	decoder := e.decoder()
	results := make([]declarations, len(names))
	var group sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, name := range names {
		slots <- struct{}{}
		group.Go(func() {
			results[i] = decoder.declarations(name)
			<-slots
		})
	}
	group.Wait()
	files := []declarations{}
	for i, r := range results {
		e.diags = append(e.diags, r.diags...)
		if r.file != nil {
			e.files[names[i]] = r.file
			e.digest.add(names[i], r.file.Bytes)
		}
		if r.diags.HasErrors() {
			e.damaged[names[i]] = true
			continue
		}
		files = append(files, r)
	}
	return files
}

// nothingToParse says why a folder gives no files.
func (e *evaluation) nothingToParse(dir string, because *hcl.Range, err error) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Subject: because}
	switch {
	case because != nil && err != nil:
		d.Summary, d.Detail = "Module not readable", errorText(err)+". The source of a module is a folder, relative to the folder of the file that names it."
	case because != nil:
		d.Summary, d.Detail = "Nothing in the module", fmt.Sprintf("The folder %s holds no *.hcl file. Check the source, or write what the module declares.%s",
			dir, foreignHint(filepath.Join(e.options.Dir, dir)))
	case err != nil:
		d.Summary, d.Detail = "Configuration folder not readable", errorText(err)+". Name the folder of the configuration with --chdir DIR."
	default:
		d.Summary = "No configuration here"
		d.Detail = fmt.Sprintf("The folder %s holds no *.hcl file. Name the folder of the configuration with --chdir DIR, "+
			"or write a starter configuration with: setpoint init%s", absolute(e.options.Dir), foreignHint(e.options.Dir))
	}
	return d
}

// foreignHint says what the files of Terraform that are there would be called here.
func foreignHint(dir string) string {
	if !holdsForeign(dir) {
		return ""
	}
	return "\nThe *.tf files there are Terraform's, which knows other blocks: a configuration of setpoint is in files named *.hcl."
}

// parseChecked parses a source and bounds its expressions.
func parseChecked(src []byte, name string) (*hcl.File, hcl.Diagnostics) {
	file, diags := parseSource(src, name)
	if body, ok := file.Body.(*hclsyntax.Body); ok && !diags.HasErrors() {
		diags = append(diags, bound(body)...)
	}
	return file, diags
}

// readNamed reads a file of the configuration, or says why it cannot. Only
// regular files are opened: reading a pipe or a device need not end.
func readNamed(dir, name string) ([]byte, hcl.Diagnostics) {
	path := name
	if !filepath.IsAbs(name) {
		path = filepath.Join(dir, name)
	}
	src, detail := readSource(path)
	if detail == "" {
		return src, nil
	}
	return nil, hcl.Diagnostics{{
		Severity: hcl.DiagError,
		Summary:  "File not readable",
		Detail:   detail,
		Subject:  &hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos},
	}}
}

// parseSource always gives a file.
func parseSource(src []byte, name string) (*hcl.File, hcl.Diagnostics) {
	if deep := checkNesting(src, name); deep != nil {
		return &hcl.File{Body: hcl.EmptyBody(), Bytes: src}, deep
	}
	var file *hcl.File
	var diags hcl.Diagnostics
	if strings.HasSuffix(name, ".json") {
		file, diags = hcljson.Parse(src, name)
	} else {
		file, diags = hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	}
	if file == nil {
		file = &hcl.File{Body: hcl.EmptyBody(), Bytes: src}
	}
	if file.Bytes == nil {
		file.Bytes = src
	}
	return file, diags
}

// CheckSyntax tells what is wrong with the syntax of a source: of a configuration
// file or, by its name, of a file of variables. As in what Load reports, a line
// that may hold a secret is not shown.
func CheckSyntax(src []byte, name string) diag.List {
	file, diags := parseSource(src, name)
	e := &evaluation{files: map[string]*hcl.File{name: file}, damaged: map[string]bool{name: true}, diags: diags}
	if strings.HasSuffix(strings.TrimSuffix(name, ".json"), ".vars.hcl") {
		e.hideSource(nil, diags) // what is sensitive is declared elsewhere
	}
	return e.diagnostics()
}

// readSource reads a regular file, or says why it cannot.
func readSource(path string) (src []byte, detail string) {
	info, err := os.Stat(path)
	link, linkErr := os.Readlink(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && linkErr == nil:
		return nil, fmt.Sprintf("It is a link to %s, which does not exist. Mend the link or remove it.", link)
	case errors.Is(err, fs.ErrNotExist):
		return nil, "There is no such file. Check its name."
	case err == nil && !info.Mode().IsRegular():
		return nil, "It is no ordinary file. Rename or remove it."
	}
	if err == nil {
		src, err = os.ReadFile(path)
	}
	if err != nil {
		if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return nil, diag.Capital(err.Error()) + ". Check the permissions of the file."
	}
	return src, ""
}

// errorText is what went wrong with a file, without the operation's jargon.
func errorText(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return fmt.Sprintf("%s: %s", pathErr.Path, pathErr.Err)
	}
	return err.Error()
}

func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}
