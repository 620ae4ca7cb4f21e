package apply_test

import (
	"strings"
	"time"

	"setpoint/plan/state"
)

func (w *world) MayCall() error {
	if w.mayCall != nil {
		return w.mayCall()
	}
	return nil
}

func (w *world) Intent(address string, e state.Entry, remove bool) (uint64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.intents++
	id := uint64(w.intents)
	if w.onIntent != nil {
		if err := w.onIntent(w.intents); err != nil {
			return 0, err
		}
	}
	text := ""
	if e.OnRemove != nil {
		text += ", on_remove " + brief(*e.OnRemove)
	}
	if remove {
		text += ", remove"
	}
	if w.inner != nil {
		var err error
		if id, err = w.inner.Intent(address, e, remove); err != nil {
			return 0, err
		}
	}
	w.byID[id] = strings.TrimPrefix(address, "thermostat.")
	w.note("%s intent %s%s", w.byID[id], brief(e.Settings), text)
	return id, nil
}

func (w *world) Result(id uint64, result state.CallResult, status int, at time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note("%s result %s %d", w.byID[id], result, status)
	if w.onResult != nil {
		if err := w.onResult(w.intents); err != nil {
			return err
		}
	}
	if w.inner != nil {
		return w.inner.Result(id, result, status, at)
	}
	return nil
}

func (w *world) Put(address string, e state.Entry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case e.Outcome != state.Confirmed:
		w.note("%s put %s, %s", address, brief(e.Settings), e.Outcome)
	default:
		w.note("%s put %s", address, brief(*e.OnRemove))
	}
	if w.onPut != nil {
		if err := w.onPut(); err != nil {
			return err
		}
	}
	if w.inner != nil {
		return w.inner.Put(address, e)
	}
	return nil
}

func (w *world) Drop(address string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note("%s drop", address)
	if w.inner != nil {
		return w.inner.Drop(address)
	}
	return nil
}

func (w *world) Rename(from, to string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note("%s renamed %s", from, to)
	if w.inner != nil {
		return w.inner.Rename(from, to)
	}
	return nil
}

func (w *world) SetOutputs(outputs map[string]state.Output) error {
	w.outSet = append(w.outSet, outputs)
	if w.inner != nil {
		return w.inner.SetOutputs(outputs)
	}
	return nil
}
