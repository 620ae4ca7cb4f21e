package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/config/diag"
	"setpoint/internal/scripttest"
	"setpoint/plan"
	"setpoint/plan/render"
)

const streamSchema = "../../testdata/stream.schema.json"

// full is a stream that takes some bytes and no more.
type full struct {
	has  bytes.Buffer
	room int
}

func (f *full) Write(b []byte) (int, error) {
	n, _ := f.has.Write(b[:min(len(b), f.room)])
	f.room -= n
	if n < len(b) {
		return n, errors.New("no space left on device")
	}
	return n, nil
}

// jsonOf shows events as JSON on a stream and returns what the last one failed with.
func jsonOf(out *full, errs *bytes.Buffer, events ...event) error {
	a := &app{System: System{Stdout: out, Stderr: errs}}
	a.showAsLines(true)
	var err error
	for _, e := range events {
		err = a.show(e)
	}
	return err
}

func TestUnrecordedAsJSON(t *testing.T) {
	known := unrecorded{[]byte("{\n  \"version\": 1,\n  \"lineage\": \"<x>\"\n}"), true}
	var errs bytes.Buffer
	out := &full{room: 1 << 20}
	if err := jsonOf(out, &errs, known); err != nil || errs.Len() > 0 {
		t.Fatalf("%v, %s", err, &errs)
	}
	text, err := scripttest.Stream(streamSchema, out.has.Bytes())
	if err != nil || !strings.HasSuffix(text, `"type":"unrecorded_state","state":{"version":1,"lineage":"<x>"}}`+"\n") {
		t.Errorf("%v: %s", err, text)
	}
	out = &full{room: 200} // the first line, and not the second
	_ = jsonOf(out, &errs, known)
	if !strings.Contains(errs.String(), "then: setpoint state push known.json\n\n"+string(known.known)) {
		t.Errorf("what the run knows is lost: %s", &errs)
	}
}

// After a line that could not be written whole there is no other, and what
// there is to say goes to standard error.
func TestJSONOnAFullDisk(t *testing.T) {
	var errs bytes.Buffer
	out := &full{room: 200}
	wrong := diagnosed{list: diag.List{{Severity: diag.Error, Summary: "Wrong", Detail: "Mend it."}}}
	err := jsonOf(out, &errs, started{"apply"}, stateAbsent{"setpoint.state.json"}, wrong, planned{Plan: &plan.Plan{}})
	var failed *exitError
	if !errors.As(err, &failed) || failed.code != codeError || failed.diags[0].Summary != "Answer not written" {
		t.Errorf("a plan that cannot be written: %v", err)
	}
	if again := jsonOf(&full{}, new(bytes.Buffer), started{"apply"}, planned{Plan: &plan.Plan{}}, ended{codeError}); again != nil {
		t.Errorf("told twice: %v", again)
	}
	if out.has.Len() != 200 || !strings.Contains(errs.String(), "Error: Wrong") {
		t.Errorf("standard output:\n%s\nstandard error:\n%s", &out.has, &errs)
	}
}

// An interrupt is told without waiting for a reader who does not read.
func TestJSONInterruptDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls, breakOff := context.WithCancel(t.Context())
		stream := stuck{make(chan struct{})}
		a := &app{System: System{Stdout: stream, Stderr: new(bytes.Buffer)}}
		a.showAsLines(true)
		n := newNotes(a.view.progress(), calls)
		a.tell(watched{n})
		for len(n.queue) < cap(n.queue) {
			n.offer("{}\n")
			synctest.Wait()
		}
		start := time.Now()
		a.tell(interrupted{time.Minute})
		a.tell(brokenOff{})
		if took := time.Since(start); took != 0 {
			t.Errorf("it took %s", took)
		}
		breakOff()
		close(stream.released)
		close(n.queue)
	})
}

// An interrupt that comes before anything else does not take the first line's place.
func TestJSONInterruptComesFirst(t *testing.T) {
	out := &full{room: 1 << 20}
	a := &app{System: System{Stdout: out, Stderr: new(bytes.Buffer)}}
	a.showAsLines(true)
	n := newNotes(a.view.progress(), t.Context())
	a.tell(watched{n})
	a.tell(interrupted{time.Minute})
	n.flush()
	close(n.queue)
	if _, err := scripttest.Stream(streamSchema, out.has.Bytes()); err != nil {
		t.Error(err)
	}
}

// Observers are told the same as the view, also what ends the command, and what
// goes wrong with one of them counts.
func TestObservers(t *testing.T) {
	var heard []event
	var errs bytes.Buffer
	a := &app{System: System{Stdout: &full{}, Stderr: &errs}}
	a.view = &textView{app: a}
	a.observers = []observer{hearing{&heard, nil}, hearing{&heard, failWith(codeIncomplete, "Report not written", "No room.")}}
	err := a.show(planned{Plan: &plan.Plan{}})
	var failed *exitError
	if !errors.As(err, &failed) || failed.code != codeError || len(failed.diags) != 2 || failed.diags[1].Summary != "Report not written" {
		t.Errorf("%v, %+v", err, failed)
	}
	if len(heard) != 2 {
		t.Errorf("heard %v", heard)
	}
}

type hearing struct {
	heard *[]event
	fails error
}

func (h hearing) observe(e event) error {
	*h.heard = append(*h.heard, e)
	return h.fails
}

// When to come back outlives that something else went wrong, too.
func TestTogetherKeepsWhenToComeBack(t *testing.T) {
	quota := &exitError{codeQuota, diag.List{{Severity: diag.Error, Summary: "Quota used up"}}, render.Retry{After: 60}}
	var both *exitError
	if err := together(nil, quota, fail("Lock not released", "Gone.")); !errors.As(err, &both) || both.code != codeQuota || both.retry.After != 60 || len(both.diags) != 2 {
		t.Errorf("%+v", both)
	}
	if err := together(quota, errors.New("no room")); !errors.As(err, &both) || both.code != codeQuota || len(both.diags) != 2 || both.diags[1].Summary != "No room" {
		t.Errorf("an error without a code: %+v", both)
	}
	if err := together(nil, nil); err != nil {
		t.Errorf("%#v of nothing", err)
	}
	if len(quota.diags) != 1 {
		t.Errorf("what was joined has changed: %+v", quota)
	}
}

// Nor do the numbers at the end of a run that was interrupted.
func TestJSONNumbersDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stream := stuck{make(chan struct{})}
		a := &app{System: System{Stdout: stream, Stderr: new(bytes.Buffer)}}
		a.showAsLines(true)
		a.tell(started{"apply"})
		start := time.Now()
		if code := a.end(nil, codeInterrupted); code != codeInterrupted || time.Since(start) > lastWords {
			t.Errorf("code %d after %s", code, time.Since(start))
		}
		close(stream.released)
	})
}
