package cli

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/plan/state"
)

// recordFlags say which state a command works with and how it is locked.
type recordFlags struct {
	path        string
	anew        bool
	unlocked    bool
	lockTimeout time.Duration
}

func (f *recordFlags) addPath(flags *pflag.FlagSet) {
	flags.StringVar(&f.path, "state", "", "the state `FILE` (default: as configured, else "+config.DefaultStatePath+")")
}

func (f *recordFlags) add(flags *pflag.FlagSet) {
	f.addPath(flags)
	flags.BoolVar(&f.anew, "new-state", false, "begin a new state if there is none, also in CI")
	flags.VarPF((*negation)(&f.unlocked), "lock", "", "hold the lock of the state where it is written").NoOptDefVal = "true"
	flags.DurationVar(&f.lockTimeout, "lock-timeout", 0, "wait up to `D` for the lock, as in 30s")
}

// negation is a switch that is on unless it is set to false: the zero value is the
// safe one.
type negation bool

func (n *negation) String() string { return strconv.FormatBool(!bool(*n)) }

// Type is that of a switch, for the help text.
func (n *negation) Type() string { return "bool" }

func (n *negation) Set(text string) error {
	on, err := strconv.ParseBool(text)
	if err != nil {
		return errors.New("it is true or false")
	}
	*n = negation(!on)
	return nil
}

// store is the record that a command works with: --state names a file, whatever
// the backend is.
func (a *app) store(f *recordFlags, configured config.Backend) (*state.Store, error) {
	real, err := a.realStore(f, configured)
	if err != nil || !a.simulate {
		return real, err
	}
	simulated, err := a.simulatedRecord(real)
	if err != nil {
		return nil, err
	}
	return state.NewStore(a.Files, simulated, Version), nil
}

func (a *app) realStore(f *recordFlags, configured config.Backend) (*state.Store, error) {
	if f.path != "" {
		return state.NewStore(a.Files, f.path, Version), nil
	}
	return a.backend(".", configured)
}

// checkAbsent stops a pipeline that has lost its state: with an empty record
// every run would send the whole house again.
func (a *app) checkAbsent(f *recordFlags, absent bool, configured config.Backend) error {
	if a.simulate {
		return nil
	}
	if err := a.checkElsewhere(f, ".", absent, configured); err != nil || !absent {
		return err
	}
	path := a.place(f, configured)
	if a.inCI() && !f.anew {
		return fail("No state in CI", "There is no state at %s, and CI is set. With an empty record every run would send the whole house again. "+
			"Restore the state before this command (commit its file, or keep it between runs; of a server, look at address and rights), or say --new-state if this is the first run.", path)
	}
	a.tell(stateAbsent{path})
	return nil
}

// stateError makes diagnostics of what keeps a state from being used.
func stateError(err error) *exitError {
	list := diag.List{}
	for _, e := range flatten(err) {
		list = append(list, stateDiagnostic(e))
	}
	return &exitError{code: codeError, diags: list}
}

func stateDiagnostic(err error) diag.Diagnostic {
	d := diag.Diagnostic{Severity: diag.Error, Summary: "State not usable", Detail: diag.Capital(err.Error()) + "."}
	var known *state.Error
	if !errors.As(err, &known) {
		return d
	}
	d.Summary, d.Address = stateSummary(known.Kind), known.Address
	if err != error(known) {
		return d // the text around it says what was being done, and what to do next
	}
	place := known.Path
	if known.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, known.Line)
	}
	if known.Column > 0 {
		place = fmt.Sprintf("%s:%d", place, known.Column)
	}
	d.Detail = place + ": " + strings.TrimSuffix(known.Detail, ".")
	if known.Err != nil {
		d.Detail += ": " + known.Err.Error()
	}
	d.Detail += "."
	if known.Remedy != "" {
		d.Detail += " " + known.Remedy // without a stop: it may end with a command to copy
	}
	return d
}

func flatten(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, flatten(e)...)
		}
		return all
	}
	return []error{err}
}

func stateSummary(k state.Kind) string {
	switch k {
	case state.KindLocked:
		return "State locked"
	case state.KindAbsent, state.KindOrphaned:
		return "No state"
	case state.KindChanged:
		return "State changed meanwhile"
	case state.KindNewer:
		return "State from a newer version"
	case state.KindJournalFailed:
		return "Journal not written"
	case state.KindJournalBehind, state.KindJournalAhead, state.KindJournalLineage:
		return "State and journal do not fit together"
	case state.KindRemote:
		return "Remote state not usable"
	case state.KindLockLost:
		return "Lock lost"
	case state.KindLockKept:
		return "Lock not given back"
	case state.KindOlder:
		return "Older state"
	case state.KindFile:
		return "File not usable"
	case state.KindEmpty, state.KindConflict, state.KindNotJSON, state.KindTrailing, state.KindNotRegular, state.KindShape,
		state.KindDuplicate, state.KindLineage, state.KindAddress, state.KindEntry, state.KindOutput, state.KindJournalDamaged,
		state.KindMisuse:
	}
	return "State not usable"
}

// exists tells whether there is anything at a path.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
