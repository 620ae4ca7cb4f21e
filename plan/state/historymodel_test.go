package state

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"setpoint/internal/durable"
	"setpoint/provider"
)

// truth is what may be said of one thermostat: what the cloud confirmed last, and
// what was sent since and may have landed, oldest first.
type truth struct {
	address  string
	certain  *provider.Settings
	maybe    []provider.Settings
	onRemove *provider.Settings
}

// entry is how the state must say it, but for the time.
func (k truth) entry(d provider.Device) Entry {
	if len(k.maybe) == 0 {
		return Entry{Device: d, Settings: *k.certain, Outcome: Confirmed, OnRemove: k.onRemove}
	}
	return Entry{Device: d, Settings: k.maybe[len(k.maybe)-1], Outcome: Unknown, Previous: k.certain, OnRemove: k.onRemove}
}

// truths are those of all devices that are managed.
type truths map[int]truth

func (h truths) copy() truths {
	c := maps.Clone(h)
	for i, k := range c {
		k.maybe = slices.Clone(k.maybe)
		c[i] = k
	}
	return c
}

// pulled is a state that somebody took away, with what was true then.
type pulled struct {
	state *State
	house truths
}

type flight struct {
	id     uint64
	remove bool
}

// history is a state in a folder, what was done to it, and the model of it.
type history struct {
	path, lineage string
	clock         time.Time
	session       *Session // nil: nobody has it open
	house         truths
	flying        map[int]flight
	copies        []pulled
	serial        uint64
	decoded       map[string]bool // backups with a time that were looked at
}

const houseDevices = 3

func deviceOf(i int) provider.Device {
	return provider.Device{PlantID: plant, ModuleID: fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", i)}
}

// placesOf are the addresses that a device may have; no other has them.
func placesOf(i int) []string {
	return []string{fmt.Sprintf("thermostat.r%d", i), fmt.Sprintf(`thermostat.room["%d"]`, i), fmt.Sprintf("module.m[%d].thermostat.r", i)}
}

// check holds the files against the model.
func (h *history) check(t *rapid.T) {
	snapshot, err := NewStore(durable.OS(), h.path, "1.0").Read()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Entry{}
	for i, k := range h.house {
		want[k.address] = k.entry(deviceOf(i))
	}
	got := map[string]Entry{}
	for a, e := range snapshot.State.Thermostats {
		e.At = time.Time{}
		got[a] = e
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the record is not what is true: %s", diff)
	}
	files, err := filepath.Glob(h.path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if path != h.path && (!strings.HasSuffix(path, backupSuffix) || h.decoded[path]) {
			continue
		}
		s, err := Decode(path, must(os.ReadFile(path)))
		if err != nil || s.Lineage != h.lineage {
			t.Fatalf("%v, %v", s, err)
		}
		if path == h.path {
			if s.Serial < h.serial {
				t.Fatalf("serial %d after %d", s.Serial, h.serial)
			}
			h.serial = s.Serial
		}
		h.decoded[path] = path != h.path && path != h.path+backupSuffix
	}
}
