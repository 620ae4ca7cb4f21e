package cli

import (
	"errors"
	"time"

	"setpoint/apply"
	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan/state"
)

// withSession opens the record, does the work and closes the record, which
// folds what was done into the state. Then it prints the account, which has the last
// word: what it says is on disk by then.
func (a *app) withSession(f *applyFlags, c *config.Config, work func(*state.Session, *interrupts) (*apply.Account, error)) error {
	grace := a.defaultGrace(c)
	if f.ownGrace {
		grace = f.grace
	}
	signals := a.watch(grace)
	defer signals.stop()
	store, err := a.store(&f.recordFlags, c.Backend)
	if err != nil {
		return err
	}
	session, err := a.openPresent(signals, store, &f.recordFlags, c, f.operation())
	if err != nil {
		return err
	}
	account, err := work(session, signals)
	signals.calling.Store(false)
	saved, unclosed := session.Close()
	closing := a.diagnoseClosing(unclosed)
	if account == nil {
		return together(err, closing)
	}
	if saved == nil {
		account.Unsaved = unclosed
	}
	lost := saved == nil && store.Remote() != nil && a.inCI() // the folder with the journal may be
	closing = together(closing, a.handOver(session, lost))
	unwritten := a.show(accounted{account, time.Now()})
	return together(conclude(account), unwritten, closing)
}

// diagnoseClosing shows what went wrong when the record was closed, in the order in
// which it did, and returns the exit code of that.
func (a *app) diagnoseClosing(unclosed error) error {
	if unclosed == nil {
		return nil
	}
	for _, err := range flatten(unclosed) {
		a.diagnose(diag.List{stateDiagnostic(err)})
	}
	return exit(codeError)
}

// handOver gives away what could be saved nowhere, or is in a folder that may be
// lost, in a form that state push takes back. What went wrong with it is shown.
func (a *app) handOver(session *state.Session, lost bool) error {
	known, err := session.Unrecorded()
	nowhere := known != nil
	if err == nil && lost && !nowhere {
		known, err = session.Known()
	}
	switch {
	case err != nil:
		return a.diagnoseClosing(err)
	case known == nil:
		return nil
	}
	a.tell(unrecorded{known, nowhere})
	return nil
}

// openPresent is open for a state that is made by its first record, and stops
// where there is none and should be one. A file is looked at before anything is
// written beside it; a server once, under its lock.
func (a *app) openPresent(signals *interrupts, store *state.Store, f *recordFlags, c *config.Config, operation string) (*state.Session, error) {
	if store.Remote() == nil {
		snapshot, err := store.Read()
		if err != nil {
			return nil, stateError(err)
		}
		if err := a.checkAbsent(f, snapshot.Absent, c.Backend); err != nil {
			return nil, err
		}
		return a.open(signals, store, f, state.OpenOptions{Operation: operation, Create: true})
	}
	session, err := a.open(signals, store, f, state.OpenOptions{Operation: operation, Create: true})
	if err != nil {
		return nil, err
	}
	if err := a.checkAbsent(f, session.Absent(), c.Backend); err != nil {
		return nil, together(err, closed(session))
	}
	return session, nil
}

// open opens the record for writing, as options say what for and the flags how it
// is locked. An interrupt ends the wait for the lock.
func (a *app) open(signals *interrupts, store *state.Store, f *recordFlags, options state.OpenOptions) (*state.Session, error) {
	ctx := signals.drain
	options.Lock, options.Hurry, options.Getenv = !f.unlocked, signals.calls, a.getenv
	session, err := store.Open(ctx, options)
	if known, ok := errors.AsType[*state.Error](err); ok && known.Kind == state.KindLocked && f.lockTimeout > 0 {
		a.tell(lockAwaited{f.lockTimeout, known.Detail})
		options.LockTimeout = f.lockTimeout
		session, err = store.Open(ctx, options)
	}
	if err == nil {
		if remote := store.Remote(); remote != nil && !f.unlocked && !remote.Locks() {
			a.warn("State not locked", "The backend names no lock_address, so nothing keeps two runs apart.")
		}
		return session, nil
	}
	failed := stateError(err)
	if ctx.Err() != nil {
		failed.code = codeInterrupted
	}
	return nil, failed
}

// closed closes a record and makes diagnostics of what goes wrong with that.
func closed(session *state.Session) error {
	if _, err := session.Close(); err != nil {
		return stateError(err)
	}
	return nil
}

// conclude turns an account into an exit code.
func conclude(account *apply.Account) error {
	switch account.Cause() {
	case apply.CauseState:
		return exit(codeError)
	case apply.CauseInterrupted:
		return exit(codeInterrupted)
	case apply.CausePerson:
		return exit(codePerson)
	case apply.CauseQuota:
		return exit(codeQuota)
	case apply.CauseSteps:
		return exit(codeIncomplete)
	case apply.CauseNone:
	}
	return nil
}
