package pipelines

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type workflow struct {
	Jobs map[string]struct {
		Steps []step
	}
}

type step struct {
	ID, Name, Uses, If, Run string
}

// gh stands for GitHub's own program: it keeps the comments, knows which branch
// a commit was merged from, and hands out the digest that was uploaded.
const gh = `#!/bin/bash
set -eu
printf '%s\n' "$*" >>"$HUB/calls"
case "$1 $2" in
"api --paginate") [ ! -f "$HUB/comment" ] || echo 77 ;;
"api --method") [ "$4" = repos/me/house/issues/comments/77 ]; cp "${6#body=@}" "$HUB/comment" ;;
"api repos/me/house/issues/5/comments") cp "${4#body=@}" "$HUB/comment" ;;
"api repos/me/house/commits/"*) cat "$HUB/head" 2>/dev/null || true ;;
"run list") [ "$8" = "$(cat "$HUB/head")" ]; echo 4711 ;;
"run download") [ "$3" = 4711 ]; cp "$HUB/digest" "$7/digest" ;;
*) echo "gh $*: unknown" >&2; exit 1 ;;
esac
`

// hub runs the jobs of the workflow.
type hub struct {
	*workflow
	machine // the person's
	origin  string
}

// job runs the steps of a job that have a script, in order, until one fails;
// after that only those that run always. Files for step summary and outputs are
// begun anew for each, as there.
func (h *hub) job(t *testing.T, name, branch string, skip ...string) (*machine, string, error) {
	t.Helper()
	m := h.clone(t, h.origin, branch)
	m.env["GITHUB_ACTIONS"], m.env["GITHUB_REPOSITORY"], m.env["GITHUB_WORKSPACE"] = "true", "me/house", m.folder
	m.env["RUNNER_TEMP"] = t.TempDir()
	m.env["GITHUB_STEP_SUMMARY"] = filepath.Join(m.env["RUNNER_TEMP"], "summary")
	var printed strings.Builder
	var failed error
	for _, s := range h.Jobs[name].Steps {
		if s.Run == "" || failed != nil && !strings.HasPrefix(s.If, "always()") || contains(skip, s.Name) {
			continue
		}
		m.env["GITHUB_OUTPUT"] = filepath.Join(m.env["RUNNER_TEMP"], "output-"+s.ID)
		out, err := m.run(s.Run)
		printed.WriteString(out)
		if failed == nil {
			failed = err
		}
		if text, err := os.ReadFile(m.env["GITHUB_OUTPUT"]); err == nil && s.ID == "plan" {
			m.env["DIGEST"] = output(string(text), "digest")
		}
	}
	return m, printed.String(), failed
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one && s != "" {
			return true
		}
	}
	return false
}

// output is the value of a step's output.
func output(text, name string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func newHub(t *testing.T) *hub {
	t.Helper()
	programs := program(t)
	h := &hub{workflow: &workflow{}, machine: machine{env: base(t, programs)}}
	parse(t, "github.yml", h.workflow)
	h.env["HUB"] = t.TempDir()
	if err := os.WriteFile(filepath.Join(programs, "gh"), []byte(gh), 0o700); err != nil {
		t.Fatal(err)
	}
	h.origin = repository(t, &h.machine)
	h.env["SMARTHER_ENDPOINT"] = cloud(t, programs, h.folder)
	return h
}

// TestGitHub takes a change from the pull request to the house, and a hand at the
// knob to the nightly job.
func TestGitHub(t *testing.T) {
	h := newHub(t)
	h.must(t, `git checkout --quiet -b warmer
		sed -i 's/20.5/21/' main.hcl; git commit --quiet --all --message warmer; git push --quiet --set-upstream origin warmer
		git rev-parse HEAD >"$HUB/head"`)
	h.env["PULL_REQUEST"] = "5"
	for range 2 { // the second time the comment is there already
		m, out, err := h.job(t, "plan", "warmer")
		if err != nil {
			t.Fatal(err)
		}
		if want := "::notice file=main.hcl,line="; !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
		comment := m.must(t, `cat "$HUB/comment"; cp digest "$HUB/digest"`)
		if !strings.HasPrefix(comment, "<!-- setpoint") || !strings.Contains(comment, "thermostat.hall") {
			t.Errorf("the comment is\n%s", comment)
		}
		m.must(t, `grep thermostat.hall "$GITHUB_STEP_SUMMARY"`)
	}
	h.must(t, `git checkout --quiet main; git merge --quiet --no-ff --message merge warmer; git push --quiet`)
	h.env["GITHUB_SHA"] = strings.TrimSpace(h.must(t, "git rev-parse HEAD"))
	_, out, err := h.job(t, "apply", "main", "apply what the date changes")
	if err != nil {
		t.Fatal(err)
	}
	if want := "Apply complete! Resources: 2 added, 0 changed, 0 destroyed."; !strings.Contains(out, want) {
		t.Errorf("no %q in\n%s", want, out)
	}
	if out := h.must(t, `git pull --quiet; setpoint plan`); !strings.Contains(out, "No changes.") {
		t.Errorf("after the merge:\n%s", out)
	}
	if _, out, err := h.job(t, "drift", "main"); err != nil {
		t.Errorf("nothing has changed outside, but\n%s%v", out, err)
	}
	knob(t, h.env["SMARTHER_ENDPOINT"], "plants/1f3c6b1e-0000-4000-8000-000000000011/modules/2a9d5c0f-0000-4000-8000-000000000111", `{"mode": "manual", "setpoint": 25}`)
	if _, out, err := h.job(t, "drift", "main"); code(err) != 2 || !strings.Contains(out, "thermostat.hall") {
		t.Errorf("after a hand at the knob: %v\n%s", err, out)
	}
}

// TestGitHubRefuses holds that only what was reviewed is applied, and that what
// an apply that fails has done is kept.
func TestGitHubRefuses(t *testing.T) {
	h := newHub(t)
	h.env["GITHUB_SHA"] = "0123"
	if _, out, err := h.job(t, "apply", "main", "apply what the date changes"); err == nil || !strings.Contains(out, "comes from no pull request") {
		t.Errorf("a commit that nobody reviewed: %v\n%s", err, out)
	}
	h.must(t, `echo abc >"$HUB/head"; echo 0123456789abcdef >"$HUB/digest"`)
	if _, out, err := h.job(t, "apply", "main", "apply what the date changes"); code(err) != 1 || !strings.Contains(out, "Not the expected plan") {
		t.Errorf("a plan that nobody reviewed: %v\n%s", err, out)
	}
	h.must(t, `sed -i 's/000000000112/000000000999/' main.hcl; git commit --quiet --all --message wrong; git push --quiet
		setpoint plan 2>&1 | sed -n 's/.*--expect \([0-9a-f]*\).*/\1/p' >"$HUB/digest"`)
	if _, out, err := h.job(t, "apply", "main", "apply what the date changes"); code(err) != 4 {
		t.Errorf("one thermostat that is not there: %v\n%s", err, out)
	}
	if out := h.must(t, `git pull --quiet; cat setpoint.state.json`); !strings.Contains(out, "thermostat.hall") || strings.Contains(out, "thermostat.study") {
		t.Errorf("the record after a failure is\n%s", out)
	}
}
