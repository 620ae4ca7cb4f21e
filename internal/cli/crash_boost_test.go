//go:build unix

package cli_test

import (
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/simulator"
)

// TestCrashBoost breaks a run off in the middle of sending a boost and goes on
// hours later, for which the recorded times are set back: the boost is settled
// as expired and never sent by itself. As long as it would run it is sent again.
func TestCrashBoost(t *testing.T) {
	const hours = 9 * time.Hour
	unanswered := simulator.Fault{Module: moduleID(1), Latency: time.Minute}
	timeout := simulator.Fault{Module: moduleID(1), Times: new(3), Status: 408, Landed: true}
	for name, c := range map[string]struct {
		fault simulator.Fault
		kill  bool
		ago   time.Duration
	}{
		"killed hours ago":      {unanswered, true, hours},
		"killed just now":       {unanswered, true, 0},
		"answered 408 long ago": {timeout, false, hours},
		"answered 408 just now": {timeout, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := newCrashHouse(t, rand.New(rand.NewPCG(4, 4)), 0, []simulator.Fault{c.fault})
			boost := provider.Settings{Function: provider.Heating, Mode: provider.Boost, BoostMinutes: 30}
			h.declared = map[string]wanted{
				"t1": {1, boost},
				"t2": {2, provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 205}},
			}
			h.write()
			p := h.start("apply", "--auto-approve")
			if c.kill {
				p.until(func() bool { return h.callsTo(1) == 1 && h.callsTo(2) == 1 })
				p.kill()
			}
			if got := p.wait(); got.killed != c.kill || !c.kill && got.code != 4 {
				t.Fatalf("the run that is to be broken off: %+v", got)
			}
			sent := h.callsTo(1)
			setBack(t, h.path(), c.ago)
			setBack(t, h.path()+".journal", c.ago)
			if c.ago == 0 {
				h.sentAgain(sent)
				return
			}
			h.settledAsExpired(sent)
			boost.BoostMinutes = 60
			h.declared["t1"] = wanted{1, boost}
			h.write()
			h.sentAgain(sent)
		})
	}
}

// settledAsExpired runs plan and apply again and again: none sends the boost.
func (h *crashHouse) settledAsExpired(sent int) {
	h.t.Helper()
	for round := range 3 {
		got := h.start("plan", "--detailed-exitcode").wait()
		if got.code != 0 && (round > 0 || got.code != 2) || strings.Contains(got.stdout, "boost") {
			h.t.Errorf("plan, round %d: exit code %d\n%s%s", round, got.code, got.stdout, got.stderr)
		}
		if !strings.Contains(got.stderr, "thermostat.t1") {
			h.t.Errorf("plan, round %d, does not say what became of the boost\n%s", round, got.stderr)
		}
		got = h.start("apply", "--auto-approve").wait()
		if got.code != 0 {
			h.t.Errorf("apply, round %d: exit code %d\n%s%s", round, got.code, got.stdout, got.stderr)
		}
		if n := h.callsTo(1); n != sent {
			h.t.Errorf("apply, round %d: %d calls instead of %d", round, n, sent)
		}
		if e := h.entry("thermostat.t1"); e.Outcome == state.Confirmed {
			h.t.Errorf("apply, round %d: a boost that nobody confirmed is %+v", round, e)
		}
	}
}

// sentAgain runs apply: it sends the boost, once.
func (h *crashHouse) sentAgain(sent int) {
	h.t.Helper()
	if got := h.start("apply", "--auto-approve").wait(); got.code != 0 || !strings.Contains(got.stdout, "\nApply complete! ") {
		h.t.Errorf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	if n := h.callsTo(1); n != sent+1 {
		h.t.Errorf("%d calls instead of %d", n, sent+1)
	}
	if e := h.entry("thermostat.t1"); e.Outcome != state.Confirmed || !e.Settings.Same(h.declared["t1"].settings) {
		h.t.Errorf("recorded is %+v", e)
	}
}

// callsTo is how many writes to a thermostat the cloud has decided.
func (h *crashHouse) callsTo(n int) int { return len(h.cloud.writes(h.t)[moduleID(n)]) }

func (h *crashHouse) entry(address string) state.Entry {
	h.t.Helper()
	snapshot, err := h.store().Read()
	if err != nil {
		h.t.Fatal(err)
	}
	return snapshot.State.Thermostats[address]
}

var recordedTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`)

// setBack makes a state or a journal as it would be had everything happened so
// long before. A file that is not there is left so.
func setBack(t *testing.T, path string, ago time.Duration) {
	t.Helper()
	content, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	text := recordedTime.ReplaceAllStringFunc(string(content), func(at string) string {
		return localTime(t, at).Add(-ago).String()
	})
	if strings.HasSuffix(path, ".journal") {
		var lines strings.Builder
		for line := range strings.Lines(text) {
			payload := strings.TrimSuffix(line[9:], "\n")
			fmt.Fprintf(&lines, "%08x %s\n", crc32.Checksum([]byte(payload), crc32.MakeTable(crc32.Castagnoli)), payload)
		}
		text = lines.String()
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
