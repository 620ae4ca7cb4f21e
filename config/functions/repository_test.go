package functions_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"setpoint/config/functions"
)

// TestRepository: the nearest .git counts, a file of that name as well, and no
// variable of the environment.
func TestRepository(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GITHUB_WORKSPACE", dir)
	for _, folder := range []string{"outer/.git", "outer/inner/deep", "outer/site/a", "none/a"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "outer/inner/.git"), []byte("gitdir: elsewhere\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for below, want := range map[string]string{"outer": "outer", "outer/site/a": "outer", "outer/inner": "outer/inner", "outer/inner/deep": "outer/inner"} {
		if got, found := functions.Repository(filepath.Join(dir, below)); !found || got != filepath.Join(dir, want) {
			t.Errorf("%s: %s, %t", below, got, found)
		}
	}
	if got, found := functions.Repository(filepath.Join(dir, "none/a")); found {
		t.Errorf("found %s", got)
	}
}

// TestNoRepository: without one, nothing outside the configuration's folder is
// read, wherever a pipeline has its workspace.
func TestNoRepository(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("GITHUB_WORKSPACE", dir)
	if err := os.MkdirAll(filepath.Join(dir, "site"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"secret.txt", "site/own.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := functions.NewFiles(filepath.Join(dir, "site"), nil, func(string, []byte) {})
	if err != nil {
		t.Fatal(err)
	}
	read := func(path string) error {
		_, err := functions.Table(now, files, ".")["file"].Call([]cty.Value{cty.StringVal(path)})
		return err
	}
	if err := read("own.txt"); err != nil {
		t.Error(err)
	}
	if err := read("../secret.txt"); err == nil || !strings.Contains(err.Error(), "outside the repository") {
		t.Errorf("read: %v", err)
	}
}
