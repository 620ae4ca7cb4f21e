// Package pipelines runs the shell parts of examples/ci as their pipelines would,
// on a repository of its own and against the simulated cloud.
package pipelines

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const root = "../.."

// program builds setpoint into a folder.
func program(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	build := exec.Command("go", "build", "-o", folder, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return folder
}

// cloud serves the simulated cloud for a configuration until the test ends, and
// returns its address.
func cloud(t *testing.T, programs, configuration string) string {
	t.Helper()
	serve := exec.Command(filepath.Join(programs, "setpoint"), "simulator", "--listen", "127.0.0.1:0")
	serve.Dir = configuration
	return strings.Split(serving(t, serve), `"`)[1]
}

// states serves states, to whoever has the name and password of an environment,
// until the test ends. It returns the address of one.
func states(t *testing.T, programs string, env map[string]string) string {
	t.Helper()
	serve := exec.Command(filepath.Join(programs, "setpoint"), "state", "serve", "--listen", "127.0.0.1:0")
	serve.Dir = t.TempDir()
	for _, name := range []string{"SETPOINT_HTTP_USERNAME", "SETPOINT_HTTP_PASSWORD"} {
		serve.Env = append(serve.Env, name+"="+env[name])
	}
	return strings.TrimSpace(serving(t, serve)) + "house"
}

// serving starts a server that runs until the test ends, and returns its first line.
func serving(t *testing.T, serve *exec.Cmd) string {
	t.Helper()
	out, err := serve.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = serve.Process.Signal(os.Interrupt)
		_ = serve.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// knob is a hand at a thermostat of the simulated cloud.
func knob(t *testing.T, endpoint, thermostat, settings string) {
	t.Helper()
	host, _, _ := strings.Cut(strings.TrimPrefix(endpoint, "http://"), "/")
	request, err := http.NewRequest(http.MethodPut, "http://"+host+"/_simulator/"+thermostat, strings.NewReader(settings))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		t.Fatalf("%s: %s", thermostat, answer.Status)
	}
}

// parse reads a pipeline's file.
func parse(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "examples", "ci", path))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// machine is what a job runs on: a folder and an environment.
type machine struct {
	folder string
	env    map[string]string
}

// run runs a script as the pipelines do, and fails with what it printed.
func (m *machine) run(script string) (string, error) {
	command := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	command.Dir = m.folder
	for _, name := range slices.Sorted(maps.Keys(m.env)) {
		command.Env = append(command.Env, name+"="+m.env[name])
	}
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	if err != nil {
		err = fmt.Errorf("%s\n%s%w", script, &out, err)
	}
	return out.String(), err
}

func (m *machine) must(t *testing.T, script string) string {
	t.Helper()
	out, err := m.run(script)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func code(err error) int {
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		return failed.ExitCode()
	}
	return 0
}

// repository makes a repository with the configuration of the examples and an
// empty state, and a place that its clones push to. It returns that place. More
// is further files of the configuration.
func repository(t *testing.T, m *machine, more ...string) string {
	t.Helper()
	origin := t.TempDir()
	m.folder = t.TempDir()
	text, err := os.ReadFile(filepath.Join(root, "examples", "ci", "main.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(m.folder, "main.hcl"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, text := range more {
		if err := os.WriteFile(filepath.Join(m.folder, fmt.Sprintf("more-%d.hcl", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m.must(t, `git init --quiet --bare --initial-branch main `+origin+`
		git init --quiet --initial-branch main
		git config user.name somebody; git config user.email somebody@example.com
		git remote add origin `+origin+`
		setpoint init
		git add .; git commit --quiet --message begin; git push --quiet --set-upstream origin main`)
	return origin
}

// clone is a fresh checkout of a branch, as a job begins with.
func (m *machine) clone(t *testing.T, origin, branch string) *machine {
	t.Helper()
	job := &machine{folder: t.TempDir(), env: maps.Clone(m.env)}
	job.must(t, "git clone --quiet --branch "+branch+" "+origin+" .")
	return job
}

// base is the environment that the jobs of both pipelines share.
func base(t *testing.T, programs string) map[string]string {
	t.Helper()
	home := t.TempDir()
	return map[string]string{
		"PATH": programs + ":" + os.Getenv("PATH"), "HOME": home, "CI": "true", "GIT_CONFIG_NOSYSTEM": "1",
		"SMARTHER_SUBSCRIPTION_KEY": "canary-key", "SMARTHER_ACCESS_TOKEN": "canary-token",
	}
}
