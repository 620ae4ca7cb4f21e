package render

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"

	"setpoint/config/address"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
)

// TestTheContract holds the lines that scripts and people rely on.
func TestTheContract(t *testing.T) {
	p, _, _ := goldenPlan(t, filepath.Join(golden, "contract"))
	const want = `  + thermostat.bathroom       heating, manual 21.5 °C until Thu 24 Dec 18:00
  ~ thermostat.living_room    heating, automatic program 1 -> manual 20.5 °C
  - thermostat.garage         no longer managed; last set to heating, manual 7 °C

Plan: 1 to add, 1 to change, 0 to destroy, 1 to forget. API calls: 2 (at most 10 with retries).
`
	if diff := cmp.Diff(want, drawn(t, p, 0)["want.txt"]); diff != "" {
		t.Error(diff)
	}
	p, _, _ = goldenPlan(t, filepath.Join(golden, "no_changes"))
	if diff := cmp.Diff("No changes. The configuration matches what was last applied; no thermostat was read.\n", drawn(t, p, 0)["want.txt"]); diff != "" {
		t.Error(diff)
	}
}

func TestTheSameInputsGiveTheSameBytes(t *testing.T) {
	for _, name := range []string{"unknown", "outputs", "two_changes_in_one_for_each", "control_characters"} {
		dir := filepath.Join(golden, name)
		p, width, _ := goldenPlan(t, dir)
		first := drawn(t, p, width)
		for range 50 {
			p, width, _ := goldenPlan(t, dir)
			if diff := cmp.Diff(first, drawn(t, p, width)); diff != "" {
				t.Fatalf("%s:\n%s", name, diff)
			}
		}
	}
}

// TestLocale holds that a locale in which "°" takes two columns changes nothing.
func TestLocale(t *testing.T) {
	dir := filepath.Join(golden, "alike_cut_to_width")
	p, width, _ := goldenPlan(t, dir)
	first := drawn(t, p, width)
	before := *runewidth.DefaultCondition
	defer func() { *runewidth.DefaultCondition = before }()
	runewidth.DefaultCondition.EastAsianWidth = true
	if diff := cmp.Diff(first, drawn(t, p, width)); diff != "" {
		t.Error(diff)
	}
}

// TestNothingMovesTheCursor holds of every golden plan that nothing but line
// breaks is invisible in it, and that colour adds escapes around symbols only.
func TestNothingMovesTheCursor(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(golden, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		p, width, _ := goldenPlan(t, dir)
		for _, full := range []bool{false, true} {
			var plain, color strings.Builder
			if err := Text(&plain, p, TextOptions{Width: width, Full: full}); err != nil {
				t.Fatal(err)
			}
			if err := Text(&color, p, TextOptions{Width: width, Full: full, Color: true}); err != nil {
				t.Fatal(err)
			}
			if i := strings.IndexFunc(strings.ReplaceAll(plain.String(), "\n", ""), func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("%s: something invisible in\n%q", dir, plain.String())
			}
			stripped := color.String()
			for _, code := range []string{"\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m", "\x1b[0m"} {
				stripped = strings.ReplaceAll(stripped, code, "")
			}
			if diff := cmp.Diff(plain.String(), stripped); diff != "" {
				t.Errorf("%s: colour changes the text:\n%s", dir, diff)
			}
		}
	}
}

func TestCut(t *testing.T) {
	long := strings.Repeat("x", 50)
	for _, test := range []struct {
		names []string
		room  int
		want  string
	}{
		{[]string{"a", "b", "c", "d"}, 10, "a, b, c, d"},
		{[]string{"a", "b", "c", "d"}, 9, "a, b, …"},
		{[]string{"a", "b", "c", "d"}, 7, "a, b, …"},
		{[]string{"a", "b", "c", "d"}, 6, "a, …"},
		{[]string{"浴室", "寝室", "x", "y"}, 13, "浴室, 寝室, …"},
		{[]string{"浴室", "寝室", "x", "y"}, 12, "浴室, …"},
		{[]string{long, "b", "c", "d"}, 20, strings.Repeat("x", 16) + "…, …"},
		{[]string{long, "b", "c", "d"}, -30, "xxxxxxx…, …"},
	} {
		if got := cut(test.names, test.room); got != test.want {
			t.Errorf("cut(%q, %d) = %q, want %q", test.names, test.room, got, test.want)
		}
	}
}

// TestLinesKeepToTheWidth holds that a shared line is no wider than asked for
// where there is room for at least the beginning of a name.
func TestLinesKeepToTheWidth(t *testing.T) {
	p, _, _ := goldenPlan(t, filepath.Join(golden, "alike_cut_to_width"))
	for w := 75; w < 260; w++ {
		for line := range strings.Lines(drawn(t, p, w)["want.txt"]) {
			if strings.Contains(line, "(30)") && width(strings.TrimSpace(line)) > w {
				t.Errorf("width %d: %d columns: %s", w, width(line), line)
			}
		}
	}
}

func TestJSONOfEveryAction(t *testing.T) {
	type change struct {
		Actions         []string       `json:"actions"`
		Before          map[string]any `json:"before"`
		After           map[string]any `json:"after"`
		AfterUnknown    any            `json:"after_unknown"`
		BeforeSensitive any            `json:"before_sensitive"`
		AfterSensitive  any            `json:"after_sensitive"`
		ReplacePaths    any            `json:"replace_paths"`
		Importing       any            `json:"importing"`
	}
	type resource struct {
		Address string `json:"address"`
		Was     string `json:"previous_address"`
		Module  string `json:"module_address"`
		Name    string `json:"name"`
		Index   any    `json:"index"`
		Change  change `json:"change"`
		Reason  string `json:"action_reason"`
	}
	manual := provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 205}
	program := provider.Settings{Function: provider.Heating, Mode: provider.Automatic, Program: 0}
	device, other := provider.Device{PlantID: "p", ModuleID: "m"}, provider.Device{PlantID: "p", ModuleID: "n"}
	before := &state.Entry{Device: device, Settings: program, Outcome: state.Confirmed, OnRemove: &manual}
	p := &plan.Plan{Made: time.Date(2026, 11, 22, 10, 0, 0, 5, time.UTC), Steps: []plan.Step{
		{Address: address.Address{Name: "add"}, Action: plan.Add, Call: true, Device: device, After: &manual},
		{Address: address.Address{Name: "add", Key: address.Int(0)}, Action: plan.Add, Reason: plan.ReasonUnknown, Call: true, Device: device, After: &manual, Before: before},
		{Address: address.Address{Name: "change", Key: address.String("")}, Action: plan.Change, Call: true, Device: device, Before: before, After: &manual},
		{Address: address.Address{Name: "record"}, Action: plan.Change, Reason: plan.ReasonRecord, Device: device, Before: before, After: &program},
		{Address: address.Address{Name: "exchange"}, Action: plan.Exchange, Call: true, Device: other, Before: before, After: &manual},
		{Address: address.Address{Module: `module.m["x"]`, Name: "destroy", Key: address.String("k")}, Action: plan.Destroy, Call: true, Device: device, Before: before, After: &manual},
		{Address: address.Address{Name: "forget"}, Action: plan.Forget, Reason: plan.ReasonUndeclared, Device: device, Before: before},
		{Address: address.Address{Name: "same"}, Action: plan.NoOp, Device: device, Before: before, After: &program},
		{Address: address.Address{Name: "over"}, Action: plan.NoOp, Reason: plan.ReasonExpired, Device: device},
		{Address: address.Address{Name: "move"}, Moved: "thermostat.old", Action: plan.Move, Device: device, Before: before, After: &program},
		{Address: address.Address{Name: "moved"}, Moved: "thermostat.old", Action: plan.Forget, Reason: plan.ReasonUndeclared, Device: device, Before: before},
		{Address: address.Address{Name: "import"}, Action: plan.Import, Call: true, Device: device, After: &program, OnRemove: &manual},
	}}
	line, err := JSON(p)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Format    string     `json:"format_version"`
		Timestamp string     `json:"timestamp"`
		Changes   []resource `json:"resource_changes"`
	}
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatal(err)
	}
	if got.Format != "1.2" || got.Timestamp != "2026-11-22T10:00:00Z" {
		t.Errorf("format %q at %q", got.Format, got.Timestamp)
	}
	empty, object, decided := false, map[string]any{}, map[string]any{"outcome": true}
	values := func(module, mode, outcome string, setpoint, program, onRemove any) map[string]any {
		v := map[string]any{
			"plant_id": "p", "module_id": module, "function": "heating", "mode": mode, "setpoint": setpoint, "program": program,
			"boost_minutes": nil, "until": nil, "on_remove": onRemove,
		}
		if outcome != "" {
			v["outcome"] = outcome
		}
		return v
	}
	leave := map[string]any{"function": "heating", "mode": "manual", "setpoint": 20.5}
	was := values("m", "automatic", "confirmed", nil, 0.0, leave)
	is := values("m", "manual", "", 20.5, nil, nil)
	want := []resource{
		{"thermostat.add", "", "", "add", nil, change{[]string{"create"}, nil, is, decided, empty, object, nil, nil}, ""},
		{"thermostat.add[0]", "", "", "add", 0.0, change{[]string{"create"}, nil, is, decided, empty, object, nil, nil}, "outcome_unknown"},
		{`thermostat.change[""]`, "", "", "change", "", change{[]string{"update"}, was, is, decided, object, object, nil, nil}, ""},
		{"thermostat.record", "", "", "record", nil, change{[]string{"update"}, was, values("m", "automatic", "confirmed", nil, 0.0, nil), object, object, object, nil, nil}, ""},
		{"thermostat.exchange", "", "", "exchange", nil, change{[]string{"create", "forget"}, was, values("n", "manual", "", 20.5, nil, nil), decided, object, object, []any{[]any{"module_id"}}, nil}, "replace_because_cannot_update"},
		{`module.m["x"].thermostat.destroy["k"]`, "", `module.m["x"]`, "destroy", "k", change{[]string{"delete"}, was, nil, object, object, empty, nil, nil}, ""},
		{"thermostat.forget", "", "", "forget", nil, change{[]string{"forget"}, was, nil, object, object, empty, nil, nil}, "delete_because_no_resource_config"},
		{"thermostat.same", "", "", "same", nil, change{[]string{"no-op"}, was, was, object, object, object, nil, nil}, ""},
		{"thermostat.over", "", "", "over", nil, change{[]string{"no-op"}, nil, nil, object, empty, empty, nil, nil}, "expired"},
		{"thermostat.move", "thermostat.old", "", "move", nil, change{[]string{"no-op"}, was, was, object, object, object, nil, nil}, ""},
		{"thermostat.moved", "thermostat.old", "", "moved", nil, change{[]string{"forget"}, was, nil, object, object, empty, nil, nil}, "delete_because_no_move_target"},
		{"thermostat.import", "", "", "import", nil, change{[]string{"no-op"}, nil, map[string]any{"plant_id": "p", "module_id": "m", "on_remove": leave},
			map[string]any{"function": true, "mode": true, "setpoint": true, "program": true, "boost_minutes": true, "until": true, "outcome": true}, empty, object, nil, map[string]any{"id": "p/m"}}, ""},
	}
	if diff := cmp.Diff(want, got.Changes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if strings.Count(string(line), `"index"`) != 3+2+2 { // in what changes, planned and prior
		t.Errorf("an address without key has an index:\n%s", line)
	}
	if !strings.HasSuffix(string(line), "\n") || strings.Count(string(line), "\n") != 1 {
		t.Error("not one line")
	}
}
