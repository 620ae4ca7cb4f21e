package report

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"setpoint/apply"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/provider"
)

// Lines writes the events and the account of a run as lines of a stream. Each
// step that is begun has one apply_start and then one apply_complete or
// apply_errored; as long as it is neither, an apply_progress every ten seconds.
//
// It must be closed. Its methods may be used by several goroutines.
type Lines struct {
	stream *render.Stream
	locate func(diag.Diagnostic) diag.Diagnostic
	words  *Progress // says in a sentence what it would write as text

	mu      sync.Mutex
	waiting []*waiting // by the time when they are to be told of again
	steps   map[*plan.Step]*waiting
	timer   *time.Timer
}

// waiting is a step that was begun and is not done.
type waiting struct {
	step  *plan.Step
	began time.Time
	next  time.Time
	done  bool
}

// progressEvery is how often a step that goes on is told of.
const progressEvery = 10 * time.Second

// NewLines writes to a stream. The reference instant is the plan's; locate adds to
// a diagnostic the place where its thermostat is declared.
func NewLines(stream *render.Stream, reference time.Time, locate func(diag.Diagnostic) diag.Diagnostic) *Lines {
	return &Lines{stream: stream, locate: locate, words: &Progress{reference: reference}, steps: map[*plan.Step]*waiting{}}
}

// hook is what the lines of a step have.
type hook struct {
	Resource render.StreamResource `json:"resource"`
	Action   string                `json:"action"`
	IDKey    string                `json:"id_key,omitempty"`
	IDValue  string                `json:"id_value,omitempty"`
	Elapsed  *int                  `json:"elapsed_seconds,omitempty"` // whole seconds since its first attempt
	Outcome  apply.Outcome         `json:"outcome,omitempty"`         // of apply_errored: failed, not_attempted, expired or unknown
}

// retryHook is what the line of a step has that is tried again.
type retryHook struct {
	Resource render.StreamResource `json:"resource"`
	Action   string                `json:"action"`
	Attempt  int                   `json:"attempt"`      // the one that failed, from 1
	Status   *int                  `json:"status"`       // of HTTP, null where there was no answer
	Wait     float64               `json:"wait_seconds"` // at least
}

func hookOf(s *plan.Step) hook {
	return hook{Resource: render.ResourceAt(s.Address), Action: render.StreamAction(s.Action), IDKey: "id", IDValue: s.Device.ID()}
}

func (h hook) after(d time.Duration) hook {
	seconds := int(d.Round(time.Second) / time.Second)
	h.Elapsed = &seconds
	return h
}

// Observe takes an event of apply.Run. A line that cannot be written is no reason
// to stop a run: what went wrong shows when the account is written.
func (l *Lines) Observe(e apply.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := e.(type) {
	case apply.Started:
		if e.Attempt == 1 {
			l.line(render.LevelInfo, "apply_start", l.words.started(e), hookOf(e.Step))
			l.begin(e.Step)
		}
	case apply.Retrying:
		l.line(render.LevelWarn, "apply_retry", l.words.retrying(e), retryOf(e))
	case apply.Paused:
		if line := l.words.paused(e); line != "" {
			_ = l.stream.Log(render.LevelWarn, line)
		}
	case apply.Settled:
		l.settled(&e.Result)
	case apply.Verified:
		l.verified(&e.Result)
	}
}

func (l *Lines) line(level render.Level, kind, message string, payload any) {
	_ = l.stream.Line(level, kind, oneLine(message), struct {
		Hook any `json:"hook"`
	}{payload})
}

func retryOf(e apply.Retrying) retryHook {
	h := retryHook{Resource: render.ResourceAt(e.Step.Address), Action: render.StreamAction(e.Step.Action), Attempt: e.Attempt, Wait: e.Wait.Round(time.Millisecond).Seconds()}
	if failed, ok := errors.AsType[*provider.Error](e.Err); ok && failed.StatusCode != 0 {
		h.Status = &failed.StatusCode
	}
	return h
}

func (l *Lines) settled(r *apply.Result) {
	text := l.words.settled(r)
	w := l.steps[r.Step]
	if w != nil {
		w.done = true
		delete(l.steps, r.Step)
	}
	switch r.Outcome {
	case apply.Applied, apply.Failed, apply.Unknown, apply.Expired:
		if w == nil { // it made no call, but whoever follows the lines wants a beginning for each end
			l.line(render.LevelInfo, "apply_start", r.Step.Address.String()+": "+render.StepText(r.Step, l.words.reference), hookOf(r.Step))
		}
	case apply.NotAttempted, apply.Unchanged:
		if w == nil { // else it was begun, and there was no access token for its call
			_ = l.stream.Log(render.LevelWarn, oneLine(text))
			return
		}
	}
	h := hookOf(r.Step).after(r.Elapsed)
	if r.Outcome == apply.Applied {
		l.line(render.LevelInfo, "apply_complete", text, h)
		return
	}
	h.Outcome = r.Outcome
	l.line(render.LevelInfo, "apply_errored", text, h)
	l.diagnose(r)
}

// diagnose writes why a step is not done.
func (l *Lines) diagnose(r *apply.Result) {
	d := diag.Diagnostic{Severity: diag.Error, Address: r.Step.Address.String()}
	switch {
	case r.Back != nil:
		d.Summary = "Not as it was set"
	case r.Outcome == apply.Unknown:
		d.Summary = "Outcome unknown"
	case r.Outcome == apply.Expired:
		d.Severity, d.Summary = diag.Warning, "Expired"
	case !r.Step.Call:
		d.Summary = "Not recorded"
	case r.Step.Action == plan.Import:
		d.Summary = "Not read"
	default:
		d.Summary = "Not set"
	}
	now := time.Now()
	d.Detail = sentence(why(&apply.Account{}, r, now))
	_ = l.stream.Diagnostic(l.locate(d), render.RetryAfter(r.RetryAfter, now))
}

func (l *Lines) verified(r *apply.Result) {
	switch {
	case r.Back != nil:
		l.diagnose(r)
	case r.Unread != nil:
		reason, _ := provider.Reason(r.Unread)
		_ = l.stream.Diagnostic(l.locate(diag.Diagnostic{
			Severity: diag.Warning, Summary: "Not read back", Detail: sentence("confirmed, but not read back: " + reason), Address: r.Step.Address.String(),
		}), render.Retry{})
	default:
		_ = l.stream.Log(render.LevelInfo, oneLine(l.words.verified(r)))
	}
}

// begin has a step told of from then on.
func (l *Lines) begin(s *plan.Step) {
	now := time.Now()
	w := &waiting{step: s, began: now, next: now.Add(progressEvery)}
	l.steps[s] = w
	l.waiting = append(l.waiting, w)
	if l.timer == nil {
		l.timer = time.AfterFunc(progressEvery, l.tick)
	}
}

// tick tells of the steps whose time has come, in the order in which they began.
func (l *Lines) tick() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer == nil {
		return // closed meanwhile
	}
	now := time.Now()
	for len(l.waiting) > 0 && (l.waiting[0].done || !l.waiting[0].next.After(now)) {
		w := l.waiting[0]
		l.waiting = l.waiting[1:]
		if w.done {
			continue
		}
		elapsed := now.Sub(w.began)
		h := hookOf(w.step).after(elapsed)
		h.IDKey, h.IDValue = "", ""
		l.line(render.LevelInfo, "apply_progress", fmt.Sprintf("%s: not done after %s", w.step.Address, Duration(elapsed)), h)
		w.next = w.next.Add(progressEvery)
		l.waiting = append(l.waiting, w)
	}
	if len(l.waiting) == 0 {
		l.timer = nil
		return
	}
	l.timer.Reset(l.waiting[0].next.Sub(now))
}

// Close ends the telling of steps that go on.
func (l *Lines) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	l.waiting, l.steps = nil, map[*plan.Step]*waiting{}
}

// sentence makes one of words without a stop.
func sentence(text string) string {
	return oneLine(diag.Capital(text)) + "."
}
