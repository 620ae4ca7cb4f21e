package report_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/mattn/go-runewidth"
	"pgregory.net/rapid"

	"setpoint/apply"
	"setpoint/apply/report"
	"setpoint/plan"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

func busy() error { return &provider.Error{Kind: provider.KindBusy, StatusCode: 486} }

func limited() error { return &provider.Error{Kind: provider.KindRateLimited, StatusCode: 429} }

// house is the view of a run of 40 steps with a call and 2 without.
func house(policy dispatch.Policy, verifying bool, dependsOn ...string) (*report.Live, []plan.Step) {
	p := &plan.Plan{}
	for i := range 43 {
		s := step(fmt.Sprintf("room%d", i), plan.Change)
		if i == 1 {
			s.DependsOn = dependsOn
		}
		switch {
		case i == 42:
			s = step("still", plan.NoOp)
		case i >= 40:
			s = step(fmt.Sprintf("gone%d", i), plan.Forget)
		}
		p.Steps = append(p.Steps, *s)
	}
	return report.NewLiveRun(p, policy, verifying), p.Steps
}

func after(seconds float64) time.Time {
	return reference.Add(time.Duration(seconds * float64(time.Second)))
}

func came(s *plan.Step, outcome apply.Outcome) apply.Settled {
	return apply.Settled{Result: apply.Result{Step: s, Outcome: outcome}}
}

func looks(t *testing.T, l *report.Live, at float64, columns, rows int, want string) {
	t.Helper()
	same(t, want, strings.Join(l.Lines(after(at), columns, rows), "\n")+"\n")
}

// midway is a run in which everything has happened that a person waits for.
func midway() *report.Live {
	l, steps := house(dispatch.Policy{RateLimit: 2, Parallelism: 10}, false)
	for i := range 12 {
		l.Observe(apply.Started{Step: &steps[i], Attempt: 1}, after(0))
	}
	for i := range 4 {
		l.Observe(came(&steps[i], apply.Applied), after(1))
	}
	l.Observe(came(&steps[4], apply.Failed), after(1))
	l.Observe(came(&steps[5], apply.Unknown), after(1))
	l.Observe(apply.Retrying{Step: &steps[6], Err: busy(), Wait: 41 * time.Second}, after(1))
	l.Observe(apply.Retrying{Step: &steps[7], Err: busy(), Wait: 30 * time.Second}, after(1))
	l.Observe(apply.Retrying{Step: &steps[8], Err: offline(), Wait: 500 * time.Millisecond}, after(1))
	l.Observe(apply.Retrying{Step: &steps[9], Err: limited(), Wait: 5 * time.Second}, after(1))
	l.Observe(apply.Paused{Until: after(6), Err: limited()}, after(1))
	return l
}

func TestLive(t *testing.T) {
	l := midway()
	looks(t, l, 1.2, 80, 9, `
Applying: 4 of 42 done, 1 failed, 1 unknown, about 42 s left at 2 a second
  in flight: room10 1 s, room11 1 s
  all calls pause for 5 s: rate limit
  waiting (offline): room8 1 s
  waiting (busy): room7 30 s, room6 41 s
`)
	looks(t, l, 40, 80, 9, `
Applying: 4 of 42 done, 1 failed, 1 unknown, about 17 s left at 2 a second
  in flight: room10 40 s, room11 40 s
  waiting (offline): room8
  waiting (busy): room7, room6 2 s
`)
	looks(t, l, 1.2, 40, 9, `
4 of 42 done, 1 failed, 1 unknown
  in flight: room10 1 s, room11 1 s
  all calls pause for 5 s: rate limit
  offline: room8 1 s
  busy: room7 30 s, room6 41 s
`)
	looks(t, l, 1.2, 20, 9, `
4 of 42 done, 1 fai…
  in flight: 2, 1 s
  all calls pause f…
  offline: room8 1 s
  busy: 2, 30 s
`)
	looks(t, l, 1.2, 80, 2, `
Applying: 4 of 42 done, 1 failed, 1 unknown, about 42 s left at 2 a second
  in flight: room10 1 s, room11 1 s
`)
	looks(t, l, 1.2, 9, 9, "4 of 42 …\n")
	for _, room := range [][2]int{{0, 0}, {80, 0}, {-1, -1}} {
		if lines := l.Lines(after(1), room[0], room[1]); len(lines) != 0 {
			t.Errorf("%v: %q", room, lines)
		}
	}
}

// After an interrupt nothing is waited for but the calls in flight.
func TestLiveInterrupted(t *testing.T) {
	l := midway()
	l.Stop()
	looks(t, l, 1.2, 80, 9, `
Applying: 4 of 42 done, 1 failed, 1 unknown, ending
  in flight: room10 1 s, room11 1 s
`)
}

// A time is said where it is known: by the rate limit, or after some answers.
func TestLiveTimeLeft(t *testing.T) {
	head := func(l *report.Live, at float64) string { return l.Lines(after(at), 100, 1)[0] }
	equal := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, not %q", what, got, want)
		}
	}
	l, _ := house(dispatch.Policy{RateLimit: 2, Parallelism: 10}, false)
	equal("paced", head(l, 0), "Applying: 0 of 42 done, about 20 s left at 2 a second")
	l, _ = house(dispatch.Policy{RateLimit: 2, Parallelism: 10}, false, "thermostat.room0")
	equal("chained", head(l, 0), "Applying: 0 of 42 done, at least 20 s left at 2 a second")
	l.Pause(after(7))
	equal("paused", head(l, 0), "Applying: 0 of 42 done, at least 27 s left at 2 a second")

	l, steps := house(dispatch.Policy{Parallelism: 2}, false)
	equal("no pace", head(l, 0), "Applying: 0 of 42 done")
	for i := range 20 {
		equal("too few answers", head(l, float64(i)), fmt.Sprintf("Applying: %d of 42 done", i))
		l.Observe(apply.Started{Step: &steps[i], Attempt: 1}, after(float64(i)))
		l.Observe(came(&steps[i], apply.Applied), after(float64(i+1)))
	}
	equal("no pace, 20 calls of 1 s, 2 at once", head(l, 20), "Applying: 20 of 42 done, about 11 s left")
	for i := range 19 {
		l.Observe(came(&steps[20+i], apply.Applied), after(21))
	}
	equal("soon", head(l, 21), "Applying: 39 of 42 done")
}

// Steps without a call come last and need no time; what is read back has its own count.
func TestLiveReadingBack(t *testing.T) {
	l, steps := house(dispatch.Policy{RateLimit: 2, Parallelism: 10}, true)
	for i := range 40 {
		l.Observe(apply.Started{Step: &steps[i], Attempt: 1}, after(0))
		l.Observe(came(&steps[i], apply.Applied), after(0))
	}
	for i := range 12 {
		l.Observe(apply.Verified{Result: apply.Result{Step: &steps[i], Outcome: apply.Applied}}, after(1))
	}
	looks(t, l, 2, 80, 9, "Applying: 40 of 42 done, reading back: 12 of 40\n")
}

// Names that begin alike are cut at their beginning.
func TestLiveLongNames(t *testing.T) {
	l := report.NewLive("Reading", "", dispatch.Policy{Parallelism: 10})
	l.Foresee(3, 0)
	for _, key := range []string{"ground floor, the hall", "kitchen", "温度計"} {
		l.Start(key, fmt.Sprintf("module.house.thermostat.room[%q]", key), after(0))
	}
	looks(t, l, 0, 44, 9, `
Reading: 0 of 3
  in flight: …ound floor, the hall"], 2 more
`)
	looks(t, l, 0, 24, 9, `
Reading: 0 of 3
  in flight: 3
`)
	l.Foresee(5, 0)
	looks(t, l, 0, 80, 9, "Reading: 0 of 5\n  in flight: none\n")
}

// More reasons than there is room for are counted.
func TestLiveManyReasons(t *testing.T) {
	l, steps := house(dispatch.Policy{Parallelism: 10}, false)
	for i, kind := range []provider.Kind{provider.KindBusy, provider.KindTimeout, provider.KindInterrupted, provider.KindUnreachable, provider.KindServer} {
		l.Observe(apply.Retrying{Step: &steps[i], Err: &provider.Error{Kind: kind}, Wait: time.Duration(i+1) * time.Minute}, after(0))
	}
	l.Observe(apply.Retrying{Step: &steps[9], Err: errors.New("?"), Wait: time.Hour}, after(0))
	looks(t, l, 0, 80, 9, `
Applying: 0 of 42 done
  in flight: none
  waiting (busy): room0 60 s
  waiting (thermostat not reached in time): room1 2 min
  waiting (connection lost): room2 3 min
  3 more wait for other reasons
`)
}

// TestLiveFits: whatever happens, the lines are as many and as wide as there is
// room for, and nothing in them moves the cursor.
func TestLiveFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := report.NewLive("Reading", "done", dispatch.Policy{RateLimit: rapid.Float64Range(0, 5).Draw(t, "rate"), Parallelism: 3})
		l.Foresee(rapid.IntRange(0, 20000).Draw(t, "calls"), rapid.IntRange(0, 3).Draw(t, "more"))
		now := reference
		for range rapid.IntRange(0, 30).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "later")))
			name := rapid.StringN(0, 30, -1).Draw(t, "name")
			err := &provider.Error{Kind: rapid.SampledFrom(provider.Kinds()).Draw(t, "kind")}
			switch rapid.IntRange(0, 3).Draw(t, "event") {
			case 0:
				l.Start(name, name, now)
			case 1:
				l.Retry(name, name, err, time.Duration(rapid.Int64().Draw(t, "wait")), now)
			case 2:
				l.Pause(now.Add(time.Hour))
			case 3:
				l.Settle(name, rapid.SampledFrom([]apply.Outcome{apply.Applied, apply.Failed, apply.Unknown, apply.NotAttempted, apply.Expired}).Draw(t, "outcome"), true, now)
			}
		}
		columns, rows := rapid.IntRange(-1, 130).Draw(t, "columns"), rapid.IntRange(-1, 9).Draw(t, "rows")
		lines := l.Lines(now, columns, rows)
		if len(lines) > max(rows, 0) {
			t.Fatalf("%d lines in %d rows", len(lines), rows)
		}
		for _, line := range lines {
			if got := runewidth.StringWidth(line); got > max(columns, 0) {
				t.Fatalf("%d columns in %d: %q", got, columns, line)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Fatalf("%q", line)
			}
		}
	})
}

func TestNotable(t *testing.T) {
	again, retried := result("a", apply.Applied, 1, nil), result("a", apply.Applied, 2, nil)
	other := provider.Settings{Function: provider.Heating, Mode: provider.Off}
	back := retried
	back.Back = &other
	for i, c := range []struct {
		event apply.Event
		want  bool
	}{
		{apply.Started{Step: again.Step}, false}, {apply.Retrying{Step: again.Step, Err: busy()}, false}, {apply.Paused{}, false},
		{apply.Settled{Result: again}, false}, {apply.Settled{Result: retried}, true},
		{apply.Settled{Result: result("a", apply.Failed, 1, server())}, true}, {apply.Settled{Result: result("a", apply.Unknown, 1, server())}, true},
		{apply.Settled{Result: result("a", apply.Expired, 0, apply.ErrTooLate)}, true},
		{apply.Settled{Result: because("a", "b")}, true}, {apply.Settled{Result: result("a", apply.NotAttempted, 0, nil)}, false},
		{apply.Verified{Result: retried}, false}, {apply.Verified{Result: back}, true},
	} {
		if got := report.Notable(c.event); got != c.want {
			t.Errorf("%d: %+v: %t", i, c.event, got)
		}
	}
}

// TestPauses: ten calls in flight that are refused within a moment tell of one pause.
func TestPauses(t *testing.T) {
	var p report.Pauses
	var told []string
	for _, c := range []struct{ at, until float64 }{
		{0, 10}, {0.1, 10.1}, {0.2, 10.2}, {3, 13}, // each asks for ten seconds from then on
		{3, 40},    // news
		{41, 41.5}, // another one
		{41.1, 41.9}, {41.2, 42.6},
	} {
		if line := p.Line(after(c.until), limited(), after(c.at)); line != "" {
			told = append(told, fmt.Sprintf("%v: %s", c.at, line))
		}
	}
	same(t, `
0: All calls pause for 10 s: 429 rate limit exceeded
3: All calls pause for 37 s: 429 rate limit exceeded
41: All calls pause for 500 ms: 429 rate limit exceeded
41.2: All calls pause for 1.4 s: 429 rate limit exceeded
`, strings.Join(told, "\n")+"\n")
}
