package survey

import (
	"context"
	"errors"
	"time"

	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// survey is one or more runs of dispatch that count as one.
type survey struct {
	Input
	drain, calls context.Context
	ending       Ending
}

func newSurvey(drain, calls context.Context, in Input) *survey {
	if in.Policy.Account == nil {
		in.Policy.Account = &dispatch.Account{}
	}
	return &survey{Input: in, drain: drain, calls: calls}
}

// question is an item on its way to an answer.
type question struct {
	call          Call
	groups, after []string
	attempt       func(context.Context) error
	settle        func(dispatch.Result)
}

// ask makes the question that a method of the reader answers.
func ask[T any](call Call, into *Answer[T], read func(context.Context) (T, error)) question {
	return question{
		call: call,
		attempt: func(ctx context.Context) error {
			value, err := read(ctx)
			if err == nil {
				into.Value, into.At = value, time.Now()
			}
			return err
		},
		settle: func(r dispatch.Result) {
			into.Outcome, into.Attempts, into.Err, into.RetryAfter = r.Outcome, r.Attempts, r.Err, r.RetryAfter
		},
	}
}

// run asks all questions, in their order, unless the survey has ended already:
// then none of them is attempted.
func (s *survey) run(questions []question) {
	if len(questions) == 0 {
		return
	}
	s.emit(Foreseen{len(questions)})
	if s.ending.Stop != nil {
		for i := range questions {
			s.settle(&questions[i], dispatch.Result{Outcome: dispatch.NotAttempted})
		}
		return
	}
	items := make([]dispatch.Item, len(questions))
	for i := range questions {
		q := &questions[i]
		items[i] = dispatch.Item{
			Key: i, Groups: q.groups, After: q.after, Device: q.call.Device,
			Do: func(ctx context.Context, _ int) error { return q.attempt(ctx) },
		}
	}
	report := dispatch.Run(s.drain, s.calls, items, s.Policy, func(e dispatch.Event) { s.observe(questions, e) })
	s.ending.Calls += report.Calls
	s.ending.Stop = report.Stop
}

// observe passes the events of dispatch on, with the call instead of its key.
func (s *survey) observe(questions []question, e dispatch.Event) {
	switch e := e.(type) {
	case dispatch.Started:
		s.emit(Started{questions[e.Key].call, e.Attempt})
	case dispatch.Retrying:
		s.emit(Retrying{questions[e.Key].call, e.Attempt, e.Err, e.Wait})
	case dispatch.Paused:
		s.emit(Paused{e.Until, e.Err})
	case dispatch.Settled:
		s.settle(&questions[e.Result.Key], e.Result)
	}
}

func (s *survey) settle(q *question, r dispatch.Result) {
	q.settle(r)
	if wait := quotaWait(r); wait > 0 { // of several calls in flight each may say so
		if returns := time.Now().Add(wait); returns.After(s.ending.Returns) {
			s.ending.Returns = returns
		}
	}
	s.emit(Settled{q.call, r.Outcome, r.Attempts, r.Err})
}

// quotaWait is how long the account's quota or rate limit asks to wait, where
// that ends the survey.
func quotaWait(r dispatch.Result) time.Duration {
	var failed *provider.Error
	if errors.As(r.Err, &failed) && (failed.Kind == provider.KindQuota || failed.Kind == provider.KindRateLimited) {
		return r.RetryAfter
	}
	return 0
}

func (s *survey) emit(e Event) {
	if s.Observe != nil {
		s.Observe(e)
	}
}

// read asks all thermostats in their order, each its status before its programs.
func (s *survey) read(readings []*Reading, want Ask) {
	var questions []question
	for _, r := range readings {
		device := r.Device
		status := ask(Call{AskStatus, device}, &r.Status, func(ctx context.Context) (provider.Status, error) {
			return s.Reader.Get(ctx, device)
		})
		programs := ask(Call{AskPrograms, device}, &r.Programs, func(ctx context.Context) (provider.ProgramList, error) {
			return s.Reader.Programs(ctx, device)
		})
		if want.Status && want.Programs {
			name := []string{device.ID()}
			status.groups, programs.after = name, name
		}
		if want.Status {
			questions = append(questions, status)
		}
		if want.Programs {
			questions = append(questions, programs)
		}
	}
	s.run(questions)
}
