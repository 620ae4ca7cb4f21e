//go:build unix

package cli_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"setpoint/plan/state"
	"setpoint/provider/simulator"
)

// TestCrashCancelledJob cancels a run as a pipeline does: SIGINT, 7.5 s later
// SIGTERM, 2.5 s later SIGKILL. In the middle of slow calls it ends before both of
// them, when the grace is over, and all that was sent is on record, confirmed or unknown. Without --grace
// the times are the real ones; a saved plan is applied with two fifths of them.
func TestCrashCancelledJob(t *testing.T) {
	for name, c := range map[string]struct {
		args  []string
		scale float64
	}{
		"fresh":     {[]string{"apply", "--auto-approve"}, 1},
		"plan file": {[]string{"apply", "--grace=2s", "night.plan"}, 0.4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const atOnce, answered, never = 2, 4, 6 // calls: answered before, in the grace, and not at all
			h := newCrashHouse(t, rand.New(rand.NewPCG(3, 3)), 0, []simulator.Fault{
				{Module: "*", From: 1 + atOnce, Times: new(int(answered)), Latency: time.Second},
				{Module: "*", From: 1 + atOnce + answered, Times: new(int(never)), Latency: time.Minute},
			})
			h.environ = []string{"CI=true"}
			h.write()
			if got := h.start("plan", "--new-state", "--out", "night.plan").wait(); got.code != 0 {
				t.Fatalf("%+v", got)
			}
			p := h.start(append(slices.Clone(c.args), "--new-state")...)
			token := h.token()
			p.until(func() bool { return h.cloud.servedTo(token) == atOnce+answered+never })
			p.signal(syscall.SIGINT)
			began := time.Now()
			scaled := func(seconds float64) time.Duration { return time.Duration(seconds * c.scale * float64(time.Second)) }
			p.pause(scaled(7.5))
			ended := time.Since(began)
			p.signal(syscall.SIGTERM)
			p.pause(scaled(2.5))
			got := p.kill()
			if got.code != 130 || ended < scaled(5) || ended >= scaled(7.5) { // the grace is over before anything else comes
				t.Errorf("exit code %d, not ended by the grace in %s\n%s%s", got.code, ended, got.stdout, got.stderr)
			}
			if want := "\n6 applied, 0 unchanged, 0 failed, 48 not attempted, 0 expired, 6 unknown. API calls: 12.\n"; !strings.Contains(got.stdout, want) {
				t.Errorf("no account:\n%s", got.stdout)
			}
			h.cloud.quiet(t)
			snapshot, err := h.store().Read()
			if err != nil {
				t.Fatal(err)
			}
			count, sent := map[state.Outcome]int{}, h.cloud.writes(t)
			for address, e := range snapshot.State.Thermostats {
				count[e.Outcome]++
				if calls := sent[e.Device.ModuleID]; len(calls) != 1 || calls[0].settings != e.Settings {
					t.Errorf("%s is recorded as %+v, and the calls were %+v", address, e, calls)
				}
			}
			if len(snapshot.InFlight) > 0 || count[state.Confirmed] != atOnce+answered || count[state.Unknown] != never || len(sent) != len(snapshot.State.Thermostats) {
				t.Errorf("%v on record, in flight %v", count, snapshot.InFlight)
			}
			if _, err := os.Lstat(filepath.Join(h.dir, "setpoint.state.json.journal")); !os.IsNotExist(err) {
				t.Errorf("the journal is left: %v", err)
			}
		})
	}
}
