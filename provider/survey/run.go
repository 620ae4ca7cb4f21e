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
	call    Call
	attempt func(context.Context) error
	settle  func(dispatch.Result)
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

// run asks all questions, in their order.
func (s *survey) run(questions []question) {
	if len(questions) == 0 {
		return
	}
	s.emit(Foreseen{len(questions)})
	items := make([]dispatch.Item, len(questions))
	for i := range questions {
		q := &questions[i]
		items[i] = dispatch.Item{
			Key: i, Device: q.call.Device,
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

// read puts one question to all thermostats, in their order.
func (s *survey) read(readings []Reading, q Question) {
	questions := make([]question, len(readings))
	for i := range readings {
		r := &readings[i]
		call := Call{q, r.Device}
		if q == AskPrograms {
			questions[i] = ask(call, &r.Programs, func(ctx context.Context) (provider.ProgramList, error) { return s.Reader.Programs(ctx, r.Device) })
		} else {
			questions[i] = ask(call, &r.Status, func(ctx context.Context) (provider.Status, error) { return s.Reader.Get(ctx, r.Device) })
		}
	}
	s.run(questions)
}
