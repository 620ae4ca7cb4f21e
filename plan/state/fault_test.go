package state

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"setpoint/internal/durable/faultfs"
)

// forEveryOperation runs the apply again and again with the fault at its first
// operation, its second, and so on, until it ends before the fault.
func forEveryOperation(t *testing.T, fault faultfs.Fault, check func(*testing.T, *applied)) {
	for n, fired := 1, true; fired; n++ {
		a := beginRun(t)
		fault.At = n
		a.fsys.Faults = []faultfs.Fault{fault}
		a.run()
		kind, name := a.fsys.Fired()
		fired = kind != ""
		t.Run(fmt.Sprintf("%d %s %s", n, kind, filepath.Ext(name)), func(t *testing.T) { check(t, a) })
		if n > 1_000 {
			t.Fatal("the run does not end")
		}
	}
}

func TestEveryOperationFails(t *testing.T) {
	for name, fault := range map[string]faultfs.Fault{
		"disk full":        {Err: syscall.ENOSPC},
		"disk stays full":  {Err: syscall.ENOSPC, Lasting: true, Kind: faultfs.Write},
		"short write":      {Err: syscall.ENOSPC, Torn: true},
		"disk broken":      {Err: syscall.EIO},
		"flush loses":      {Err: syscall.EIO, Lost: true, Kind: faultfs.Sync},
		"flushes lose":     {Err: syscall.EIO, Lost: true, Kind: faultfs.Sync, Lasting: true},
		"no rename":        {Err: syscall.EACCES, Kind: faultfs.Rename, Lasting: true},
		"folder unflushed": {Err: syscall.EIO, Kind: faultfs.SyncDir, Lasting: true},
		"broken for good":  {Err: syscall.EIO, Lasting: true},
	} {
		t.Run(name, func(t *testing.T) {
			forEveryOperation(t, fault, func(t *testing.T, a *applied) { checkFailed(t, a, fault) })
		})
	}
}

func checkFailed(t *testing.T, a *applied, fault faultfs.Fault) {
	kind, _ := a.fsys.Fired()
	failures := a.failures()
	if kind != "" && len(failures) == 0 && kind != faultfs.Close {
		t.Errorf("%s failed without a word", kind)
	}
	for _, err := range failures {
		a.wantWayOut(t, err)
		if e, _ := errors.AsType[*Error](err); e != nil && e.Kind != KindChanged && !errors.Is(err, fault.Err) {
			t.Errorf("the cause is lost: %v", err)
		}
	}
	if left := a.temporary(t); len(left) > 0 && !(fault.Lasting && fault.Kind == "") {
		t.Errorf("left behind: %v", left)
	}
	a.stateFile(t)
	got := a.reopened(t, a.path)
	a.check(t, got)
	a.checkUnrecorded(t, got)
}

// checkUnrecorded holds what could not be recorded against what the run knows:
// on disk or handed out, nothing is lost.
func (a *applied) checkUnrecorded(t *testing.T, got *State) {
	t.Helper()
	known := a.known()
	found := got
	if a.again != nil {
		found = must(Decode("unrecorded", a.again))
		if found.Lineage != got.Lineage || found.Serial <= got.Serial {
			t.Errorf("lineage %s, serial %d cannot be pushed over serial %d", found.Lineage, found.Serial, got.Serial)
		}
		if a.saved != nil {
			t.Error("the state was saved, and yet something is said to be missing")
		}
	}
	for address, events := range a.events {
		// What needs no call is not lost where it fails: the next run finds it again.
		again := slices.ContainsFunc(events, func(e event) bool { return !e.acked && e.record.ID == 0 })
		if !again && !sameAt(address, found, known) {
			t.Errorf("%q is %+v, but the run knew %+v", address, found.Thermostats[address], known.Thermostats[address])
		}
	}
}

func TestStoppedAtEveryOperation(t *testing.T) {
	for name, fault := range map[string]faultfs.Fault{"between": {Stop: true}, "in a write": {Stop: true, Torn: true}} {
		t.Run(name, func(t *testing.T) {
			forEveryOperation(t, fault, func(t *testing.T, a *applied) {
				a.stateFile(t)
				a.check(t, a.reopened(t, a.path))
			})
		})
	}
}

func TestPowerCutAtEveryOperation(t *testing.T) {
	for _, fault := range []faultfs.Fault{{Stop: true}, {Stop: true, Torn: true}} {
		forEveryOperation(t, fault, func(t *testing.T, a *applied) {
			a.cut(t, 6)
		})
	}
}

// TestPowerCutAfterAFault: the disk fails once, the program goes on, and the
// power goes at the end. What a failed flush left is as uncertain as before.
func TestPowerCutAfterAFault(t *testing.T) {
	for _, fault := range []faultfs.Fault{{Err: syscall.EIO}, {Err: syscall.EIO, Kind: faultfs.SyncDir, Lasting: true}} {
		forEveryOperation(t, fault, func(t *testing.T, a *applied) {
			a.cut(t, 6)
		})
	}
}

// TestPowerCutWhileTakingUp: the run is killed before it flushes the folder,
// the next one takes up what it left, and then the power goes. That one has no
// lock: taking it flushes the folder too.
func TestPowerCutWhileTakingUp(t *testing.T) {
	for killed, done := 1, false; !done; killed++ {
		for cut, ended := 1, false; !ended; cut++ {
			a := beginRun(t)
			a.fsys.Restart(faultfs.Fault{At: killed, Kind: faultfs.SyncDir, Stop: true})
			a.run()
			done = a.saved != nil
			a.fsys.Restart(faultfs.Fault{At: cut, Stop: true})
			s, err := NewStore(a.fsys, a.path, "1.0").Open(context.Background(), OpenOptions{})
			if err == nil {
				_, err = s.Close()
			}
			ended = err == nil
			t.Run(fmt.Sprintf("%d, then %d", killed, cut), func(t *testing.T) { a.cut(t, 16) })
		}
	}
}

// cut checks what several power cuts at this moment can leave. Before an
// operation that only looks, the disk is as it was before the one behind it.
func (a *applied) cut(t *testing.T, times int) {
	t.Helper()
	if kind, _ := a.fsys.Fired(); kind == faultfs.Look || kind == faultfs.Read {
		return
	}
	for seed := range times {
		into := t.TempDir()
		a.fsys.PowerCut(t, rand.New(rand.NewPCG(uint64(seed), uint64(a.fsys.Count("")))), into)
		a.check(t, a.reopened(t, filepath.Join(into, filepath.Base(a.path))))
	}
}
