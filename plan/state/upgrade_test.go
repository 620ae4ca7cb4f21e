package state

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/internal/durable"
)

// fromVersion0 brings up a format that never was: thermostats as a list that
// names them, the serial called "generation", and no
// outcome but what "sure" says.
func fromVersion0() upgrades {
	return upgrades{0: func(file map[string]any) (map[string]any, error) {
		list, ok := file["thermostats"].([]any)
		if !ok {
			return nil, errors.New("no list of thermostats")
		}
		next := maps.Clone(file)
		delete(next, "generation")
		next["serial"] = file["generation"]
		thermostats := map[string]any{}
		for _, one := range list {
			entry := maps.Clone(one.(map[string]any))
			name := entry["name"].(string)
			entry["outcome"] = map[bool]string{true: "confirmed", false: "unknown"}[entry["sure"].(bool)]
			delete(entry, "name")
			delete(entry, "sure")
			thermostats[name] = entry
		}
		next["thermostats"] = thermostats
		return next, nil
	}}
}

func TestUpgrade(t *testing.T) {
	old, golden := fixture(t, "v0.state.json"), fixture(t, "v0.upgraded.state.json")
	s, err := decode("x", old, fromVersion0())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(golden), encoded(t, s)); diff != "" {
		t.Error(diff)
	}
	if value := s.Outputs["exact"].Value; string(value) != `[18446744073709551615,0.10,1e3,"<&>"]` || s.Serial != 1<<63+1 {
		t.Errorf("numbers are not as they were: %s, serial %d", value, s.Serial)
	}
	_, err = Decode("x", old) // there never was one
	wantKind(t, err, KindShape)
}

// TestUpgradedIsWrittenOnlyByAWriter reads an old file, closes it again, and
// only then changes something.
func TestUpgradedIsWrittenOnlyByAWriter(t *testing.T) {
	old := string(fixture(t, "v0.state.json"))
	path := inFolder(t, map[string]string{"": old})
	upgraded := func() *Session {
		s := open(t, inFolder(t, nil))
		closed(t, s)
		l := &loaded{data: []byte(old), perm: 0o640, state: must(decode(path, []byte(old), fromVersion0()))}
		s.files, s.closed, s.lock, s.created, s.absent = must(filesOf(durable.OS(), path)), false, nil, false, false
		if err := s.recover(l); err != nil {
			t.Fatal(err)
		}
		s.fold = newFolder(s.base)
		return s
	}
	closed(t, upgraded())
	if diff := cmp.Diff(map[string]string{"": old}, listing(t, path)); diff != "" {
		t.Errorf("read only: %s", diff)
	}
	s := upgraded()
	if err := s.Drop("thermostat.living_room"); err != nil {
		t.Fatal(err)
	}
	want := closed(t, s)
	files := listing(t, path)
	if len(want.Thermostats) != 1 || want.Version != Version {
		t.Errorf("%+v", want)
	}
	if diff := cmp.Diff(map[string]string{"": encoded(t, want), backupSuffix: old}, files); diff != "" {
		t.Error(diff)
	}
	if err := os.WriteFile(path, []byte(old), 0o640); err != nil {
		t.Fatal(err)
	}
	s = upgraded()
	if done, err := s.Replace(New("1")); err == nil {
		t.Errorf("another lineage: %+v", done)
	}
	next, _, err := s.State().Remove("thermostat.living_room")
	if err != nil {
		t.Fatal(err)
	}
	done := must(s.Replace(next))
	if string(must(os.ReadFile(done.Backup))) != old {
		t.Error("the backup is not the file that was there")
	}
	closed(t, s)
}

func TestUpgradeRefuses(t *testing.T) {
	old := string(fixture(t, "v0.state.json"))
	to := func(f upgrade) upgrades { return upgrades{0: f} }
	for name, tt := range map[string]struct {
		data  string
		known upgrades
		kind  Kind
		says  string
	}{
		"a failing upgrade": {strings.Replace(old, `"thermostats"`, `"houses"`, 1), fromVersion0(), KindShape, "format 0 and cannot be brought to format 1: no list"},
		"a wrong result":    {strings.Replace(old, `"sure"`, `"extra": 1, "sure"`, 1), fromVersion0(), KindEntry, "extra"},
		"an empty result":   {old, to(func(map[string]any) (map[string]any, error) { return nil, nil }), KindShape, "serial"},
		"no way up":         {strings.Replace(old, `"version": 0`, `"version": -1`, 1), fromVersion0(), KindShape, "whole number from 0"},
		"a gap":             {strings.Replace(old, `"version": 0`, `"version": -2`, 1), upgrades{0: fromVersion0()[0], -2: fromVersion0()[0]}, KindShape, "whole number from 0"},
		"a name twice":      {strings.Replace(old, `"generation"`, `"generation": 1, "generation"`, 1), fromVersion0(), KindDuplicate, "generation"},
	} {
		_, err := decode("x", []byte(tt.data), tt.known)
		found := false
		for _, kind := range kinds(err) {
			found = found || kind == tt.kind
		}
		if !found || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUpgradesGoStepByStep has two versions before the present one.
func TestUpgradesGoStepByStep(t *testing.T) {
	known := fromVersion0()
	known[-1] = func(file map[string]any) (map[string]any, error) {
		next := maps.Clone(file)
		next["generation"] = json.Number("5")
		return next, nil
	}
	s, err := decode("x", []byte(strings.Replace(string(fixture(t, "v0.state.json")), `"version": 0`, `"version": -1`, 1)), known)
	if err != nil || s.Serial != 5 || s.Version != Version {
		t.Errorf("%+v, %v", s, err)
	}
}
