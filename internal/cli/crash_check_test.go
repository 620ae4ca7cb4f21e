//go:build unix

package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/simulator"
)

// certainty is what the record once held for certain of an address.
type certainty struct {
	device provider.Device
	known  bool // some settings are confirmed, or were before the unknown ones
}

// check holds state and journal against the cloud's record after a run, killed
// or not, and asks the program itself to read them.
func (h *crashHouse) check(ended outcome) {
	h.t.Helper()
	h.cloud.quiet(h.t)
	h.states.quiet(h.t)
	if ended.killed {
		h.tally.kills++
		h.place()
	}
	before := h.files()
	snapshot, err := h.store().Read()
	if err != nil {
		h.t.Errorf("the state cannot be read: %v", err)
		return
	}
	if got := h.start("plan", "--detailed-exitcode").wait(); got.code != 0 && got.code != 2 {
		h.t.Errorf("plan: exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	if !maps.Equal(before, h.files()) {
		h.t.Errorf("reading changed the files")
	}
	if snapshot.Absent && len(h.seen) > 0 {
		h.t.Errorf("the state is gone")
	}
	inFlight := map[string]bool{}
	for _, address := range snapshot.InFlight {
		inFlight[snapshot.State.Thermostats[address].Device.ModuleID] = true
	}
	writes := h.cloud.writes(h.t)
	if ended.killed {
		h.tally.inFlight += len(snapshot.InFlight)
		for module := range inFlight {
			h.lost[module] = len(writes[module])
			h.lostNow[module]++
		}
	}
	if len(snapshot.InFlight) > 3*crashParallel || !ended.killed && len(inFlight) > 0 {
		h.t.Errorf("%d calls in flight: %v; killed: %v", len(snapshot.InFlight), snapshot.InFlight, ended.killed)
	}
	entries := map[string]map[string]state.Entry{} // by module and address
	for address, e := range snapshot.State.Thermostats {
		if entries[e.Device.ModuleID] == nil {
			entries[e.Device.ModuleID] = map[string]state.Entry{}
		}
		entries[e.Device.ModuleID][address] = e
		if ended.killed && e.Outcome == state.Unknown {
			h.tally.unknown++
		}
	}
	for n := 1; n <= crashModules; n++ {
		module := moduleID(n)
		problems := h.checkModule(n, writes[module], entries[module], inFlight[module])
		if len(problems) > 0 {
			h.t.Errorf("run %d, kill %d: module %d:\n  %s\nentries: %+v\nthe last calls: %+v", h.runs, h.tally.kills, n,
				strings.Join(problems, "\n  "), entries[module], writes[module][max(0, len(writes[module])-6):])
		}
	}
	h.checkSeen(snapshot.State)
}

// checkModule checks what the record says of one thermostat: what the cloud
// confirmed is confirmed or, where there is a reason, unknown; nothing else is
// called confirmed.
func (h *crashHouse) checkModule(n int, calls []call, entries map[string]state.Entry, inFlight bool) (problems []string) {
	if len(entries) == 0 {
		if !h.mayBeAbsent(n, calls) {
			return []string{"the record does not know it"}
		}
		h.dropped[moduleID(n)] = len(calls)
		return nil
	}
	last := lastConfirmed(calls)
	var stale []string
	for address, e := range entries {
		for _, s := range certainSettings(e) {
			if !slices.ContainsFunc(calls, func(c call) bool { return c.confirmed() && c.settings == s }) {
				problems = append(problems, fmt.Sprintf("%s: %+v is called confirmed, which the cloud never said", address, s))
			}
		}
		if problem := h.upToDate(e, calls, last, inFlight); problem != "" {
			stale = append(stale, address+": "+problem)
		}
	}
	if len(stale) == len(entries) { // another address may have had the thermostat before
		problems = append(problems, stale...)
	}
	return problems
}

// upToDate says why an entry is not the last that is to be known.
func (h *crashHouse) upToDate(e state.Entry, calls []call, last int, inFlight bool) string {
	openSince := slices.ContainsFunc(calls[last+1:], func(c call) bool { return !c.rejected() })
	arrived, lost := h.lost[e.Device.ModuleID]
	lostSince := lost && arrived > last
	switch e.Outcome {
	case state.Confirmed:
		switch {
		case last < 0 || calls[last].settings != e.Settings:
			return fmt.Sprintf("confirmed, but the last confirmed call is number %d", last)
		case openSince:
			return "confirmed, but calls after that may have landed"
		}
		return ""
	case state.Unknown:
		if !openSince && !lostSince {
			return "unknown without a reason: since the last confirmed call none was lost"
		}
		sent := slices.ContainsFunc(calls[max(last, 0):], func(c call) bool { return c.settings == e.Settings })
		if !sent && !(inFlight || lostSince) {
			return "the unknown settings are not those that were sent last"
		}
		if !sent && !h.everWanted(e) {
			return "the unknown settings were neither sent nor wanted"
		}
		return ""
	case state.Observed:
	}
	return fmt.Sprintf("outcome %q", e.Outcome)
}

// everWanted tells whether a call with these settings can have been lost before
// it arrived.
func (h *crashHouse) everWanted(e state.Entry) bool {
	return e.OnRemove != nil && e.Settings.Same(*e.OnRemove) ||
		slices.ContainsFunc(h.wishes[e.Device.ModuleID], e.Settings.Same)
}

// mayBeAbsent tells whether the record is right not to know a thermostat.
func (h *crashHouse) mayBeAbsent(n int, calls []call) bool {
	since := calls[h.dropped[moduleID(n)]:]
	if !slices.ContainsFunc(since, func(c call) bool { return !c.rejected() }) {
		return true // nothing has arrived since it was forgotten, if it ever was known
	}
	for _, w := range h.declared {
		if w.module == n {
			return false
		}
	}
	left, last := onRemove(n), lastConfirmed(calls)
	return left == nil || last >= 0 && calls[last].settings == *left &&
		!slices.ContainsFunc(calls[last+1:], func(c call) bool { return !c.rejected() })
}

// checkSeen checks that no address lost what was known of its device.
func (h *crashHouse) checkSeen(s *state.State) {
	for address, e := range s.Thermostats {
		is := certainty{e.Device, len(certainSettings(e)) > 0}
		if was := h.seen[address]; was.known && was.device == is.device && !is.known {
			h.t.Errorf("%s: what was confirmed before is forgotten: %+v", address, e)
		}
		h.seen[address] = is
	}
	maps.DeleteFunc(h.seen, func(address string, _ certainty) bool {
		_, ok := s.Thermostats[address]
		return !ok
	})
}

func certainSettings(e state.Entry) []provider.Settings {
	switch {
	case e.Outcome == state.Confirmed:
		return []provider.Settings{e.Settings}
	case e.Previous != nil:
		return []provider.Settings{*e.Previous}
	}
	return nil
}

func lastConfirmed(calls []call) int {
	for i := len(calls) - 1; i >= 0; i-- {
		if calls[i].confirmed() {
			return i
		}
	}
	return -1
}

// files are state, backup and journal as they are.
func (h *crashHouse) files() map[string]string {
	found := map[string]string{}
	for _, suffix := range []string{"", ".backup", ".journal"} {
		content, err := os.ReadFile(h.path() + suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			h.t.Error(err)
		}
		found[suffix] = string(content)
	}
	return found
}

// place counts where a kill hit.
func (h *crashHouse) place() {
	var header struct {
		BaseSerial uint64 `json:"base_serial"`
	}
	var present struct {
		Serial uint64 `json:"serial"`
	}
	files := h.files()
	line, _, _ := bytes.Cut([]byte(files[".journal"]), []byte("\n"))
	isJournal := len(line) > 9 && json.Unmarshal(line[9:], &header) == nil
	if isJournal {
		h.tally.journals++
	}
	isState := json.Unmarshal([]byte(files[""]), &present) == nil
	switch {
	case h.cloud.servedTo(h.token()) == 0:
		h.tally.before++
	case isJournal && isState && header.BaseSerial == present.Serial:
		h.tally.inCalls++
	default:
		h.tally.inClose++
	}
}

// countExtra checks, at the end of a configuration, that no thermostat got more
// calls than it needed and one for each kill that hit a call of it.
func (h *crashHouse) countExtra() {
	now, declared := h.confirmed(), map[int]bool{}
	for _, w := range h.declared {
		declared[w.module] = true
	}
	for n := 1; n <= crashModules; n++ {
		module, needed := moduleID(n), 0
		if h.dirty[n] && (declared[n] || onRemove(n) != nil) {
			needed = 1
		}
		extra := now[module] - h.before[module] - needed
		h.tally.extra += max(0, extra)
		if extra > h.lostNow[module] {
			h.t.Errorf("module %d: %d calls, of which %d needed, and %d kills hit it", n, now[module]-h.before[module], needed, h.lostNow[module])
		}
	}
}

// checkSettled checks that the record says what is declared, and no more, and
// that the thermostats are as declared.
func (h *crashHouse) checkSettled() {
	snapshot, err := h.store().Read()
	if err != nil {
		h.t.Error(err)
		return
	}
	if _, err := os.Lstat(h.path() + ".journal"); !errors.Is(err, fs.ErrNotExist) {
		h.t.Errorf("the journal is left: %v", err)
	}
	declared := map[int]bool{}
	for name, w := range h.declared {
		declared[w.module] = true
		e, ok := snapshot.State.Thermostats["thermostat."+name]
		delete(snapshot.State.Thermostats, "thermostat."+name)
		if !ok || e.Outcome != state.Confirmed || !e.Settings.Same(w.settings) || e.Device.ModuleID != moduleID(w.module) {
			h.t.Errorf("%s is declared %+v and recorded %+v", name, w, e)
			continue
		}
		h.checkStatus(w.module, e.Settings)
	}
	for address := range snapshot.State.Thermostats {
		h.t.Errorf("%s is recorded, and not declared any more", address)
	}
	for _, was := range h.settled {
		if left := onRemove(was.module); left != nil && !declared[was.module] {
			h.checkStatus(was.module, *left)
		}
	}
}

func (h *crashHouse) checkStatus(n int, want provider.Settings) {
	is, err := h.cloud.Status(crashPlant, moduleID(n))
	if err != nil {
		h.t.Error(err)
		return
	}
	got := provider.Settings{Function: provider.Function(is.Function), Mode: provider.Mode(is.Mode), Program: is.Program, BoostMinutes: want.BoostMinutes, Start: want.Start}
	if is.Mode == simulator.Manual {
		got.Setpoint, err = provider.ParseCelsius(is.Setpoint.String())
		if err != nil {
			h.t.Error(err)
		}
	}
	if !is.End.IsZero() {
		got.End = provider.WallClock(is.End)
	}
	if got.Canonical() != want.Canonical() {
		h.t.Errorf("module %d is set to %+v, not to %+v", n, is.Settings, want)
	}
}
