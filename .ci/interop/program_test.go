// Package interop holds that tools made for Terraform's plan and state JSON read
// those of this program: it runs the program against its simulated house and
// hands what it prints to the tools' own libraries, which this module pins. It
// knows the program from outside only.
package interop

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const root = "../.."

// programVariable names the program under test, for the processes of one run.
const programVariable = "INTEROP_SETPOINT"

func TestMain(m *testing.M) {
	code, err := withProgram(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// withProgram builds the program, and removes it after the tests.
func withProgram(run func() int) (code int, err error) {
	dir, err := os.MkdirTemp("", "interop")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, "setpoint")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		return 1, fmt.Errorf("build the program: %w", err)
	}
	if err := os.Setenv(programVariable, program); err != nil {
		return 1, err
	}
	return run(), nil
}

// setpoint runs the program in a folder, with its simulated house, and gives what
// it prints.
func setpoint(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(os.Getenv(programVariable), append(args, "--simulate")...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.Getenv("TMPDIR")} // nothing of a pipeline's
	if err := cmd.Run(); err != nil {
		t.Fatalf("setpoint %v: %v\n%s%s", args, err, &out, &errs)
	}
	return out.Bytes()
}

// copied copies folders, one over the other, into a fresh one.
func copied(t *testing.T, folders ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range folders {
		overlay(t, dir, folder)
	}
	return dir
}

func overlay(t *testing.T, dir, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if entry.Name() == ".setpoint" { // of whoever tried an example
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(dir, name), 0o700)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name), content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// planned plans with flags and gives the plan as JSON.
func planned(t *testing.T, dir string, flags ...string) []byte {
	t.Helper()
	setpoint(t, dir, append([]string{"plan", "--out", "house.plan"}, flags...)...)
	return setpoint(t, dir, "show", "--json", "house.plan")
}

// changedHouse is a house with a plan that has every action, and the plan as JSON.
func changedHouse(t *testing.T) (dir string, plan []byte) {
	t.Helper()
	dir = copied(t, "testdata/before")
	setpoint(t, dir, "apply", "--auto-approve")
	overlay(t, dir, "testdata/after")
	return dir, planned(t, dir)
}
