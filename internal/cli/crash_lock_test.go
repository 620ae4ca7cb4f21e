//go:build unix

package cli_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"setpoint/provider/simulator"
)

// TestCrashTwoApplies starts two applies at once. One has the lock; the other
// fails and names it, or waits and sends nothing. When the holder is killed the
// one that waits goes on at once.
func TestCrashTwoApplies(t *testing.T) {
	slow := simulator.Fault{Module: "*", From: 3, Times: new(int(crashParallel)), Latency: time.Minute}
	h := newCrashHouse(t, rand.New(rand.NewPCG(2, 2)), 0, []simulator.Fault{slow})
	h.write()
	holder := h.start("apply", "--auto-approve")
	holderToken := h.token()
	holder.until(func() bool { return h.cloud.servedTo(holderToken) == 2+crashParallel })

	refused := h.start("apply", "--auto-approve").wait()
	name := fmt.Sprintf("process %d", holder.cmd.Process.Pid)
	if refused.code != 1 || !strings.Contains(refused.stderr, "State locked") || !strings.Contains(refused.stderr, name) {
		t.Errorf("while %s has the lock: exit code %d\n%s", name, refused.code, refused.stderr)
	}
	if n := h.cloud.servedTo(h.token()); n > 0 {
		t.Errorf("without the lock %d calls were sent", n)
	}

	waiting := h.start("apply", "--auto-approve", "--lock-timeout=30s")
	waitingToken := h.token()
	waiting.pause(700 * time.Millisecond) // long enough to have asked for the lock more than once
	select {
	case <-waiting.ended:
		t.Fatalf("it does not wait: %+v", waiting.wait())
	default:
	}
	if n := h.cloud.servedTo(waitingToken); n > 0 {
		t.Errorf("without the lock %d calls were sent", n)
	}
	if n := h.cloud.servedTo(holderToken); n != 2+crashParallel {
		t.Errorf("the holder made %d calls, so it was not stopped in the middle", n)
	}
	holder.kill()
	freed := time.Now()
	if got := waiting.wait(); got.code != 0 || !strings.Contains(got.stdout, "\nApply complete! ") {
		t.Errorf("the one that waited: exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	// It looks for the lock every second at least; the rest is its own run.
	if took := time.Since(freed); took > 10*time.Second {
		t.Errorf("it went on only after %s", took)
	}
	h.check(outcome{})
	h.checkSettled()
	if n := len(h.cloud.Calls()); n > crashSize+crashParallel+1 { // one is the test's own
		t.Errorf("%d calls for %d thermostats, of which %d were in flight at the kill", n, crashSize, crashParallel)
	}
}

// TestCrashManyApplies starts applies all at once, with nobody to be killed:
// whoever gets through does so alone, and no call is made twice.
func TestCrashManyApplies(t *testing.T) {
	h := newCrashHouse(t, rand.New(rand.NewPCG(3, 3)), 5*time.Millisecond, nil)
	h.write()
	processes := make([]*process, 6)
	for i := range processes {
		args := []string{"apply", "--auto-approve"}
		if i%2 == 0 {
			args = append(args, "--lock-timeout=2m")
		}
		processes[i] = h.start(args...)
	}
	for i, p := range processes {
		switch got := p.wait(); {
		case got.code == 0 && (strings.Contains(got.stdout, "\nApply complete! ") || strings.HasPrefix(got.stdout, "No changes.")):
		case i%2 == 1 && got.code == 1 && strings.Contains(got.stderr, "State locked"):
		default:
			t.Errorf("process %d: exit code %d\n%s%s", i, got.code, got.stdout, got.stderr)
		}
	}
	h.check(outcome{})
	h.checkSettled()
	h.settle()
	if left, _ := filepath.Glob(h.path() + ".lock.info"); left != nil {
		t.Errorf("%v still names a holder", left)
	}
}
