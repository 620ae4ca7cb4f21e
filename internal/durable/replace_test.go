package durable_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"setpoint/internal/durable"
)

// wantFile checks content and permissions of the file at path itself, which
// must not be a link.
func wantFile(t *testing.T, path, content string, perm fs.FileMode) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != perm {
		t.Errorf("%s: mode %v, want %v", path, info.Mode(), perm)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != content {
		t.Errorf("%s: content %q, want %q", path, got, content)
	}
}

// wantNames checks that the folder holds these names and nothing else, so no
// temporary file either.
func wantNames(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, names) {
		t.Errorf("%s holds %q, want %q", dir, got, names)
	}
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func folder(t *testing.T, elements ...string) string {
	t.Helper()
	dir := filepath.Join(elements...)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestReplaceSetsContentAndPermissions(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	for _, step := range []struct {
		content string
		perm    fs.FileMode
	}{{"first, longer than the next", 0o600}, {"second", 0o666}, {"", 0o400}, {"over a read-only file", 0o644}} {
		if err := durable.ReplaceBytes(durable.OS(), path, step.perm, []byte(step.content)); err != nil {
			t.Fatal(err)
		}
		wantFile(t, path, step.content, step.perm)
	}
	wantNames(t, dir, "state.json")
}

func TestReplaceKeepsLargeContentWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	part := bytes.Repeat([]byte("0123456789abcdef"), 1<<10)
	err := durable.Replace(durable.OS(), path, 0o600, func(w io.Writer) error {
		for range 64 {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantFile(t, path, string(bytes.Repeat(part, 64)), 0o600)
}

func TestReplaceTakesARelativePath(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	link(t, "real.json", "link.json")
	for _, name := range []string{"state.json", "link.json"} {
		if err := durable.ReplaceBytes(durable.OS(), name, 0o600, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	wantNames(t, dir, "link.json", "real.json", "state.json")
	wantFile(t, filepath.Join(dir, "state.json"), "x", 0o600)
	wantFile(t, filepath.Join(dir, "real.json"), "x", 0o600)
}

// A link stays a link, and the file replaced is the one the system would open.
func TestReplaceFollowsLinks(t *testing.T) {
	cases := []struct {
		name string
		lay  func(t *testing.T, dir string) (path string)
		file string // below the folder
	}{
		{"beside", func(t *testing.T, dir string) string {
			put(t, filepath.Join(dir, "real.json"), "old")
			link(t, "real.json", filepath.Join(dir, "link.json"))
			return "link.json"
		}, "real.json"},
		{"absolute, into another folder", func(t *testing.T, dir string) string {
			put(t, filepath.Join(folder(t, dir, "there"), "real.json"), "old")
			link(t, filepath.Join(dir, "there", "real.json"), filepath.Join(dir, "link.json"))
			return "link.json"
		}, "there/real.json"},
		{"link to a link", func(t *testing.T, dir string) string {
			put(t, filepath.Join(dir, "real.json"), "old")
			link(t, "../real.json", filepath.Join(folder(t, dir, "there"), "second.json"))
			link(t, "there/second.json", filepath.Join(dir, "link.json"))
			return "link.json"
		}, "real.json"},
		{"dangling", func(t *testing.T, dir string) string {
			folder(t, dir, "there")
			link(t, "there/new.json", filepath.Join(dir, "link.json"))
			return "link.json"
		}, "there/new.json"},
		{"upwards, from a folder reached by a link", func(t *testing.T, dir string) string {
			inner := folder(t, dir, "outer", "inner")
			put(t, filepath.Join(dir, "outer", "real.json"), "old")
			link(t, "../real.json", filepath.Join(inner, "link.json"))
			link(t, inner, filepath.Join(dir, "short"))
			return "short/link.json"
		}, "outer/real.json"},
		{"upwards, through a folder reached by a link", func(t *testing.T, dir string) string {
			inner := folder(t, dir, "outer", "inner")
			put(t, filepath.Join(dir, "outer", "real.json"), "old")
			link(t, inner, filepath.Join(dir, "short"))
			link(t, "short/../real.json", filepath.Join(dir, "link.json"))
			return "link.json"
		}, "outer/real.json"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, c.lay(t, dir))
			before, err := os.Readlink(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := durable.ReplaceBytes(durable.OS(), path, 0o640, []byte("new")); err != nil {
				t.Fatal(err)
			}
			wantFile(t, filepath.Join(dir, c.file), "new", 0o640)
			if after, err := os.Readlink(path); err != nil || after != before {
				t.Errorf("the link points to %q, %v; want %q", after, err, before)
			}
			if err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
				if filepath.Ext(p) == ".tmp" {
					t.Errorf("%s was left behind", p)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestReplaceRefuses(t *testing.T) {
	dir := t.TempDir()
	folder(t, dir, "folder")
	link(t, "folder", filepath.Join(dir, "to-folder"))
	link(t, "loop-b", filepath.Join(dir, "loop-a"))
	link(t, "loop-a", filepath.Join(dir, "loop-b"))
	link(t, "none/state.json", filepath.Join(dir, "to-none"))
	before := []string{"folder", "loop-a", "loop-b", "to-folder", "to-none"}
	for _, name := range []string{"folder", "to-folder", "loop-a", "to-none", "none/state.json"} {
		t.Run(name, func(t *testing.T) {
			err := durable.Replace(durable.OS(), filepath.Join(dir, name), 0o600, func(io.Writer) error {
				t.Error("the content was asked for")
				return nil
			})
			if err == nil {
				t.Error("no error")
			}
			wantNames(t, dir, before...)
			wantNames(t, filepath.Join(dir, "folder"))
		})
	}
}

func TestFailedReplaceLeavesTheOldContent(t *testing.T) {
	broken := errors.New("broken")
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	put(t, path, "old")
	for _, size := range []int{0, 1 << 20} { // nothing written, and more than is buffered
		err := durable.Replace(durable.OS(), path, 0o644, func(w io.Writer) error {
			if _, err := w.Write(make([]byte, size)); err != nil {
				t.Error(err)
			}
			return broken
		})
		if !errors.Is(err, broken) {
			t.Errorf("error %v, want the one of the write", err)
		}
		wantFile(t, path, "old", 0o600)
		wantNames(t, dir, "state.json")
	}
}

// The rename, the last step that can leave the old content, fails too.
func TestFailedRenameLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	err := durable.Replace(durable.OS(), path, 0o600, func(io.Writer) error {
		folder(t, path)
		return nil
	})
	if err == nil {
		t.Error("no error")
	}
	wantNames(t, dir, "state.json")
	wantNames(t, path)
}

// Whoever reads while others replace finds one content whole.
func TestConcurrentReplacersLeaveOneWholeContent(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	content := func(n int) []byte { return bytes.Repeat(fmt.Appendf(nil, "%03d\n", n), 32<<10) }
	whole := func() {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			return
		}
		if len(got) < 4 || !bytes.Equal(got, bytes.Repeat(got[:4], 32<<10)) {
			t.Errorf("%d bytes of mixed content", len(got))
		}
	}
	if err := durable.ReplaceBytes(durable.OS(), path, 0o600, content(0)); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			for range 5 {
				if err := durable.ReplaceBytes(durable.OS(), path, 0o600, content(n)); err != nil {
					t.Error(err)
				}
				whole()
			}
		})
	}
	group.Wait()
	whole()
	wantNames(t, dir, "state.json")
}

func TestRemoveLeftovers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "house.json")
	keep := []string{"house.json", ".house.json", ".house.json.tmp.bak", ".house.json.x1.tmp", ".other.json.123.tmp", ".house.json.backup.12.tmp"}
	for _, name := range append([]string{".house.json.1.tmp", ".house.json.4711.tmp"}, keep...) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := durable.RemoveLeftovers(durable.OS(), path); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	slices.Sort(keep)
	if !slices.Equal(left, keep) {
		t.Errorf("left %q, want %q", left, keep)
	}
}
