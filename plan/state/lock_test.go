package state

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"

	"setpoint/internal/durable"
)

// TestMain lets the test binary be the other process: it opens the state named
// in the environment, records one intent, says so, and waits to be killed.
func TestMain(m *testing.M) {
	path := os.Getenv("SETPOINT_TEST_HOLD")
	if path == "" {
		os.Exit(m.Run())
	}
	s, err := NewStore(durable.OS(), path, "1").Open(context.Background(), OpenOptions{Operation: "apply", Lock: true, Create: true, Getenv: os.Getenv})
	if err == nil {
		_, err = s.Intent(room, entry(device1, 200, ""), false)
	}
	fmt.Println("held", err)
	select {}
}

func TestKilledHolderFreesTheLock(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState())})
	holder := exec.Command(os.Args[0])
	holder.Env = append(os.Environ(), "SETPOINT_TEST_HOLD="+path, "GITHUB_SERVER_URL=https://ci", "GITHUB_REPOSITORY=a/b", "GITHUB_RUN_ID=5")
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held <nil>\n" {
		t.Fatal(line, err)
	}
	_, err = NewStore(durable.OS(), path, "1").Open(context.Background(), OpenOptions{Lock: true})
	e := wantKind(t, err, KindLocked)
	if e.Holder == nil || e.Holder.PID != holder.Process.Pid || e.Holder.Operation != "apply" ||
		e.Holder.JobURL != "https://ci/a/b/actions/runs/5" || !strings.Contains(e.Error(), e.Holder.ID) {
		t.Errorf("holder is %+v in %v", e.Holder, e)
	}
	if snap := must(NewStore(durable.OS(), path, "1").Read()); snap.State.Thermostats[room].Outcome != Unknown {
		t.Errorf("a reader without lock sees %+v", snap)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // killed, so it fails
	s := open(t, path)
	if diff := cmp.Diff(Recovery{InFlight: []string{room}}, s.Recovery()); diff != "" {
		t.Error(diff)
	}
	closed(t, s)
	if found := listing(t, path); len(found) != 2 { // state and backup
		t.Errorf("left over: %v", found)
	}
}

func TestLockTimeout(t *testing.T) {
	for _, tt := range []struct {
		name              string
		freed, timeout    time.Duration
		cancelled, waited time.Duration
		ok                bool
	}{
		{"none", time.Hour, 0, time.Hour, 0, false},
		{"over", time.Hour, 5 * time.Second, time.Hour, 5 * time.Second, false},
		// The waits are 100, 200, 400, 800 ms, then 1 s.
		{"freed in time", 1600 * time.Millisecond, time.Minute, time.Hour, 2500 * time.Millisecond, true},
		{"cancelled", time.Hour, time.Minute, 3 * time.Second, 3 * time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := inFolder(t, map[string]string{"": encoded(t, baseState())})
			synctest.Test(t, func(t *testing.T) {
				held := flock.New(path + lockSuffix)
				if ok, err := held.TryLock(); !ok || err != nil {
					t.Fatal(ok, err)
				}
				time.AfterFunc(tt.freed, func() { _ = held.Unlock() })
				ctx, cancel := context.WithTimeout(context.Background(), tt.cancelled)
				defer cancel()
				start := time.Now()
				s, err := NewStore(durable.OS(), path, "1").Open(ctx, OpenOptions{Lock: true, LockTimeout: tt.timeout})
				if waited := time.Since(start); waited != tt.waited {
					t.Errorf("waited %s, want %s", waited, tt.waited)
				}
				if tt.ok {
					if err != nil {
						t.Fatal(err)
					}
					closed(t, s)
					return
				}
				if e := wantKind(t, err, KindLocked); e.Holder != nil || errors.Is(err, context.DeadlineExceeded) != (tt.name == "cancelled") {
					t.Errorf("%v", err)
				}
			})
		})
	}
}

func TestLeftOverInfoMeansNothing(t *testing.T) {
	path := inFolder(t, map[string]string{"": encoded(t, baseState()), infoSuffix: `{"id":"x"}`, lockSuffix: ""})
	closed(t, open(t, path))
	if found := listing(t, path); len(found) != 1 {
		t.Errorf("left over: %v", found)
	}
}

func TestRefusedOpenFreesTheLock(t *testing.T) {
	path := inFolder(t, map[string]string{"": "damaged"})
	for range 2 {
		_, err := NewStore(durable.OS(), path, "1").Open(context.Background(), OpenOptions{Lock: true})
		wantKind(t, err, KindNotJSON)
	}
}

func TestJobURL(t *testing.T) {
	for want, env := range map[string]map[string]string{
		"":      {"GITHUB_SERVER_URL": "https://x"},
		"lab":   {"CI_JOB_URL": "lab", "BUILD_URL": "jenkins"},
		"build": {"BUILD_URL": "build"},
	} {
		if got := jobURL(func(name string) string { return env[name] }); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// BenchmarkAppend shows that a record costs the same whatever came before it.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := house(n)
			for b.Loop() {
				b.StopTimer()
				s := open(b, inFolder(b, nil))
				must(0, s.Put(room, entry(device1, 200, Observed)))
				must(0, s.journal.file.Close())
				s.journal.file = &slowFile{} // the disk's own time is another matter
				b.StartTimer()
				for address, e := range h.Thermostats {
					if err := s.Put(address, e); err != nil {
						b.Fatal(err)
					}
				}
				b.StopTimer()
				must(0, s.lock.release())
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/record")
		})
	}
}

// TestOpenRemovesLeftovers: what a process killed in the middle of a save left
// is gone once somebody holds the lock; reading leaves it alone.
func TestOpenRemovesLeftovers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s.json")
	left := filepath.Join(dir, ".s.json.123456.tmp")
	if err := os.WriteFile(left, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	store := NewStore(durable.OS(), path, "0.1.0")
	if _, err := store.Read(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err != nil {
		t.Fatalf("reading removed it: %v", err)
	}
	session, err := store.Open(t.Context(), OpenOptions{Lock: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	if _, err := session.Close(); err != nil {
		t.Fatal(err)
	}
}
