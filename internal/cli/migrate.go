package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan/state"
)

// migration says how a state is taken over from another backend.
type migration struct {
	wanted, deleteOld bool
	from              string
	flags             recordFlags
}

// migrate takes the state over from the backend before. At every moment one of
// the two is whole, and whatever was done before is found done when it is run again:
//
//  1. Both are locked. What a run left in a journal of the old one is taken up.
//  2. The state is written to the new place, unless it is there already. One of
//     another lineage, or a later one, is refused.
//  3. It is read back and compared.
//  4. The old file, or the working copy of the old server, is put aside under the
//     name of a backup. From then on the folder knows the new place only.
//  5. Where wanted, the old server's state is deleted, still under its lock: what
//     anybody else does there comes before step 1, or finds nothing.
func (a *app) migrate(dir string, m *migration) error {
	if a.simulate {
		return fail("Flags do not fit", "--migrate-state moves the real state; it cannot be rehearsed with --simulate.")
	}
	c, list := config.Load(a.options(config.Options{Dir: dir, AllowMissing: true}))
	if list.HasErrors() {
		return &exitError{code: codeError, diags: list}
	}
	target, err := a.backend(dir, c.Backend)
	if err != nil {
		return err
	}
	place := a.place(&recordFlags{}, c.Backend)
	source, err := a.source(dir, m, c.Backend)
	if err != nil {
		return err
	}
	if source == nil {
		snapshot, err := target.Read()
		switch {
		case err != nil:
			return stateError(err)
		case snapshot.Absent:
			return fail("Nothing to migrate", "There is no state at %s, and this folder knows of none elsewhere. Name the file with --from; or, if it is on a server, "+
				"put the old backend back, save it with setpoint state pull > known.json, and give it to the new one with setpoint state push known.json", place)
		}
		return a.answer(fmt.Sprintf("The state is at %s already: %s, serial %d.\n", place, diag.Plural(len(snapshot.State.Thermostats), "thermostat"), snapshot.State.Serial))
	}
	return a.takeOver(dir, m, source, target, place)
}

// source is the place that the state was at; nil for none.
func (a *app) source(dir string, m *migration, configured config.Backend) (*elsewhere, error) {
	others, err := a.others(dir, configured)
	if err != nil {
		return nil, err
	}
	if m.from != "" {
		for i := range others {
			if others[i].place == m.from {
				return &others[i], nil
			}
		}
		if !strings.Contains(m.from, "://") && exists(m.from) {
			return &elsewhere{place: m.from, file: m.from}, nil
		}
		return nil, fail("Nothing to migrate", "--from %s: there is no such file, and this folder has no working copy of such a state.", m.from)
	}
	switch len(others) {
	case 0:
		return nil, nil
	case 1:
		return &others[0], nil
	}
	var places []string
	for _, o := range others {
		places = append(places, o.place)
	}
	return nil, fail("Several states", "The state may be taken over from any of %s. Say which with --from.", strings.Join(places, ", "))
}

// takeOver is the migration itself.
func (a *app) takeOver(dir string, m *migration, from *elsewhere, target *state.Store, place string) error {
	source := state.NewStore(a.Files, from.file, Version)
	var deleteOld func(ctx context.Context, lock string) error
	if from.http != nil {
		client, err := a.client(dir, *from.http)
		if err != nil {
			return withoutPassword(err)
		}
		source = state.NewRemoteStore(a.Files, from.file, Version, client, func() error { return nil })
		deleteOld = client.Delete
	}
	if m.deleteOld && deleteOld == nil {
		return fail("Flags do not fit", "--delete-old is for a state on a server; a file is kept as a backup.")
	}
	signals := watchInterrupts(a.Stderr, 0)
	defer signals.stop()
	old, err := a.open(signals, source, &m.flags, state.OpenOptions{Operation: "init --migrate-state"})
	if err != nil {
		return withoutServer(err, from)
	}
	copied, failed := a.copyState(signals, m, old.State(), target)
	var backup string
	if failed == nil {
		if backup, failed = old.Retire(); failed != nil {
			failed = stateError(failed)
		}
	}
	if failed == nil && m.deleteOld {
		if err := deleteOld(signals.drain, old.RemoteLock()); err != nil {
			failed = fail("Old state not deleted", "The state is at %s now. The old one is still there: %s.", place, err)
		}
	}
	if err := together(failed, closed(old)); err != nil {
		return err
	}
	text := fmt.Sprintf("The state is at %s now: %s, serial %d. ", place, diag.Plural(len(copied.Thermostats), "thermostat"), copied.Serial)
	switch {
	case m.deleteOld:
		text += fmt.Sprintf("The one at %s is deleted.\n", from.place)
	case from.http != nil:
		text += fmt.Sprintf("The one at %s was left as it is.\n", from.place)
	default:
		text += fmt.Sprintf("The file is kept as %s; take it out of version control.\n", backup)
	}
	return a.answer(text)
}

// withoutServer adds to what a server did instead of answering the way out where
// it never will again: the working copy, which others' later runs are not in.
func withoutServer(err error, from *elsewhere) error {
	failed, ok := errors.AsType[*exitError](err)
	if !ok || from.http == nil {
		return err
	}
	for i := range failed.diags {
		if d := &failed.diags[i]; d.Summary == stateSummary(state.KindRemote) {
			d.Detail += ". If it is gone for good, take over what this folder knows, which is without what others did since it was last used here: " +
				"setpoint init --migrate-state --from " + diag.ShellWord(from.file)
		}
	}
	return failed
}

// withoutPassword adds to a withheld password the way from one server to another,
// whose passwords are not the same.
func withoutPassword(err error) error {
	if failed, ok := errors.AsType[*exitError](err); ok && failed.diags[0].Summary == passwordWithheld {
		failed.diags[0].Detail += " Or go from the one server to the other by a file: put the old backend back, with its address and password in the environment, and " +
			"save the state with setpoint state pull > known.json; then, with the new ones, setpoint state push known.json"
	}
	return err
}

// copyState writes a state to another store, reads it back and compares.
func (a *app) copyState(signals *interrupts, m *migration, s *state.State, target *state.Store) (*state.State, error) {
	session, err := a.open(signals, target, &m.flags, state.OpenOptions{Operation: "init --migrate-state", Create: true})
	if err != nil {
		return nil, err
	}
	_, failed := session.Push(s, false)
	if failed != nil && target.Remote() != nil && !session.Absent() {
		// What is there is another house's: this folder is not to remember it.
		_, err := session.Retire()
		failed = errors.Join(failed, err)
	}
	_, unclosed := session.Close()
	if err := errors.Join(failed, unclosed); err != nil {
		return nil, refused(err)
	}
	back, err := target.Read()
	if err != nil {
		return nil, stateError(err)
	}
	if back.Absent || !back.State.Same(s) {
		return nil, fail("Not migrated", "What was read back from the new place is not what was written, so the old one is kept. Run it again when the new place is well.")
	}
	return back.State, nil
}
