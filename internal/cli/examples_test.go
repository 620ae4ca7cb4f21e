package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"setpoint/internal/cli"
)

// TestExamples applies every example to a simulated house; the plan after that
// is empty, and its files are in canonical style.
func TestExamples(t *testing.T) {
	examples, err := filepath.Glob("../../examples/*/main.hcl")
	if err != nil || len(examples) < 3 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	for _, example := range examples {
		name := filepath.Base(filepath.Dir(example))
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(root, name)
			if err := os.RemoveAll(filepath.Join(dir, ".setpoint")); err != nil { // of whoever tried it
				t.Fatal(err)
			}
			t.Chdir(dir)
			for _, command := range []struct{ args, want string }{
				{"fmt --check --recursive", ""},
				{"validate", "The configuration is valid.\n"},
				{"apply --simulate --auto-approve", "Apply complete!"},
				{"plan --simulate --detailed-exitcode", "No changes."},
			} {
				var out, errs strings.Builder
				code := cli.Run(cli.System{Args: strings.Fields(command.args), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
				if code != 0 || !strings.Contains(out.String(), command.want) {
					t.Fatalf("setpoint %s: exit code %d\n%s%s", command.args, code, out.String(), errs.String())
				}
			}
		})
	}
}

// TestReadmeNamesEveryCommand holds the table of commands against the program.
func TestReadmeNamesEveryCommand(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if code := cli.Run(cli.System{Args: []string{"--help"}, Stdout: &out, Stderr: &out}); code != 0 {
		t.Fatal(out.String())
	}
	_, list, _ := strings.Cut(out.String(), "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	for line := range strings.Lines(list) {
		name := strings.Fields(line)[0]
		if name != "help" && !strings.Contains(string(readme), "| `"+name) && !strings.Contains(string(readme), ", `"+name) {
			t.Errorf("README.md does not name the command %s", name)
		}
	}
	if strings.Count(list, "\n") < 10 {
		t.Errorf("the commands were not found in\n%s", out.String())
	}
}
