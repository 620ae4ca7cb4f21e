//go:build unix

package cli_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"setpoint/internal/cli"
	"setpoint/internal/durable"
	"setpoint/internal/durable/faultfs"
	"setpoint/plan/state"
	"setpoint/provider/simulator"
)

const filesConfig = `
provider "smarther" {
  endpoint    = %q
  time_zone   = "Asia/Kolkata"
  rate_limit  = 0
  parallelism = 3
}

thermostat "t" {
  count     = %d
  plant_id  = "1f3c6b1e-0000-4000-8000-000000000001"
  module_id = format("2a9d5c0f-0000-4000-8000-%%012d", count.index + 1)
  function  = "heating"
  mode      = "manual"
  setpoint  = 20
}
`

const filesThermostats = 5

// filesRun is one apply of five thermostats by the whole program, in this
// process, on a file system that fails.
type filesRun struct {
	cloud *crashCloud
	dir   string
	code  int
	text  string // what it said, on both streams
}

// TestCrashFiles fails, stops or loses each operation on a file of an apply in
// turn. Whatever happens, the exit code is 0, 1 or 4, a failure names what to
// do, the state is one that a next run understands, what the cloud confirmed is
// confirmed or unknown in it, and that next run completes the work.
func TestCrashFiles(t *testing.T) {
	t.Chdir(t.TempDir()) // the program changes into the folders of its runs
	hit := map[string]int{}
	defer func() {
		if t.Logf("operations hit: %v", hit); hit["(handed over)"] == 0 {
			t.Error("no run had to print what it knew")
		}
	}()
	for name, fault := range map[string]faultfs.Fault{
		"disk full":       {Err: syscall.ENOSPC},
		"disk stays full": {Err: syscall.ENOSPC, Lasting: true, Kind: faultfs.Write},
		"short write":     {Err: syscall.ENOSPC, Torn: true},
		"disk broken":     {Err: syscall.EIO, Lasting: true},
		"flush loses":     {Err: syscall.EIO, Lost: true, Kind: faultfs.Sync},
		"no rename":       {Err: syscall.EACCES, Kind: faultfs.Rename, Lasting: true},
		"no folder flush": {Err: syscall.EIO, Kind: faultfs.SyncDir, Lasting: true},
		"stop":            {Stop: true},
		"stop in a write": {Stop: true, Torn: true},
	} {
		t.Run(name, func(t *testing.T) {
			for n, fired := 1, true; fired; n++ {
				fault.At = n
				cloud := newCrashCloud(t, simulator.Options{}, "Asia/Kolkata", filesThermostats)
				r := &filesRun{cloud: cloud, dir: t.TempDir()}
				fsys := r.prepare(t, fault)
				r.apply(fsys)
				kind, file := fsys.Fired()
				fired = kind != ""
				what := fmt.Sprintf("%d: %s of %s", n, kind, filepath.Base(file))
				if fault.Stop && fired {
					r.afterPowerCut(t, what, fsys, uint64(n))
				}
				if handedOver(r.text) != "" {
					hit["(handed over)"]++
				}
				r.check(t, what, fault)
				hit[name]++
				if n > 500 {
					t.Fatal("the run does not end")
				}
			}
			if hit[name] < 4 {
				t.Errorf("only %d operations were hit", hit[name])
			}
		})
	}
}

func (r *filesRun) prepare(t *testing.T, faults ...faultfs.Fault) *faultfs.FS {
	t.Helper()
	text := fmt.Sprintf(filesConfig, r.cloud.endpoint(), filesThermostats)
	if err := os.WriteFile(filepath.Join(r.dir, "main.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	fsys := faultfs.New(t, r.dir)
	fsys.Faults = faults
	return fsys
}

func (r *filesRun) path() string { return filepath.Join(r.dir, "setpoint.state.json") }

func (r *filesRun) apply(fsys durable.FS) {
	var out, errs strings.Builder
	r.code = cli.Run(cli.System{
		Args:    []string{"apply", "--auto-approve", "--chdir", r.dir, "--state", r.path()},
		Stdin:   strings.NewReader(""),
		Stdout:  &out,
		Stderr:  &errs,
		Environ: []string{"SMARTHER_SUBSCRIPTION_KEY=files-key", "SMARTHER_ACCESS_TOKEN=files-token"},
		Files:   fsys,
	})
	r.text = out.String() + errs.String()
}

// check holds the promises after a run that a fault may have hit, then lets an
// undisturbed run complete the work.
func (r *filesRun) check(t *testing.T, what string, fault faultfs.Fault) {
	t.Helper()
	if r.code != 0 && r.code != 1 && r.code != 4 {
		t.Errorf("%s: exit code %d\n%s", what, r.code, r.text)
	}
	if r.code != 0 && !fault.Stop && !strings.Contains(r.text, filepath.Base(r.path())) {
		t.Errorf("%s: no file is named\n%s", what, r.text)
	}
	if r.code != 0 && strings.Contains(r.text, "Apply complete!") && !strings.Contains(r.text, "Error: ") {
		t.Errorf("%s: exit code %d without a word\n%s", what, r.code, r.text)
	}
	known := handedOver(r.text)
	if known != "" {
		r.push(t, what, known)
	}
	confirmed := r.holdsWhatTheCloudConfirmed(t, what)
	for module, calls := range r.cloud.writes(t) {
		if known != "" && lastConfirmed(calls) >= 0 && !confirmed[module] {
			t.Errorf("%s: what was printed does not know that %s is confirmed\n%s", what, module, known)
		}
	}
	r.apply(durable.OS())
	if r.code != 0 || !strings.Contains(r.text, "Apply complete!") && !strings.Contains(r.text, "No changes.") {
		t.Errorf("%s: the next run: exit code %d\n%s", what, r.code, r.text)
	}
	for module, calls := range r.cloud.writes(t) {
		landed := 0
		for _, c := range calls {
			if c.confirmed() {
				landed++
			}
		}
		if landed > 2 || landed > 1 && confirmed[module] {
			t.Errorf("%s: module %s was set %d times", what, module, landed)
		}
	}
}

// holdsWhatTheCloudConfirmed reads the state as it is now and tells which
// modules are confirmed in it.
func (r *filesRun) holdsWhatTheCloudConfirmed(t *testing.T, what string) map[string]bool {
	t.Helper()
	snapshot, err := state.NewStore(durable.OS(), r.path(), cli.Version).Read()
	if err != nil {
		t.Errorf("%s: the state cannot be read: %v", what, err)
		return nil
	}
	entries := map[string]state.Entry{}
	confirmed := map[string]bool{}
	for _, e := range snapshot.State.Thermostats {
		entries[e.Device.ModuleID] = e
		confirmed[e.Device.ModuleID] = e.Outcome == state.Confirmed
	}
	writes := r.cloud.writes(t)
	for module, calls := range writes {
		if _, known := entries[module]; lastConfirmed(calls) >= 0 && !known {
			t.Errorf("%s: the cloud confirmed %s, but it is not in the state", what, module)
		}
	}
	for module := range confirmed {
		if confirmed[module] && lastConfirmed(writes[module]) < 0 {
			t.Errorf("%s: %s is called confirmed, but the cloud confirmed nothing", what, module)
		}
	}
	return confirmed
}

// handedOver is the state that a run printed because it could write it nowhere.
func handedOver(text string) string {
	_, after, ok := strings.Cut(text, "setpoint state push known.json\n\n")
	if !ok {
		return ""
	}
	before, _, _ := strings.Cut(after, "\n}\n")
	return before + "\n}\n"
}

func (r *filesRun) push(t *testing.T, what, known string) {
	t.Helper()
	file := filepath.Join(r.dir, "known.json")
	if err := os.WriteFile(file, []byte(known), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	code := cli.Run(cli.System{
		Args: []string{"state", "push", file, "--chdir", r.dir, "--state", r.path()}, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
	})
	if code != 0 {
		t.Errorf("%s: what was printed is not taken back: exit code %d\n%s%s\n%s", what, code, &out, &errs, known)
	}
}

// afterPowerCut cuts the power where the program stopped, and lets a run go on
// from what the disk kept.
func (r *filesRun) afterPowerCut(t *testing.T, what string, fsys *faultfs.FS, seed uint64) {
	t.Helper()
	for again := range uint64(3) {
		cut := &filesRun{cloud: r.cloud, dir: t.TempDir()}
		fsys.PowerCut(t, rand.New(rand.NewPCG(seed, again)), cut.dir)
		cut.holdsWhatTheCloudConfirmed(t, what+", then a power cut")
		cut.cloud = newCrashCloud(t, simulator.Options{}, "Asia/Kolkata", filesThermostats)
		text := fmt.Sprintf(filesConfig, cut.cloud.endpoint(), filesThermostats)
		if err := os.WriteFile(filepath.Join(cut.dir, "main.hcl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cut.apply(durable.OS())
		if cut.code != 0 || !strings.Contains(cut.text, "Apply complete!") && !strings.Contains(cut.text, "No changes.") {
			t.Errorf("%s, then a power cut: the next run: exit code %d\n%s", what, cut.code, cut.text)
		}
	}
}
