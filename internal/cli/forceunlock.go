package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"setpoint/plan/state"
	"setpoint/plan/state/remote"
)

func (a *app) forceUnlockCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "force-unlock ID",
		Short: "End the lock of a run that was killed",
		Long: `Ends the lock on a state on a server that a killed run left behind. ID is the lock's, as the message says that the
state is locked by; a lock of another ID is left alone. Make sure that the run is really dead: two runs at once do not
know what the other sends.

Where the run was killed in this folder it is not needed: the next run here takes its lock back. The lock of a state
file ends with its process by itself.`,
		Example: "  setpoint force-unlock 5f0c2a1e-8f4e-4d8e-9a57-0c53a1f6c001",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return a.forceUnlock(args[0]) },
	}
}

func (a *app) forceUnlock(id string) error {
	configured, _ := a.configuredState(&recordFlags{})
	if configured.HTTP == nil {
		return fail("Nothing to force", "The state is the file %s. Its lock is the operating system's and ends with the process that holds it: if that hangs, end it.", configured.Path)
	}
	completed, err := a.completed(configured.HTTP)
	if err != nil {
		return err
	}
	client, err := a.client(".", completed)
	if err != nil {
		return err
	}
	if !client.Locks() {
		return fail("Nothing to force", "The backend names no lock_address, so there is no lock.")
	}
	signals := watchInterrupts(a.Stderr, 0)
	defer signals.stop()
	err = client.ForceUnlock(signals.drain, id, state.NewLockInfo("force-unlock", a.getenv))
	switch known, _ := errors.AsType[*state.Error](err); {
	case err == nil:
		return a.answer(fmt.Sprintf("The lock %s on %s is ended.\n", id, client.Place()))
	case errors.Is(err, remote.ErrNotHeld) && known == nil:
		return fail("Not locked", "%s is not locked by anybody.", client.Place())
	case known != nil && known.Kind == state.KindLocked && known.Holder != nil:
		return fail("Locked under another ID", "The lock has not the ID %s, and was left alone: the state is locked by %s.", id, known.Holder)
	}
	return stateError(err)
}
