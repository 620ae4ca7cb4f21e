package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module writes a module called house and gives its folder.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module house\n\ngo 1.26\n"
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRunAcceptsAndNamesWhatIsMissing(t *testing.T) {
	dir := module(t, map[string]string{
		"main.go":              "package main\n\nimport (\n\t\"os\"\n\n\t_ \"house/plan\"\n)\n\nfunc main() { os.Exit(0) }\n",
		"main_test.go":         "package main\n\nimport \"os\"\n\nvar _ = os.Exit\n",
		"plan/plan.go":         "package plan\n\nimport _ \"house/provider\"\n",
		"provider/provider.go": "package provider\n",
	})
	var out strings.Builder
	if err := run([]string{dir}, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{"3 packages, every import points down\n", "not there yet: config/address, ", ", internal/cli\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got %q, want %q in it", &out, want)
		}
	}
}

func TestRunTellsEveryOffenceWithItsLine(t *testing.T) {
	dir := module(t, map[string]string{
		"main.go":                       "package main\n\nfunc main() {}\n",
		"config/config.go":              "package config\n\nimport _ \"house/plan/state\"\n",
		"config/config_plan9.go":        "package config\n\nimport _ \"net/http\"\n",
		"config/address/in_test.go":     "package address\n\nimport _ \"house/config\"\n",
		"config/address/address.go":     "package address\n",
		"config/address/out_test.go":    "package address_test\n\nimport _ \"house/plan/state\"\n",
		"internal/cli/cli.go":           "package cli\n\nimport sys \"os\"\n\nvar exit = sys.Exit\n\ntype os struct{ Exit int }\n\nfunc (o os) get() int { return o.Exit }\n",
		"internal/helper/h.go":          "package helper\n",
		"plan/state/state.go":           "package state\n",
		"plan/state/testdata/ignore.go": "package ignore\n\nimport _ \"house/internal/cli\"\n",
	})
	var out strings.Builder
	err := run([]string{dir}, &out)
	if err == nil || !strings.Contains(err.Error(), "6 offences") {
		t.Errorf("error %v, want 6 offences", err)
	}
	want := []string{
		"config/config.go:3: config imports plan/state: floor 2 may only import floors below it",
		"config/config_plan9.go:3: config imports net/http: HTTP is spoken in one place and simulated in another; so is the protocol of remote states; take a provider.Provider",
		"config/address/in_test.go:3: config/address imports config in a test: floor 0 may only test with its own floor and those below it",
		"config/address/out_test.go:3: config/address imports plan/state in a test: floor 0 may only test with its own floor and those below it",
		"internal/cli/cli.go:5: internal/cli uses os.Exit, which is for main.go alone: return an error instead",
		"internal/helper has no floor: give it a row and a reason in .ci/floors/table.go",
	}
	if got := out.String(); got != strings.Join(want, "\n")+"\n" {
		t.Errorf("got\n%swant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestRunFailsWithoutPackages(t *testing.T) {
	for name, args := range map[string][]string{
		"no folder named":  nil,
		"two folders":      {".", "."},
		"no such folder":   {filepath.Join(t.TempDir(), "none")},
		"no packages":      {module(t, map[string]string{})},
		"unreadable go":    {module(t, map[string]string{"plan/plan.go": "package plan\n\nimport (\n"})},
		"not Go below all": {module(t, map[string]string{"plan/plan.go": "package plan\n\nfunc {\n"})},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := run(args, &out); err == nil || out.Len() > 0 {
				t.Errorf("error %v, output %q; want an error alone", err, &out)
			}
		})
	}
}
