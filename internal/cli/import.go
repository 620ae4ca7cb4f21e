package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/plan/render"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/survey"
)

func (a *app) importCommand() *cobra.Command {
	var f recordFlags
	cmd := &cobra.Command{
		Use:   "import ADDR PLANT_ID/MODULE_ID",
		Short: "Take a thermostat under management as it is",
		Long: `Reads what a thermostat is set to and records that under an address, which the configuration declares for this
thermostat. Nothing is sent. What is declared otherwise is a change of the next plan.

An import block does the same with the next apply, for any number of thermostats.

Where the thermostat cannot be read, or is in a boost, nothing is recorded and the exit code is 4; 5 and 6 where a
person must act or the quota is used up.`,
		Example: `  setpoint import thermostat.hall 1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000001
  setpoint import 'thermostat.room["201"]' 1f3c6b1e-0000-4000-8000-000000000001/2a9d5c0f-0000-4000-8000-000000000002`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			at, err := parseAddress(args[0])
			if err != nil {
				return err
			}
			device, err := provider.ParseDevice(args[1])
			if err != nil {
				return fail("Invalid id", "%s. To see which there are: setpoint discover", err)
			}
			if f.lockTimeout < 0 {
				return fail("Invalid flag", "--lock-timeout is 0 or more.")
			}
			return a.importThermostat(&f, at, device)
		},
	}
	f.add(cmd.Flags())
	a.variableFlags(cmd.Flags())
	return cmd
}

func (a *app) importThermostat(f *recordFlags, at address.Address, device provider.Device) error {
	c, err := a.load(config.Options{})
	if err != nil {
		return err
	}
	declared, err := declaredFor(c, at, device)
	if err != nil {
		return err
	}
	store, err := a.store(f, c.Backend)
	if err != nil {
		return err
	}
	signals := watchInterrupts(a.Stderr, 0)
	defer signals.stop()
	session, err := a.openPresent(signals, store, f, c, "import")
	if err != nil {
		return err
	}
	read, failed := a.importInto(c, f, declared, session, signals)
	if err := together(failed, closed(session)); err != nil {
		return err
	}
	text := fmt.Sprintf("%s: imported as %s. Nothing was sent.\n", at, render.Settings(read, a.now))
	if !read.Same(declared.Settings) {
		text += fmt.Sprintf("It is declared as %s: the next apply sets it to that. To keep what it has, declare that.\n", render.Settings(declared.Settings, a.now))
	}
	return a.answer(text)
}

// declaredFor finds the declaration of the thermostat to be imported.
func declaredFor(c *config.Config, at address.Address, device provider.Device) (*config.Thermostat, error) {
	var elsewhere string
	for i := range c.Thermostats {
		t := &c.Thermostats[i]
		switch {
		case t.Address == at && t.Device == device:
			return t, nil
		case t.Address == at:
			return nil, &exitError{code: codeError, diags: diag.List{c.Diagnose(t, "module_id", diag.Error, "Import of another thermostat",
				fmt.Sprintf("%s is declared as plant %s, module %s, but is to be imported as plant %s, module %s. Let both name the same.",
					at, t.Device.PlantID, t.Device.ModuleID, device.PlantID, device.ModuleID))}}
		case t.Device == device:
			elsewhere = fmt.Sprintf(" That thermostat is declared as %s: import it under this address.", t.Address)
		}
	}
	if elsewhere == "" {
		elsewhere = " Write its block first; setpoint discover prints it, with an import block that makes this command needless."
	}
	return nil, fail("Imported, but not declared", "The configuration does not declare %s.%s", at, elsewhere)
}

// importInto reads the thermostat and records it, unless the record stands
// against it.
func (a *app) importInto(c *config.Config, f *recordFlags, declared *config.Thermostat, session *state.Session, signals *interrupts) (provider.Settings, error) {
	name, none := declared.Address.String(), provider.Settings{}
	if err := refuseRecorded(session.State(), name, declared.Device, a.again(f.path)); err != nil {
		return none, err
	}
	reached, err := a.connect(c, 0, 0)
	if err != nil {
		return none, err
	}
	defer a.leave(reached)
	progress := newReadProgress(signals.notes, reached.policy.RateLimit, map[provider.Device]string{declared.Device: name})
	observe, end := a.followReadings(reached.policy, progress)
	found := reached.survey(signals, []provider.Device{declared.Device}, survey.AskStatus, observe)
	end()
	if short, code := cutShort(&found.Ending, time.Now(), name+" was not read, so nothing was recorded", "Import it again"); code != 0 {
		return none, &exitError{code: code, diags: diag.List{short}}
	}
	answer := &found.Readings[0].Status
	if !answer.OK() {
		return none, failWith(codeIncomplete, "Not imported", "%s could not be read: %s.%s Nothing was recorded. Import it again when that has changed.", name, survey.Reason(answer.Err), remedyOf(answer.Err))
	}
	read := answer.Value.Settings.Canonical()
	if read.Mode == provider.Boost {
		return none, failWith(codeIncomplete, "Not imported", "%s is in a boost%s, and what it goes back to then cannot be read. Nothing was recorded. Import it again after that.", name, survey.Ends(read.End))
	}
	err = session.Put(name, state.Entry{Device: declared.Device, Settings: read, Outcome: state.Observed, At: answer.At, OnRemove: declared.OnRemove})
	if err != nil {
		return none, stateError(err)
	}
	return read, nil
}

// refuseRecorded refuses an address or a thermostat that is on record already.
// Flags are those that a suggested command needs to concern the same record.
func refuseRecorded(s *state.State, name string, device provider.Device, flags string) error {
	word := diag.ShellWord(name)
	if entry, known := s.Thermostats[name]; known {
		if entry.Device == device {
			return fail("Recorded already", "%s is under management already, as %s since %s. Nothing was read. To record it anew: setpoint state rm%s %s, and import it again.",
				name, entry.Outcome, diag.Second(entry.At), flags, word)
		}
		return fail("Recorded as another thermostat", "On record %s is plant %s, module %s. If that one is to be forgotten: setpoint state rm%s %s, and import it again. "+
			"If it is to be kept under another address: setpoint state mv%s %s NEW_ADDRESS", name, entry.Device.PlantID, entry.Device.ModuleID, flags, word, flags, word)
	}
	for other, entry := range s.Thermostats {
		if entry.Device == device {
			return fail("Recorded under another address", "That thermostat is on record as %s. To give it this address, with what is known of it: setpoint state mv%s %s %s",
				other, flags, diag.ShellWord(other), word)
		}
	}
	return nil
}
