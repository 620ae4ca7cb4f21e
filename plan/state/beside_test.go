package state

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"setpoint/internal/durable"
)

// TestCompanions: all that a run makes beside a state is known as such, and stays
// out of version control, but the state itself.
func TestCompanions(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	s := open(t, path)
	if _, err := s.Replace(moved(t)); err != nil {
		t.Fatal(err)
	}
	if err := s.Drop("thermostat.b"); err != nil {
		t.Fatal(err)
	}
	there := must(os.ReadDir(filepath.Dir(path)))
	if len(there) != 6 { // with lock, who holds it, journal and two backups
		t.Fatal(there)
	}
	for _, pattern := range []string{"setpoint.state.json", "*.state.json"} {
		ignored := func(name string) bool {
			return slices.ContainsFunc(IgnorePatterns(pattern), func(p string) bool { return must(filepath.Match(p, name)) })
		}
		for _, file := range there {
			name := file.Name()
			if own := name == filepath.Base(path); Companion(name) == own || ignored(name) == own {
				t.Errorf("%s: companion %t, ignored by %s %t", name, Companion(name), pattern, ignored(name))
			}
		}
		if !ignored(".setpoint.state.json.4711.tmp") { // left of replacing one
			t.Errorf("%s does not ignore what a killed run left", pattern)
		}
	}
	closed(t, s)
	if !Companion(path+leasesSuffix) || Companion("night.plan") {
		t.Error("leases, or a plan")
	}
}

func TestHasJournal(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	link := filepath.Join(t.TempDir(), "link.json")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	want := func(want bool) {
		t.Helper()
		for _, name := range []string{path, link} {
			if got, err := NewStore(durable.OS(), name, "1").HasJournal(); got != want || err != nil {
				t.Errorf("%s: %t, %v; want %t", name, got, err, want)
			}
		}
	}
	want(false)
	s := open(t, path)
	want(false)
	if err := s.Drop(room); err != nil {
		t.Fatal(err)
	}
	want(true)
	closed(t, s)
	want(false)
	_, err := NewStore(durable.OS(), t.TempDir(), "1").HasJournal()
	wantKind(t, err, KindNotRegular)
}
