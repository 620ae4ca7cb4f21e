package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"setpoint/apply/report"
	"setpoint/config"
	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// dailyQuota is how many calls the vendor allows a user in a day, shared by all
// thermostats and all programs.
const dailyQuota = 500

type statusFlags struct {
	recordFlags
	targets     []string
	parallelism int
	maxCalls    int
	asJSON      bool
	watch       time.Duration
}

func (f *statusFlags) check(cmd *cobra.Command) error {
	switch {
	case cmd.Flags().Changed("watch") && f.watch <= 0:
		return fail("Invalid flag", "--watch is more than 0s, as in 30m.")
	case f.parallelism < 0 || f.maxCalls < 0:
		return fail("Invalid flag", "--parallelism and --max-calls are 0 or more.")
	}
	return canonical("--target", f.targets)
}

func (a *app) statusCommand() *cobra.Command {
	var f statusFlags
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Read the managed thermostats and show them in a table",
		Long: fmt.Sprintf(`Reads every managed thermostat, with one call each, and shows what it measures, how it is set, and whether somebody
else has set it. With --watch it does so again and again, and counts its calls: the vendor allows %d a day, to all
programs together.

A thermostat that cannot be read says so in its line. Where reading is cut short, what was read is shown, and the exit
code is 6 where the quota is used up, 5 where a person must act, 1 where --max-calls allows no more.`, dailyQuota),
		Example: `  setpoint status
  setpoint status --target module.floor
  setpoint status --json
  setpoint status --watch 1h`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			return a.status(&f)
		},
	}
	flags := cmd.Flags()
	f.addPath(flags)
	a.variableFlags(flags)
	flags.StringArrayVar(&f.targets, "target", nil, "read only `ADDR`, a thermostat or a module (repeatable)")
	flags.IntVar(&f.parallelism, "parallelism", 0, "calls in flight (default: the provider block's, else 10)")
	flags.IntVar(&f.maxCalls, "max-calls", 0, "never make more than `N` calls, retries included (0: no limit)")
	flags.BoolVar(&f.asJSON, "json", false, "as JSON, one line for each time it is read")
	flags.DurationVar(&f.watch, "watch", 0, "read again every `D`, as in 30m, until interrupted")
	return cmd
}

func (a *app) status(f *statusFlags) error {
	c, err := a.load(config.Options{})
	if err != nil {
		return err
	}
	// Once, for with --simulate it says where the record is.
	store, err := a.store(&f.recordFlags, c.Backend)
	if err != nil {
		return err
	}
	w := &watcher{app: a, flags: f, config: c, store: store}
	if err := w.choose(); err != nil {
		return err
	}
	if len(w.devices) == 0 {
		fmt.Fprintln(a.Stderr, "No thermostat is managed yet: apply first.")
		if !f.asJSON {
			return nil
		}
		return w.show(nil, &survey.Ending{})
	}
	if err := allowCalls(w.devices, f.maxCalls); err != nil {
		return err
	}
	if err := w.checkPace(); err != nil {
		return err
	}
	signals := watchInterrupts(a.Stderr, a.defaultGrace(c))
	defer signals.stop()
	reached, err := a.connect(c, f.parallelism, f.maxCalls)
	if err != nil {
		return err
	}
	defer a.leave(reached)
	return w.watch(reached, signals)
}

// watcher reads the same thermostats again and again.
type watcher struct {
	*app
	flags   *statusFlags
	config  *config.Config
	store   *state.Store
	names   []string // addresses in the record, in order
	devices []provider.Device
	called  map[provider.Device]string
	record  *state.State
	made    []round // of the last 24 hours
}

// round is one time of reading all.
type round struct {
	at    time.Time
	calls int
}

// choose looks up what is managed, and named by --target.
func (w *watcher) choose() error {
	snapshot, err := w.store.Read()
	if err != nil {
		return stateError(err)
	}
	if snapshot.Absent && !w.simulate {
		if err := w.checkElsewhere(&w.flags.recordFlags, ".", true, w.config.Backend); err != nil {
			return err
		}
	}
	w.record, w.names, w.devices, w.called = snapshot.State, nil, nil, map[provider.Device]string{}
	names := slices.Collect(maps.Keys(w.record.Thermostats))
	if len(w.flags.targets) > 0 {
		if names, err = w.record.Select(w.flags.targets...); err != nil {
			return fail("Unknown address", "%s.", diag.Capital(strings.TrimSuffix(err.Error(), ".")))
		}
	}
	addresses := make([]address.Address, 0, len(names))
	for _, name := range names {
		at, err := parseAddress(name)
		if err != nil {
			return err
		}
		addresses = append(addresses, at)
	}
	slices.SortFunc(addresses, address.Compare)
	for _, at := range addresses {
		name := at.String()
		w.names = append(w.names, name)
		device := w.record.Thermostats[name].Device
		w.devices, w.called[device] = append(w.devices, device), name
	}
	return nil
}

// checkPace refuses to watch so often that the day's quota would be gone.
func (w *watcher) checkPace() error {
	if w.flags.watch == 0 || w.simulate {
		return nil
	}
	const day = 24 * time.Hour
	if float64(len(w.devices))*float64(day) <= dailyQuota*float64(w.flags.watch) {
		return nil
	}
	least := (time.Duration(len(w.devices))*day + dailyQuota - 1) / dailyQuota
	least = (least + time.Minute - 1).Truncate(time.Minute)
	return fail("Too often", "Reading %s every %s takes %.0f calls a day, but the vendor allows %d a day, to all programs together. "+
		"Say --watch %s or longer, or name some with --target.", diag.Plural(len(w.devices), "thermostat"), report.Duration(w.flags.watch),
		float64(len(w.devices))*float64(day)/float64(w.flags.watch), dailyQuota, strings.TrimSuffix(least.String(), "0s"))
}

// watch reads once or, with --watch, until it is interrupted or may not go on.
func (w *watcher) watch(reached *cloud, signals *interrupts) error {
	for {
		began := time.Now()
		if err := w.read(reached, signals); err != nil || w.flags.watch == 0 {
			return err
		}
		if !w.await(began, signals) {
			return exit(codeInterrupted)
		}
		if err := w.choose(); err != nil { // an apply may have changed it meanwhile
			return err
		}
	}
}

// await waits for the next turn that the quota has room for; false where it was
// interrupted.
func (w *watcher) await(began time.Time, signals *interrupts) bool {
	for {
		began = began.Add(w.flags.watch)
		timer := time.NewTimer(time.Until(began))
		select {
		case <-timer.C:
		case <-signals.drain.Done():
			timer.Stop()
			return false
		}
		if used := w.used(time.Now()); w.simulate || used+len(w.devices) <= dailyQuota {
			return true
		}
		fmt.Fprintf(w.Stderr, "Not read this time: %d of %d calls a day are used by this watch.\n", w.used(time.Now()), dailyQuota)
	}
}

// used counts the calls of the last 24 hours.
func (w *watcher) used(now time.Time) int {
	w.made = slices.DeleteFunc(w.made, func(r round) bool { return now.Sub(r.at) >= 24*time.Hour })
	total := 0
	for _, r := range w.made {
		total += r.calls
	}
	return total
}

// read reads all once and shows what it found, also where it was cut short.
func (w *watcher) read(reached *cloud, signals *interrupts) error {
	observe, end := w.followReadings(reached.policy, newReadProgress(signals.notes, reached.policy.RateLimit, w.called))
	found := reached.survey(signals, w.devices, survey.AskStatus, observe)
	end()
	now := time.Now()
	w.made = append(w.made, round{now, found.Calls})
	if err := w.show(w.readings(found, now), &found.Ending); err != nil {
		return err
	}
	if err := unfinished(&found.Ending, now, howFar(found)+", and the rest is not known", "Run it again"); err != nil {
		return err
	}
	if w.flags.watch > 0 {
		fmt.Fprintf(w.Stderr, "%s in the last 24 hours, of %d a day. Again in %s.\n\n", diag.Plural(w.used(now), "call"), dailyQuota, report.Duration(w.flags.watch))
	}
	return nil
}

func (w *watcher) show(readings []render.Reading, ending *survey.Ending) error {
	if w.flags.asJSON {
		text, err := render.StatusJSON(readings, ending.Calls, ending.Stop == nil, retryOf(ending, time.Now()))
		if err != nil {
			return err
		}
		return w.answer(string(text))
	}
	var b strings.Builder
	if w.flags.watch > 0 && isTerminal(w.Stdout) {
		b.WriteString("\x1b[H\x1b[2J") // in the place of the last one
	}
	if err := render.Status(&b, readings, width(w.Stdout), time.Now()); err != nil {
		return err
	}
	return w.answer(b.String())
}

// readings are what was found, with what a plan would make of it.
func (w *watcher) readings(found *survey.Report, now time.Time) []render.Reading {
	in := w.planInput(w.config, &planFlags{}, w.record, false)
	in.Now, in.Seen = now.UTC().Truncate(time.Second), map[provider.Device]plan.Seen{}
	for i := range found.Readings {
		in.Seen[found.Readings[i].Device] = seenOf(&found.Readings[i])
	}
	p, _ := plan.Make(in) // what else is to be done is another question
	outside := map[provider.Device]plan.Outside{}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Seen != nil {
			outside[s.Device] = s.Outside
		}
	}
	var all []render.Reading
	for _, name := range w.names {
		entry := w.record.Thermostats[name]
		reading := found.Of(entry.Device)
		seen := in.Seen[entry.Device]
		row := render.Reading{Address: name, Record: entry, At: seen.At, Why: seen.Why}
		if reading.Status.OK() {
			row.Status = &reading.Status.Value
			var declared bool
			if row.Outside, declared = outside[entry.Device]; !declared && entry.Settings.End.IsZero() && !plan.SeenAs(entry.Settings, row.Status.Settings) {
				row.Outside = plan.OutsideLeft // nothing will be done to it
			}
		} else if reading.Status.Outcome == dispatch.NotAttempted {
			row.Why = "not attempted"
		} else if brief := provider.AccountWide(reading.Status.Err); brief != "" && found.Stop != nil && !w.flags.asJSON {
			row.Why = brief + ", see below"
		}
		all = append(all, row)
	}
	return all
}
