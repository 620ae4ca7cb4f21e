package pipelines

import (
	"path/filepath"
	"testing"
)

func TestPreCommit(t *testing.T) {
	m := &machine{env: base(t, program(t))}
	repository(t, m)
	hook, err := filepath.Abs(filepath.Join(root, "examples", "ci", "pre-commit"))
	if err != nil {
		t.Fatal(err)
	}
	m.must(t, "cp "+hook+" .git/hooks/pre-commit")
	m.must(t, "echo hello >notes; git add notes; git commit --quiet --message notes")
	m.must(t, "sed -i 's/20.5/21/' main.hcl; git commit --quiet --all --message good")
	for _, wrong := range []string{"s/= 1$/=  1/; s/setpoint  =/setpoint =/", "s/: 19/: 99/"} {
		if out, err := m.run("sed -i '" + wrong + "' main.hcl; git commit --quiet --all --message bad"); err == nil {
			t.Errorf("%s was committed:\n%s", wrong, out)
		}
		m.must(t, "git checkout --quiet --force HEAD")
	}
}
