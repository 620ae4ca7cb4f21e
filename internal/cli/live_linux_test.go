package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/mattn/go-runewidth"

	"setpoint/provider/simulator"
)

// watched is the program at a terminal.
type watched struct {
	t      *testing.T
	cmd    *exec.Cmd
	person *os.File
	shown  *screen
	read   chan struct{} // closed when all that was written is shown
}

// watch applies a house of 12 thermostats, whose calls take a while: the third is
// offline, and somebody stands at the fifth.
func watch(t *testing.T, environ ...string) *watched {
	t.Helper()
	cloud := newCrashCloud(t, simulator.Options{Latency: 250 * time.Millisecond, Faults: []simulator.Fault{
		{Module: moduleID(3), Offline: true, Times: new(int)}, {Module: moduleID(5), Status: 486},
	}}, "Europe/Rome", 12)
	dir := t.TempDir()
	configuration := fmt.Sprintf(`provider "smarther" {
  endpoint    = %q
  rate_limit  = 0
  parallelism = 2
  retry {
    min_wait  = "1ms"
    busy_wait = "1s"
  }
}

thermostat "room" {
  count     = 12
  plant_id  = %q
  module_id = format("2a9d5c0f-0000-4000-8000-%%012d", count.index + 1)
  function  = "heating"
  mode      = "manual"
  setpoint  = 20
}
`, cloud.endpoint(), crashPlant)
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	terminal, person := openTerminal(t)
	w := &watched{t: t, cmd: exec.Command(binary), person: person, shown: &screen{}, read: make(chan struct{})}
	w.cmd.Args = []string{"setpoint", "apply", "--auto-approve", "--new-state"}
	w.cmd.Dir, w.cmd.Stdout, w.cmd.Stderr = dir, terminal, terminal
	w.cmd.Env = append(os.Environ(), "SMARTHER_SUBSCRIPTION_KEY=key", "SMARTHER_ACCESS_TOKEN=token", "CI=", "GITHUB_ACTIONS=", "GITLAB_CI=", "TERM=xterm", "NO_COLOR=1", "GORACE=atexit_sleep_ms=0")
	w.cmd.Env = append(w.cmd.Env, environ...)
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as a shell starts it
	w.resize(80)
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.cmd.Process.Kill() }) // where it has not ended
	if err := terminal.Close(); err != nil {
		t.Error(err)
	}
	go func() {
		defer close(w.read)
		buffer := make([]byte, 4096)
		for {
			n, err := person.Read(buffer)
			if err != nil {
				return // the program has ended
			}
			_, _ = w.shown.Write(buffer[:n])
		}
	}()
	return w
}

func (w *watched) resize(columns uint16) {
	w.t.Helper()
	size := [4]uint16{24, columns}
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, w.person.Fd(), syscall.TIOCSWINSZ, uintptr(unsafe.Pointer(&size))); errno != 0 {
		w.t.Fatal(errno)
	}
}

// until waits until it is so.
func (w *watched) until(what string, so func(shown string) bool) {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !so(w.shown.String()); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("not %s:\n%q", what, w.shown.String())
		}
	}
}

// ends waits for the end, and gives all that was shown.
func (w *watched) ends(code int) string {
	w.t.Helper()
	_ = w.cmd.Wait() // the exit code says it
	if got := w.cmd.ProcessState.ExitCode(); got != code {
		w.t.Errorf("exit code %d, not %d:\n%s", got, code, w.shown)
	}
	<-w.read
	return w.shown.String()
}

func drawn(shown string) bool {
	return strings.Contains(shown, "Applying: ") && strings.Contains(shown, "  in flight: room[")
}

// erased is what is shown after the view was last taken away.
func erased(shown string) string { return shown[strings.LastIndex(shown, "\r\x1b[J")+1:] }

// On a terminal there is a view while calls are made, as wide as the terminal is
// at that moment; the lines that matter stay, and in the end nothing else does.
func TestLiveOnATerminal(t *testing.T) {
	w := watch(t)
	w.until("drawn", drawn)
	w.resize(30)
	w.until("cut", regexp.MustCompile("\x1b\\[\\?7l[0-9]+ of 12 done").MatchString)
	wide := w.shown.String()
	shown := w.ends(4)
	for _, line := range regexp.MustCompile("\x1b\\[[?0-9]*[a-zA-Z]|\r|\n").Split(shown[len(wide):strings.LastIndex(shown, "\r\x1b[J")], -1) {
		if runewidth.StringWidth(line) > 29 && !strings.HasPrefix(line, "thermostat.") {
			t.Errorf("too wide: %q", line)
		}
	}
	for text, times := range map[string]int{
		"thermostat.room[2]: failed, after 2 attempts: 404": 1, "thermostat.room[4]: done after ": 1, "and 2 attempts\r\n": 1,
		"busy: room[4]": -1, "thermostat.room[0]": 0, "setting to": 0, "\x1b[?25l": 0,
	} {
		if n := strings.Count(shown, text); n != times && (times >= 0 || n == 0) {
			t.Errorf("%q is shown %d times:\n%q", text, n, shown)
		}
	}
	if rest := erased(shown); !strings.Contains(rest, "\r\n11 applied, 0 unchanged, 1 failed, ") || strings.Contains(rest, "\x1b[?7l") {
		t.Errorf("the account does not stand alone: %q", rest)
	}
	if strings.Count(shown, "\x1b[?7l") != strings.Count(shown, "\x1b[?7h") {
		t.Errorf("wrapping is left off: %q", shown)
	}
}

// Stopped from the keyboard it leaves a clean terminal, and shows the view again
// when it goes on; interrupted, what is said of that stands above the view.
func TestLiveSuspendedAndInterrupted(t *testing.T) {
	w := watch(t)
	w.until("drawn", drawn)
	if err := w.cmd.Process.Signal(syscall.SIGTSTP); err != nil {
		t.Fatal(err)
	}
	w.until("stopped", func(string) bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.cmd.Process.Pid))
		return err == nil && strings.Contains(string(stat), ") T ")
	})
	w.until("erased", func(shown string) bool { return erased(shown) == "\x1b[J" })
	before := len(w.shown.String())
	if err := w.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	w.until("drawn again", func(shown string) bool { return strings.Contains(shown[before:], "Applying: ") })
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	w.until("interrupted", func(shown string) bool {
		return strings.Contains(shown, "\r\x1b[J\r\nInterrupted: nothing new is sent")
	})
	if rest := erased(w.ends(130)); !strings.Contains(rest, " applied, ") {
		t.Errorf("the account does not stand alone: %q", rest)
	}
}

// A pipeline, and a terminal that cannot move its cursor, get plain lines.
func TestPlainOnATerminal(t *testing.T) {
	for _, setting := range []string{"CI=true", "TERM=dumb"} {
		w := watch(t, setting)
		if shown := w.ends(4); strings.Contains(shown, "\x1b") || !strings.Contains(shown, "thermostat.room[0]: done after ") {
			t.Errorf("%s: %q", setting, shown)
		}
	}
}
