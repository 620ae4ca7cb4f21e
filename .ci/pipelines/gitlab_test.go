package pipelines

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// lines is a script as one text or as a list.
type lines []string

func (l *lines) UnmarshalYAML(node *yaml.Node) error {
	var one string
	if node.Decode(&one) == nil {
		*l = lines{one}
		return nil
	}
	return node.Decode((*[]string)(l))
}

type gitlabJob struct {
	Script      lines
	AfterScript lines `yaml:"after_script"`
	Artifacts   struct {
		Paths   []string
		Reports struct{ Terraform string }
	}
}

// TestGitLab takes a change from the merge request to the house with the state in
// the http backend.
func TestGitLab(t *testing.T) {
	var file struct {
		Review, Plan, Apply, Season, Drift gitlabJob
		Variables                          map[string]string
	}
	parse(t, "gitlab.yml", &file)
	programs := program(t)
	person := &machine{env: base(t, programs)}
	for name, value := range file.Variables {
		person.env[name] = strings.ReplaceAll(value, "$CI_JOB_TOKEN", "canary-job-token")
	}
	address := states(t, programs, person.env)
	origin := repository(t, person, fmt.Sprintf(`setpoint {
  backend "http" {
    address        = "%[1]s"
    lock_address   = "%[1]s/lock"
    unlock_address = "%[1]s/lock"
    lock_method    = "POST"
    unlock_method  = "DELETE"
  }
}
`, address))
	person.env["SMARTHER_ENDPOINT"] = cloud(t, programs, person.folder)

	var comment string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/projects/9/merge_requests/5/notes" || r.Header.Get("PRIVATE-TOKEN") != "note-token" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		comment = r.FormValue("body")
	}))
	defer api.Close()
	for name, value := range map[string]string{
		"GITLAB_CI": "true", "CI_API_V4_URL": api.URL, "CI_PROJECT_ID": "9", "CI_MERGE_REQUEST_IID": "5", "COMMENT_TOKEN": "note-token",
	} {
		person.env[name] = value
	}
	job := func(j gitlabJob, m *machine) (string, error) {
		out, err := m.run(strings.Join(j.Script, "\n"))
		if len(j.AfterScript) > 0 {
			m.must(t, strings.Join(j.AfterScript, "\n"))
		}
		return out, err
	}

	review := person.clone(t, origin, "main")
	if out, err := job(file.Review, review); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(comment, "thermostat.hall") {
		t.Errorf("the comment is\n%s", comment)
	}
	widget, err := os.ReadFile(filepath.Join(review.folder, file.Review.Artifacts.Reports.Terraform))
	if want := `{"create":2,"update":0,"delete":0}`; err != nil || strings.TrimSpace(string(widget)) != want {
		t.Errorf("the widget is %s, not %s: %v", widget, want, err)
	}

	planned := person.clone(t, origin, "main")
	if out, err := job(file.Plan, planned); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	applied := person.clone(t, origin, "main")
	for _, path := range file.Plan.Artifacts.Paths {
		text, err := os.ReadFile(filepath.Join(planned.folder, path))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(applied.folder, path), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := job(file.Apply, applied); err != nil || !strings.Contains(out, "Apply complete! Resources: 2 added") {
		t.Fatalf("%v\n%s", err, out)
	}
	again := person.clone(t, origin, "main")
	if out, err := job(file.Season, again); err != nil || !strings.Contains(out, "No changes.") {
		t.Errorf("after the apply: %v\n%s", err, out)
	}
	if out, err := job(file.Drift, again); err != nil {
		t.Errorf("nothing has changed outside, but %v\n%s", err, out)
	}
	knob(t, person.env["SMARTHER_ENDPOINT"], "plants/1f3c6b1e-0000-4000-8000-000000000011/modules/2a9d5c0f-0000-4000-8000-000000000112", `{"mode": "off"}`)
	if out, err := job(file.Drift, again); code(err) != 2 || !strings.Contains(out, "thermostat.study") {
		t.Errorf("after a hand at the knob: %v\n%s", err, out)
	}
}
