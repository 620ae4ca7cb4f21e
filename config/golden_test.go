package config_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
	"setpoint/config/diag"
)

const goldenDir = "../testdata/config"

// planningInstant is the "now" of all tests.
func planningInstant() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

// TestGoldenDiagnostics loads every wrong configuration of testdata/config and
// holds what is said of it against want.txt. An options.txt beside it gives the
// command line. With -update want.txt is written instead.
func TestGoldenDiagnostics(t *testing.T) {
	update := flag.Lookup("update").Value.String() == "true"
	folders, err := os.ReadDir(goldenDir)
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) < 25 {
		t.Fatalf("%d folders, want all of them", len(folders))
	}
	for _, folder := range folders {
		t.Run(folder.Name(), func(t *testing.T) {
			golden := filepath.Join(goldenDir, folder.Name(), "want.txt")
			got := diagnosticText(t, folder.Name())
			if update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// diagnosticText loads a copy of the folder, so that what stands around it
// does not matter, and draws the diagnostics. The place of the copy is written DIR.
func diagnosticText(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(resolved(t, t.TempDir()), "repository")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(goldenDir, name))); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	o := config.Options{Dir: dir, Now: planningInstant(), Version: "0.1.0", RecordVariables: true}
	readOptions(t, filepath.Join(dir, "options.txt"), &o)
	_, list := config.Load(o)
	if len(list) == 0 {
		t.Fatal("nothing was said")
	}
	for i := range list {
		list[i].Detail = strings.ReplaceAll(list[i].Detail, dir, "DIR")
	}
	var b strings.Builder
	if err := diag.WriteText(&b, list, diag.TextOptions{Width: 100}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func resolved(t *testing.T, dir string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// readOptions reads lines such as "--var name=value", "--var-file name" and
// "planned name=json".
func readOptions(t *testing.T, file string, o *config.Options) {
	t.Helper()
	content, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, value, _ := strings.Cut(rest, "=")
		switch word {
		case "--var":
			o.Inputs = append(o.Inputs, config.Input{Name: name, Value: value})
		case "--var-file":
			o.Inputs = append(o.Inputs, config.Input{File: rest})
		case "planned":
			if o.Planned == nil {
				o.Planned = map[string]json.RawMessage{}
			}
			o.Planned[name] = json.RawMessage(value)
		default:
			t.Fatalf("%s: unknown option %q", file, word)
		}
	}
}
