//go:build unix

package cli_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// A crash test kills the real program and then holds what it left behind
// against the simulated cloud's own record of the calls. What is random follows
// from the seed, as far as the timing of processes allows.
var (
	crashKills = flag.Int("crash.kills", 100, "how often TestCrash kills the program")
	crashSeed  = flag.Uint64("crash.seed", 0, "repeat the choices of an earlier TestCrash; 0: new ones")
)

const (
	killsPerHouse  = 25
	housesAtOnce   = 4
	crashParallel  = 10 // calls in flight, of one run
	mostFinalTries = 6  // undisturbed runs until the faults let everything through
)

// TestCrash applies changing configurations of 60 thermostats to a cloud with
// latency and faults, kills the program with SIGKILL at random moments, and
// checks after every kill and after every undisturbed run what check and
// checkSettled say.
func TestCrash(t *testing.T) {
	seed := *crashSeed
	if seed == 0 {
		seed = rand.Uint64N(1 << 32)
	}
	t.Logf("to repeat: -crash.kills=%d -crash.seed=%d", *crashKills, seed)
	began := time.Now()
	usual := rehearse(t)
	var (
		group sync.WaitGroup
		turn  = make(chan struct{}, housesAtOnce)
		mu    sync.Mutex
		total tally
	)
	for n := 0; n*killsPerHouse < *crashKills; n++ {
		group.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			t.Run(fmt.Sprintf("house%d", n), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(seed, uint64(n)))
				h := newCrashHouse(t, rng, 5*time.Millisecond, randomFaults(rng))
				h.usual = usual
				h.live(min(killsPerHouse, *crashKills-n*killsPerHouse))
				mu.Lock()
				defer mu.Unlock()
				total.add(h.tally)
			})
		})
	}
	group.Wait()
	t.Logf("%s; a run took %s; in %s", &total, usual.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
}

// tally counts what happened.
type tally struct {
	kills                      int
	before, inCalls, inClose   int // where they hit
	runs, incomplete           int // undisturbed, and those that were to be repeated
	calls, inFlight, unknown   int // arrived; without result at a kill; entries of unknown outcome after a kill
	extra, versions, completed int // calls beyond what was needed; of the configuration
	journals, temporaries      int // journals found at a kill; temporary files at the end
}

func (c *tally) add(o tally) {
	c.kills += o.kills
	c.before += o.before
	c.inCalls += o.inCalls
	c.inClose += o.inClose
	c.runs += o.runs
	c.incomplete += o.incomplete
	c.calls += o.calls
	c.inFlight += o.inFlight
	c.unknown += o.unknown
	c.extra += o.extra
	c.versions += o.versions
	c.completed += o.completed
	c.journals += o.journals
	c.temporaries += o.temporaries
}

func (c *tally) String() string {
	return fmt.Sprintf("%d kills: %d before the first call, %d in calls, %d in close; %d calls, %d in flight at a kill, "+
		"%d entries unknown after one, %d extra calls; %d configurations, %d completed by %d undisturbed runs, %d of them to be repeated; "+
		"%d journals and %d temporary files left by kills",
		c.kills, c.before, c.inCalls, c.inClose, c.calls, c.inFlight,
		c.unknown, c.extra, c.versions, c.completed, c.runs, c.incomplete, c.journals, c.temporaries)
}

// rehearse measures a run that nobody disturbs.
func rehearse(t *testing.T) time.Duration {
	h := newCrashHouse(t, rand.New(rand.NewPCG(1, 1)), 5*time.Millisecond, nil)
	h.write()
	began := time.Now()
	if got := h.start("apply", "--auto-approve").wait(); got.code != 0 {
		t.Fatalf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	return time.Since(began)
}

// live goes through configurations: each is applied and killed a few times in
// a row and then, mostly, applied in peace. Where it is not, or a run was
// quicker than its killer, the next one follows.
func (h *crashHouse) live(kills int) {
	for h.tally.kills < kills && !h.t.Failed() {
		h.write()
		h.tally.versions++
		complete := false
		for goal := min(kills, h.tally.kills+1+h.rng.IntN(5)); !complete && h.tally.kills < goal && !h.t.Failed(); {
			complete = h.applyAndKill()
		}
		if !complete && (h.rng.IntN(10) < 7 || h.tally.kills >= kills) {
			h.applyInPeace()
		}
		h.countExtra()
		h.change()
	}
	h.tally.temporaries = h.temporaries()
	h.tally.calls = len(h.cloud.Calls())
}

// applyAndKill tells whether the run was quicker and did everything.
func (h *crashHouse) applyAndKill() (complete bool) {
	moment := h.chooseMoment()
	p := h.start("apply", "--auto-approve")
	moment(p)
	return h.ended(p.kill())
}

// applyInPeace applies until nothing is left to do. Faults may keep a run from
// that, but not many in a row.
func (h *crashHouse) applyInPeace() {
	for range mostFinalTries {
		began := time.Now()
		complete := h.ended(h.start("apply", "--auto-approve").wait())
		h.tally.runs++
		if complete {
			h.usual = time.Since(began)
			return
		}
		h.tally.incomplete++
	}
	h.t.Errorf("not done after %d undisturbed runs", mostFinalTries)
}

// ended checks what a run left behind, and tells whether it did everything.
func (h *crashHouse) ended(got outcome) (complete bool) {
	h.t.Helper()
	if !got.killed && got.code != 0 && got.code != 4 { // a stuck lock would be 1
		h.t.Errorf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	h.check(got)
	if got.code != 0 {
		return false
	}
	if !strings.Contains(got.stdout, "\nApply complete! ") && !strings.HasPrefix(got.stdout, "No changes.") {
		h.t.Errorf("a run that did everything ended with\n%s%s", got.stdout, got.stderr)
	}
	h.checkSettled()
	h.settle()
	return true
}

// process is one run of the program.
type process struct {
	t              *testing.T
	cmd            *exec.Cmd
	stdout, stderr strings.Builder
	ended          chan struct{}
}

// outcome is how a process ended.
type outcome struct {
	stdout, stderr string
	code           int
	killed         bool
}

// startProgram runs the test binary as setpoint, which is how TestMain knows it.
func startProgram(t *testing.T, dir, token string, environ []string, args ...string) *process {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: exec.Command(binary), ended: make(chan struct{})}
	p.cmd.Args = append([]string{"setpoint"}, args...)
	p.cmd.Dir = dir
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	p.cmd.Env = append(os.Environ(), "SMARTHER_SUBSCRIPTION_KEY=key", "SMARTHER_ACCESS_TOKEN="+token, "CI=", "GITHUB_ACTIONS=", "GITLAB_CI=", "TZ=UTC",
		"GORACE=atexit_sleep_ms=0") // the race detector's pause at the end would be most of a run
	p.cmd.Env = append(p.cmd.Env, environ...)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		var failed *exec.ExitError
		if err := p.cmd.Wait(); err != nil && !errors.As(err, &failed) {
			t.Errorf("wait for %v: %v", args, err)
		}
	}()
	t.Cleanup(func() { p.kill() })
	return p
}

func (p *process) signal(s os.Signal) {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Errorf("%s: %v", s, err)
	}
}

func (p *process) kill() outcome {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Errorf("kill: %v", err)
	}
	return p.wait()
}

func (p *process) wait() outcome {
	<-p.ended
	code := p.cmd.ProcessState.ExitCode()
	return outcome{p.stdout.String(), p.stderr.String(), code, code == -1}
}

// pause waits, but not beyond the end of the process.
func (p *process) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.ended:
	}
}

// until looks often whether it is so, until the process ends.
func (p *process) until(so func() bool) {
	for !so() {
		select {
		case <-p.ended:
			return
		case <-time.After(100 * time.Microsecond):
		}
	}
}
