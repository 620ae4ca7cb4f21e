package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// The names that Terraform reads variables from.
const (
	foreignPrefix = "TF_VAR_"
	foreignFile   = "terraform.tfvars"
	foreignSuffix = ".auto.tfvars"
)

// tellForeign warns of values under the names that Terraform reads them from, of
// variables that nothing else gives a value: they would be missed, or their
// default taken, without a word.
func (e *evaluation) tellForeign(m *module, sources map[string]*given, o Options) {
	without := func(name string) bool { return m.variables[name] != nil && sources[name] == nil }
	var found, ours []string
	for _, entry := range o.Environ {
		name, _, _ := strings.Cut(entry, "=")
		if name, ok := strings.CutPrefix(name, foreignPrefix); ok && without(name) {
			found, ours = append(found, foreignPrefix+name), append(ours, EnvironPrefix+name)
		}
	}
	for _, name := range foreignFiles(o.Dir) {
		if slices.ContainsFunc(namesIn(o.Dir, name), without) {
			found, ours = append(found, name), append(ours, ourName(name))
		}
	}
	if len(found) == 0 {
		return
	}
	are, called := "is", "it is"
	if len(found) > 1 {
		are, called = "are", "they are"
	}
	e.report(&hcl.Diagnostic{
		Severity: hcl.DiagWarning,
		Summary:  "Values that are not read",
		Detail:   fmt.Sprintf("%s %s read by Terraform, not here, where %s called %s.", listed(found), are, called, listed(ours)),
	})
}

// foreignFiles are the files of variables that Terraform would read, in its order.
func foreignFiles(dir string) []string {
	var names []string
	for _, entry := range entriesOf(dir) {
		base := strings.TrimSuffix(entry, ".json")
		if base == foreignFile || strings.HasSuffix(base, foreignSuffix) {
			names = append(names, entry)
		}
	}
	return names
}

// ourName is what a file of variables is called here.
func ourName(name string) string {
	base, isJSON := strings.CutSuffix(name, ".json")
	if base == foreignFile {
		base = "setpoint.vars.hcl"
	} else {
		base = strings.TrimSuffix(base, foreignSuffix) + ".auto.vars.hcl"
	}
	if isJSON {
		base += ".json"
	}
	return base
}

// namesIn are the names that a file gives values to, as far as it can be read.
func namesIn(dir, name string) []string {
	src, unreadable := readNamed(dir, name)
	if unreadable != nil {
		return nil
	}
	file, _ := parseChecked(src, name)
	attributes, _ := file.Body.JustAttributes()
	var names []string
	for name := range attributes {
		names = append(names, name)
	}
	return names
}

// holdsForeign tells whether a folder holds a configuration of Terraform.
func holdsForeign(dir string) bool {
	return slices.ContainsFunc(entriesOf(dir), func(name string) bool {
		return strings.HasSuffix(strings.TrimSuffix(name, ".json"), ".tf") && !strings.HasPrefix(name, ".")
	})
}

// entriesOf are the names in a folder, sorted; none where it cannot be read, which
// is reported where the configuration is.
func entriesOf(dir string) []string {
	entries, _ := os.ReadDir(filepath.FromSlash(dir))
	var names []string
	for _, entry := range entries {
		if !entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names
}

func listed(names []string) string {
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}
